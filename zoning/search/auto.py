"""Which strategies to run, by size and coarseness; and several in a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zoning.search.lagrangian.oracles import connected_oracle
from zoning.search.run import Run
from zoning.search.strategies.anneal import Anneal
from zoning.search.strategies.anneal_by_parts import AnnealParts, First
from zoning.search.strategies.assignment import Assign
from zoning.search.strategies.coarsening import Coarse
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.enumeration import Listed
from zoning.search.strategies.feasibility_check import Refute
from zoning.search.strategies.lagrangian_bound import Centers
from zoning.search.strategies.lns import Improve
from zoning.search.strategies.location_allocation import LocationAllocation

Strategy = Callable[[Run], None]

LISTED_UNITS = 100  # the exact engine minds groups of units well enough
FEW_UNITS = 500  # the exact engine closes most regions up to here in a minute
SOME_UNITS = 1_500  # one relaxation of the whole region fits the time
LARGE_ZONE = 40  # units; beyond, zones are priced by assignment to centers
CENTER_ZONE = 18  # units; beyond, where zones are few, sets of centers pay
FEW_ZONES = 12  # sets of so many centers are looked at one by one
CENTER_UNITS = 5_000  # beyond, units are not assigned to centers exactly
MOST_UNITS = 10_000  # beyond, windows are too many, and all pairs too much memory
PACE = 0.25  # windows a second, where units are many: what a slow core manages


@dataclass(frozen=True)
class Portfolio:
    """Strategy: several strategies, one after the other, until the plan is proved."""

    parts: tuple[Strategy, ...]

    def __call__(self, run: Run) -> None:
        """Run each part on what the former ones left."""
        for part in self.parts:
            if run.done:
                return
            part(run)


def auto(run: Run) -> None:
    """Strategy: anneal, then whatever pays at this size, then the best bound.

    Small regions are solved by the exact engine at once. Large ones are improved window
    by window first. Where zones hold many units the assignment model takes over; where
    they are few besides, one set of centers after another is looked at.
    """
    n, count = len(run.units), run.count
    few_zones = count <= FEW_ZONES and n >= CENTER_ZONE * count
    if few_zones and n <= CENTER_UNITS and not run.arrays.labelled:
        parts = _in_few_zones(n, count)
    elif n > LARGE_ZONE * count and n <= MOST_UNITS:
        parts = _in_large_zones(n)
    elif n <= SOME_UNITS:
        parts = _few(n)
    else:
        parts = _many(n)
    if n > LISTED_UNITS:
        parts = (Coarse(auto), *parts)
    Portfolio(parts)(run)


def _in_few_zones(n: int, count: int) -> tuple[Strategy, ...]:
    if n > SOME_UNITS:
        return (
            First(),
            AnnealParts(),
            Refute(),
            LocationAllocation(0.8),
            Improve(),
            Assign(),
        )
    begin = Anneal(12, 4, 500)
    if n > LARGE_ZONE * count:
        return begin, Refute(), LocationAllocation(0.8), Improve(), Assign()
    return begin, Refute(), LocationAllocation(0.6), ColumnGeneration()


def _in_large_zones(n: int) -> tuple[Strategy, ...]:
    begin: tuple[Strategy, ...] = (First(), AnnealParts())
    if n > CENTER_UNITS:
        return (*begin, Improve(share=0.1), Centers(around=4.0))
    begin = begin if n > SOME_UNITS else (Anneal(),)
    return (*begin, Refute(), Improve(share=0.3), Assign(0.7), ColumnGeneration())


def _few(n: int) -> tuple[Strategy, ...]:
    if n <= LISTED_UNITS:
        return Listed(), Anneal(), Refute(), ColumnGeneration(), Improve(), Assign()
    if n <= FEW_UNITS:
        mend = Improve(share=0.1)
        return (
            Listed(),
            Anneal(),
            Refute(),
            mend,
            ColumnGeneration(),
            Improve(),
            Assign(),
        )
    return (
        First(),
        AnnealParts(0.2),
        Refute(0.2),
        Improve(share=0.2),
        ColumnGeneration(),
    )


def _many(n: int) -> tuple[Strategy, ...]:
    few = n <= MOST_UNITS
    return (
        First(),
        Centers(share=0.3),  # a bound soon, whatever comes of the plan
        AnnealParts(0.3 if few else 0.4),
        Improve(share=0.3 if few else 0.05, pace=PACE),
        Centers(connected_oracle, step=0.06),
    )
