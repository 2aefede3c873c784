"""The best zones and lots among candidate zones: generate, enumerate, search.

1. *Relax*: the linear relaxation of covering units by lots, by column generation. The
   lots it asks for are found by pricing every connected set of candidates.
2. *List* the lots whose reduced cost is small, and all of them again with twice the
   allowance until it reaches what lies between the relaxation and the best pair known.
3. *Partition* the units into these lots, depth-first. One within the allowance is the
   best there is: any other would hold a lot of larger reduced cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from zoning.joint.column_generation import (
    LotColumnGeneration,
    LotGenerationParams,
    RowDuals,
)
from zoning.joint.columns import CandidateZones
from zoning.joint.lot_counts import LotCounts
from zoning.joint.partition_search import (
    CheapestPartition,
    PartitioningColumns,
    cheapest_partition,
)
from zoning.joint.pricing_problem import PricedLots
from zoning.lots.price import NEVER


@dataclass(frozen=True)
class ExactParams:
    """How the exact method goes on.

    Parameters
    ----------
    first_allowance
        Reduced cost up to which lots are listed at first, as a part of the bound.
    max_lots
        More lots are not listed.
    generation
        Of the relaxation.
    """

    first_allowance: float = 0.001
    max_lots: int = 3_000_000
    generation: LotGenerationParams = field(default_factory=LotGenerationParams)


PARAMS = ExactParams()


@dataclass(frozen=True)
class ExactResult:
    """What was found.

    Parameters
    ----------
    lots
        Zones of each lot, by position among the candidates; None if nothing better was
        found.
    cost
        Their cost.
    bound
        No choice costs less; None: there is none.
    closed
        The choice is proved best, or it is proved that none is below the limit.
    """

    lots: tuple[tuple[int, ...], ...] | None
    cost: int
    bound: int | None
    closed: bool


def solve_exactly(
    candidates: CandidateZones,
    counts: LotCounts,
    *,
    limit: int | None,
    deadline: float,
    known: Sequence[Sequence[int]] = (),
    params: ExactParams = PARAMS,
) -> ExactResult:
    """The cheapest zones of the candidates, bundled, if they cost less than the limit.

    Parameters
    ----------
    limit
        Cost of the best pair at hand; None without one.
    known
        Its lots, by positions among them.
    """
    if not len(candidates) or not counts.adds_up:
        return ExactResult(None, 0, None, closed=True)
    relaxation = LotColumnGeneration(candidates, counts, deadline, params.generation)
    duals = relaxation.solve(known)
    if duals is None:
        return ExactResult(None, 0, relaxation.bound, closed=False)
    return _choose(relaxation, duals, limit, params)


def _choose(
    relaxation: LotColumnGeneration,
    duals: RowDuals,
    limit: int | None,
    params: ExactParams,
) -> ExactResult:
    """The best choice below the limit, by wider and wider allowances."""
    counts = relaxation.counts
    base = duals.total(counts)
    gap = int(NEVER) // 8 if limit is None else limit - 1 - base
    allowance = min(gap, max(1, round(params.first_allowance * abs(base))))
    largest = counts.used[-1]
    bound = max(relaxation.bound, base)
    done, seen = -1, -1  # every choice up to `base + done` has been looked at
    while done < gap:
        listed = relaxation.price(duals, allowance, largest, params.max_lots)
        if not listed.complete:
            return ExactResult(None, 0, bound, closed=False)
        found = _partition(relaxation, listed, allowance)
        if found.sets is not None:
            chosen = listed.zones[list(found.sets)]
            lots = tuple(tuple(row[row >= 0].tolist()) for row in chosen)
            cost = base + found.value
            closed = found.complete
            return ExactResult(lots, cost, cost if closed else bound, closed=closed)
        if not found.complete:
            return ExactResult(None, 0, bound, closed=False)
        done = allowance
        bound = max(bound, base + done + 1)
        grown = len(listed.value) > seen
        seen = len(listed.value)
        # where wider allowances bring no more lots, try them all at once
        wider = 2 * allowance if grown or limit is not None else gap
        allowance = min(gap, wider)
    return ExactResult(None, 0, limit, closed=True)


def _partition(
    relaxation: LotColumnGeneration, lots: PricedLots, allowance: int
) -> CheapestPartition:
    """The best choice among these lots."""
    candidates, counts = relaxation.candidates, relaxation.counts
    columns, at = PartitioningColumns.of(
        lots, candidates.lot_costs.mask, len(candidates.units), counts.size
    )
    found = cheapest_partition(
        columns,
        num_zones=counts.num_zones,
        count=counts.sizes.count,
        most_sets=counts.most_lots,
        limit=allowance,
        deadline=relaxation.deadline,
    )
    if found.sets is None:
        return found
    sets = tuple(int(at[one]) for one in found.sets)
    return CheapestPartition(sets, found.value, found.complete)
