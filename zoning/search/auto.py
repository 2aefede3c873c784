"""Which strategies to run, by size and coarseness; and several in a row."""

from __future__ import annotations

from dataclasses import dataclass

from zoning.search.lagrangian.oracles import connected_oracle
from zoning.search.run import Run, Strategy
from zoning.search.strategies.anneal import Anneal
from zoning.search.strategies.anneal_by_parts import AnnealByParts
from zoning.search.strategies.assignment import AssignmentModel
from zoning.search.strategies.bound_by_parts import BoundByParts
from zoning.search.strategies.by_parts import ByParts
from zoning.search.strategies.coarsening import Coarsening
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.construct import Construct
from zoning.search.strategies.enumeration import Enumeration
from zoning.search.strategies.feasibility_check import FeasibilityCheck
from zoning.search.strategies.lagrangian_bound import LagrangianBound
from zoning.search.strategies.lns import LNS
from zoning.search.strategies.location_allocation import LocationAllocation
from zoning.search.strategies.own_rules import EnumeratePlans, JudgedAnnealing, Unpriced

ENUMERATION_UNITS = 100  # column generation minds groups of units well enough
FEW_UNITS = 500  # column generation closes most regions up to here in a minute
SOME_UNITS = 1_500  # one relaxation of the whole region fits the time
LARGE_ZONE = 40  # units; beyond, zones are priced by assignment to centers
CENTER_ZONE = 18  # units; beyond, where zones are few, sets of centers pay
FEW_ZONES = 12  # sets of so many centers are looked at one by one
FEW_LISTED = 200  # of so many zones all plans are judged at once
CENTER_UNITS = 5_000  # beyond, units are not assigned to centers exactly
MOST_UNITS = 10_000  # beyond, neighbourhoods are too many, pairs too much memory
FINDERS = (
    FeasibilityCheck,
    AnnealByParts,
    ByParts,
)  # without a plan then, others find none
CITY_UNITS = 100_000  # beyond, all is done part by part
PACE = 0.25  # neighbourhoods a second, of many units: what a slow core manages


@dataclass(frozen=True)
class Portfolio:
    """Strategy: several strategies, one after the other, until the plan is proved.

    Where bands may bend it ends early when those that find plans found none that keeps
    them: the rest of the time is for the plan that bends them least.
    """

    parts: tuple[Strategy, ...]

    def __call__(self, run: Run) -> None:
        """Run each part on what the former ones left."""
        for part in self.parts:
            if run.done:
                return
            run.follow(part)
            if run.may_bend and run.plan is None and isinstance(part, FINDERS):
                return


def auto(run: Run) -> None:
    """Strategy: the parts that pay at this size and shape, one after the other.

    Rules of the planner's own take parts that ask the checker besides.
    """
    parts = parts_for(len(run.units), run.num_zones, labelled=run.instance.labelled)
    if run.own_rules:
        first: tuple[Strategy, ...] = (EnumeratePlans(FEW_LISTED),)
        then = (Unpriced(auto), JudgedAnnealing(), EnumeratePlans())
        parts = (*parts[:1], *first, *parts[1:2], *then, *parts[2:])
        parts = (*parts, JudgedAnnealing(1.0))
    Portfolio(parts)(run)


def parts_for(
    n: int, num_zones: int, *, labelled: bool = False
) -> tuple[Strategy, ...]:
    """The parts `auto` puts in a row for `n` units.

    Small regions are solved by column generation at once. Large ones are improved by
    large neighbourhood search first. Where zones hold many units the assignment model
    takes over; where they are few besides, sets of centers are looked at one by one,
    unless zones have names (`labelled`).
    """
    coarse = (Coarsening(auto),) if n > ENUMERATION_UNITS else ()
    return (*coarse, *_parts(n, num_zones, labelled=labelled))


def _parts(n: int, num_zones: int, *, labelled: bool) -> tuple[Strategy, ...]:
    large = n > LARGE_ZONE * num_zones and n <= MOST_UNITS
    few = num_zones <= FEW_ZONES and n >= CENTER_ZONE * num_zones
    few = few and n <= CENTER_UNITS and not labelled
    check, lns, assignment, columns = (
        FeasibilityCheck(),
        LNS(),
        AssignmentModel(),
        ColumnGeneration(),
    )
    first = (Construct(), AnnealByParts())
    if few and n > SOME_UNITS:
        return (*first, check, LocationAllocation(0.8), lns, assignment)
    if few and large:
        return Anneal(12, 4, 500), check, LocationAllocation(0.8), lns, assignment
    if few:
        return Anneal(12, 4, 500), check, LocationAllocation(0.6), columns
    if large and n <= SOME_UNITS:
        return Anneal(), check, LNS(share=0.3), AssignmentModel(0.7), columns
    if large and n <= CENTER_UNITS:
        return (*first, check, LNS(share=0.3), AssignmentModel(0.7), columns)
    if large:
        return (*first, LNS(share=0.1), LagrangianBound(around=4.0))
    if n <= ENUMERATION_UNITS:
        return Enumeration(), Anneal(), check, columns, lns, assignment
    if n <= FEW_UNITS:
        early = LNS(share=0.1)
        return Enumeration(), Anneal(), check, early, columns, lns, assignment
    if n <= SOME_UNITS:
        brief = AnnealByParts(0.2), FeasibilityCheck(0.2), LNS(share=0.2)
        return (Construct(), *brief, columns)
    if n > CITY_UNITS and not labelled:
        return ByParts(0.6), BoundByParts(), LNS(share=1.0)
    bound_soon = LagrangianBound(share=0.3)  # whatever comes of the plan
    bound = LagrangianBound(connected_oracle, step=0.06)
    if n <= MOST_UNITS:
        improve = AnnealByParts(0.3), LNS(share=0.3, pace=PACE)
    else:
        improve = AnnealByParts(0.4), LNS(share=0.05, pace=PACE)
    return (Construct(), bound_soon, *improve, bound)
