"""Windows: the arrays of some units only, and of the zones they are split into."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.instance.instance import (
    ELSEWHERE,
    NOBODY,
    Arrays,
    Company,
    between,
    grouped,
)
from zoning.search.kernels.compiled import compiled


def window(
    a: Arrays, units: NDArray[np.int64], slots: NDArray[np.int64] | None = None
) -> Arrays:
    """The same for some units only; position w in it is ``units[w]``.

    `slots`: the zones these units are split into, by their positions; all if None.
    """
    n = len(a.ways.spots)
    position = np.full(n, -1, np.int32)
    position[units] = np.arange(len(units), dtype=np.int32)
    indptr, indices = _induced(a.indptr, a.indices, units, position)
    a = a._replace(
        indptr=indptr,
        indices=indices,
        sums=np.ascontiguousarray(a.sums[:, units]),
        ways=a.ways._replace(
            table=between(a, units),
            spots=a.ways.spots[units],
        ),
        company=_company_of(a.company, units, position),
        places=a.places._replace(
            before=a.places.before[units], area=a.places.area[units]
        ),
    )
    return a if slots is None or not a.slotted else _with_slots(a, slots)


def _company_of(
    who: Company, units: NDArray[np.int64], position: NDArray[np.int32]
) -> Company:
    ptr, apart = _induced(who.apart_ptr, who.apart, units, position)
    groups = [
        position[some[position[some] >= 0]].astype(np.int64)
        for some in np.split(who.group_units, who.group_ptr[1:-1])
    ]
    group, group_ptr, flat = grouped([x for x in groups if len(x) > 1], len(units))
    return who._replace(
        apart_ptr=ptr,
        apart=apart,
        spread_low=np.ascontiguousarray(who.spread_low[:, units]),
        spread_high=np.ascontiguousarray(who.spread_high[:, units]),
        group=group,
        group_ptr=group_ptr,
        group_units=flat,
        pinned=who.pinned[units],
    )


def _with_slots(a: Arrays, slots: NDArray[np.int64]) -> Arrays:
    """Some of the zones only; units that were in another one were `ELSEWHERE`."""
    places, pinned = a.places, a.company.pinned
    place = np.full(len(places.named) + 2, ELSEWHERE, np.int32)
    place[slots] = np.arange(len(slots), dtype=np.int32)
    place[NOBODY] = NOBODY  # index -1, the last
    place[ELSEWHERE] = ELSEWHERE
    pinned = np.where(pinned >= 0, place[pinned], NOBODY).astype(np.int32)
    return a._replace(
        company=a.company._replace(pinned=pinned),
        places=places._replace(
            before=place[places.before],
            slot_low=places.slot_low[slots],
            slot_high=places.slot_high[slots],
            named=places.named[slots],
            required=places.required[slots],
        ),
    )


def _induced(
    indptr: NDArray[np.int32],
    indices: NDArray[np.int32],
    units: NDArray[np.int64],
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
