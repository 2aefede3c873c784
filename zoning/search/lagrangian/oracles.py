"""Oracles of the Lagrangian dual: the bound and a subgradient at some multipliers.

`knapsack_oracle` lets every center be a fractional knapsack of units, whether they hang
together or not. `connected_oracle` searches zones that hang together around the centers
whose knapsacks are cheapest, as in column generation, until the others cannot be among
the cheapest. See "Lagrangian bound by centers" in docs/formulation.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.parallel.hub import Lost
from zoning.search.instance.constants import NO_LIMIT
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Ints
from zoning.search.kernels.compiled import compiled
from zoning.search.lagrangian.bound import DualPoint
from zoning.search.pricing.center_knapsack import (
    fill_band,
    heap_units,
    pricing_data,
    workspace,
)
from zoning.search.pricing.duals import unit_duals
from zoning.search.pricing.price_center import PricedColumns
from zoning.search.pricing.subproblems import (
    CenterPairs,
    CenterSubproblems,
    candidates_csr,
)


@dataclass(frozen=True)
class ConnectedOracleParams:
    """How far zones that hang together are searched.

    Parameters
    ----------
    max_nodes, max_finds
        Nodes of the search around one center, and ever cheaper zones there; beyond, its
        knapsack counts.
    allowance
        Part of a usual zone's duals by which contiguity may lift the dearest center.
    batch
        Centers searched at a time after the first, in numbers of zones.
    """

    max_nodes: int = 2_000
    max_finds: int = 50
    allowance: float = 0.2
    batch: float = 0.25


CONNECTED = ConnectedOracleParams()


def knapsack_oracle(
    subproblems: CenterSubproblems, yuan: NDArray[np.float64]
) -> DualPoint:
    """The bound where every center is a fractional knapsack."""
    duals, centers = unit_duals(yuan), subproblems.open_centers
    least = np.full(len(yuan), NO_LIMIT, np.int64)
    parts = subproblems.parts(centers)
    jobs = [(part, duals.unit) for part in parts]
    for part, found in zip(parts, subproblems.map(_values, jobs), strict=True):
        # no zone is worth more than all its units are; weak, but so it is
        nothing_known = -int(duals.unit[duals.unit > 0].sum())
        least[part] = nothing_known if isinstance(found, Lost) else found
    order = np.argsort(least[centers], kind="stable")
    cheapest = centers[order[: subproblems.num_zones]]
    served = fill_centers(subproblems, cheapest, duals.unit)[1]
    return DualPoint(duals, least, subproblems.bound(duals, least), 1.0 - served)


def _values(
    pairs: CenterSubproblems | CenterPairs, job: tuple[Ints, Ints], _: float
) -> Ints:
    centers, dual = job
    return fill_centers(pairs, centers, dual)[0]


def fill_centers(
    pairs: CenterSubproblems | CenterPairs, centers: Ints, dual: Ints
) -> tuple[Ints, NDArray[np.float64]]:
    """The value of each center's knapsack, and how often each unit is served in all."""
    indptr, units = candidates_csr(pairs, centers)
    return fill_units(pairs.a, centers, indptr, units, dual)


def fill_units(
    a: Instance, centers: Ints, indptr: Ints, units: NDArray[np.int32], dual: Ints
) -> tuple[Ints, NDArray[np.float64]]:
    """`fill_centers`, the units that may belong to each given in CSR form."""
    least, served = np.empty(len(centers), np.int64), np.zeros(len(dual))
    space = workspace(int(np.diff(indptr).max(initial=0)))
    _fill_centers(pricing_data(a), centers, indptr, units, dual, space, least, served)
    return least, served


@compiled
def _fill_centers(data, centers, indptr, units, dual, space, least, served):  # type: ignore[no-untyped-def]
    """Fill every center: its value into `least`, the units it takes into `served`."""
    for at in range(len(centers)):
        some = units[indptr[at] : indptr[at + 1]]
        limits = heap_units(data, centers[at], some, dual, space)
        _, least[at], _, _ = fill_band(centers[at], some, space, limits)
        for q in range(len(some)):
            served[some[q]] += space.share[q]


def connected_oracle(
    subproblems: CenterSubproblems,
    yuan: NDArray[np.float64],
    deadline: float,
    params: ConnectedOracleParams = CONNECTED,
) -> DualPoint | None:
    """The bound where every zone hangs together; None if it got late."""
    knapsacks = knapsack_oracle(subproblems, yuan)
    duals, least = knapsacks.duals, knapsacks.min_reduced_cost.copy()
    num_zones, centers = subproblems.num_zones, subproblems.open_centers
    if len(centers) < num_zones:
        return knapsacks
    # those ruled out are not asked, though no other may have a zone either
    order = centers[np.argsort(least[centers], kind="stable")]
    # what is dearer is told apart no more: the bound stays valid, if a little weaker
    most = int(least[order[num_zones - 1]] + params.allowance * duals.total / num_zones)
    columns: dict[int, PricedColumns] = {}
    done, size = 0, num_zones
    while done < len(order) and least[order[done]] <= most:
        some = np.sort(order[done : done + size])
        priced = subproblems.price(
            duals,
            most,
            improving=True,
            max_nodes=params.max_nodes,
            max_columns=params.max_finds,
            deadline=deadline,
            centers=some,
        )
        if priced is None:
            return None
        for c, one in zip(some.tolist(), priced, strict=True):
            least[c] = max(least[c], one.min_reduced_cost)
            columns[c] = one
        done += len(some)
        size = max(1, int(params.batch * num_zones))
        if done >= num_zones:  # no center above the last of the cheapest counts
            tried = least[order[:done]]
            most = min(most, int(np.partition(tried, num_zones - 1)[num_zones - 1]))
    cheapest = np.argsort(least, kind="stable")[:num_zones].tolist()
    subgradient = _subgradient(
        [columns[c] for c in cheapest if c in columns], len(yuan)
    )
    return DualPoint(duals, least, subproblems.bound(duals, least), subgradient)


def _subgradient(columns: list[PricedColumns], num_units: int) -> NDArray[np.float64]:
    """1 less how many of the best zones of some centers hold each unit."""
    out = np.ones(num_units)
    for one in columns:
        if len(one.reduced_cost):
            out[one.members[one.indptr[-2] : one.indptr[-1]]] -= 1.0
    return out
