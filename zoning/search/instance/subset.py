"""The instance of some units only, and of the zones they are split into."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.compatibility import Compatibility, grouped
from zoning.search.instance.constants import ELSEWHERE, NOBODY
from zoning.search.instance.instance import Instance
from zoning.search.kernels.compiled import compiled

Ints = NDArray[np.int64]


def restrict(instance: Instance, units: Ints, labels: Ints | None = None) -> Instance:
    """The same for some units only; position w in it is ``units[w]``.

    `labels`: the zones these units are split into, by their labels; all if None.
    """
    position = np.full(instance.num_units, -1, np.int32)
    position[units] = np.arange(len(units), dtype=np.int32)
    indptr, indices = _induced(instance.indptr, instance.indices, units, position)
    label_rules = instance.label_rules
    some = instance._replace(
        indptr=indptr,
        indices=indices,
        sums=np.ascontiguousarray(instance.sums[:, units]),
        travel_data=instance.travel_data.of_units(units),
        compatibility=_compatibility_of(instance.compatibility, units, position),
        label_rules=label_rules._replace(
            before=label_rules.before[units], area=label_rules.area[units]
        ),
    )
    return some if labels is None or not some.labelled else _with_labels(some, labels)


def _compatibility_of(
    of_all: Compatibility, units: Ints, position: NDArray[np.int32]
) -> Compatibility:
    ptr, conflicts = _induced(of_all.conflict_ptr, of_all.conflicts, units, position)
    groups = [
        position[some[position[some] >= 0]].astype(np.int64) for some in of_all.groups
    ]
    group, group_ptr, flat = grouped([x for x in groups if len(x) > 1], len(units))
    return of_all._replace(
        conflict_ptr=ptr,
        conflicts=conflicts,
        spread_low=np.ascontiguousarray(of_all.spread_low[:, units]),
        spread_high=np.ascontiguousarray(of_all.spread_high[:, units]),
        group=group,
        group_ptr=group_ptr,
        group_units=flat,
        pinned=of_all.pinned[units],
    )


def _with_labels(instance: Instance, labels: Ints) -> Instance:
    """Some of the zones only; units that were in another one were `ELSEWHERE`."""
    before, pinned = instance.label_rules, instance.compatibility.pinned
    label = np.full(len(before.named) + 2, ELSEWHERE, np.int32)
    label[labels] = np.arange(len(labels), dtype=np.int32)
    label[NOBODY] = NOBODY  # index -1, the last
    label[ELSEWHERE] = ELSEWHERE
    pinned = np.where(pinned >= 0, label[pinned], NOBODY).astype(np.int32)
    return instance._replace(
        compatibility=instance.compatibility._replace(pinned=pinned),
        label_rules=before._replace(
            before=label[before.before],
            cost_low=before.cost_low[labels],
            cost_high=before.cost_high[labels],
            named=before.named[labels],
            required=before.required[labels],
        ),
    )


def _induced(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    units: Ints,
    position: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Neighbours among some units only, in CSR form."""
    out = np.zeros(len(units) + 1, np.int32)
    to = np.empty((indptr[units + 1] - indptr[units]).sum(), np.int32)
    return out, to[: _keep_inside(indptr, indices, units, position, out, to)].copy()


@compiled
def _keep_inside(indptr, indices, units, position, out, to):  # type: ignore[no-untyped-def]
    at = 0
    for w in range(len(units)):
        for e in range(indptr[units[w]], indptr[units[w] + 1]):
            if position[indices[e]] >= 0:
                to[at] = position[indices[e]]
                at += 1
        out[w + 1] = at
    return at
