"""Values the checker of lots gives: a lot, its price part by part, its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zoning.text.arguments import Kind, Unlike

ZonePair = tuple[int, int]


@dataclass(frozen=True)
class LotFacts:
    """What rules look at in a lot, beside its zones and its price.

    Parameters
    ----------
    area
        Floor area, m².
    revenue, margin
        What it brings in, and that less its cost; whole yuan a year.
    way
        Mean way from the best of its zones' centers to the center a square metre is
        run from, metres.
    built
        Mean year its buildings were built, by area; None where no year is known.
    crossings
        Barriers crossed to hold it together.
    companies
        Who serves its buildings today.
    start
        Day after the last of its contracts, not before the day service is to begin;
        None where no day is known.
    wait
        Days from the first end of a contract to the start; 0 without contracts.
    loss_area
        Floor area in zones that lose money.
    index
        What it is worth to a bidder, fen per m² and year; see `Attractiveness`.
    sums
        Its sum of every sum of the region.
    """

    area: int
    revenue: int
    margin: int
    way: int
    built: int | None
    crossings: int
    companies: tuple[str, ...]
    start: date | None
    wait: int
    loss_area: int
    index: int
    sums: tuple[tuple[str, int], ...]

    def figure(self, name: str) -> int:
        """What a band of this name limits; a name of `FIGURES` or a sum."""
        own = {
            "cost": self.revenue - self.margin,
            "revenue": self.revenue,
            "margin": self.margin,
            "area": self.area,
            "way": self.way,
            "crossings": self.crossings,
            "companies": len(self.companies),
            "wait": self.wait,
            "index": self.index,
        }
        return {**dict(self.sums), **own}[name]


@dataclass(frozen=True)
class Lot:
    """Zones tendered together, with every part of their price in whole yuan a year.

    Parameters
    ----------
    zones
        Positions of the zones, ascending.
    hub
        The member zone whose center the shared staff and machines come from.
    own
        What the zones cost whoever runs them: fixed, direct and travel within zones.
    resources, separate_resources
        How many of each resource the lot buys, and how many its zones would buy if
        each were tendered alone.
    travel
        Way between the zones' centers and the hub.
    crossings
        Barriers that must be crossed to hold the lot together.
    near
        Pairs of zones that do not touch and are only near each other.
    cost
        Price of the lot.
    separate_cost
        Price of its zones tendered one by one.
    facts
        What else rules look at: area, revenue, margin, companies, the index.
    whole
        Its zones hang together by borders one sees; see `zoning.lots.borders`.
    """

    zones: tuple[int, ...]
    hub: int
    own: int
    resources: tuple[tuple[str, int], ...]
    separate_resources: tuple[tuple[str, int], ...]
    travel: int
    crossings: int
    near: tuple[ZonePair, ...]
    cost: int
    separate_cost: int
    facts: LotFacts
    whole: bool = True

    @property
    def saving(self) -> int:
        """What tendering together saves, whole yuan a year."""
        return self.separate_cost - self.cost


def _lots(value: Any) -> tuple[Lot, ...]:
    """Lots; what `zoning.bundle` gave stands for those it holds."""
    lots = getattr(value, "lots", value)
    if not isinstance(lots, tuple | list) or not all(isinstance(x, Lot) for x in lots):
        raise Unlike
    return tuple(lots)


LOT_TUPLE = Kind("lots in a list", _lots, "zoning.bundle(plan).lots")


@dataclass(frozen=True)
class LotsVerdict:
    """What `judge_lots` found.

    Parameters
    ----------
    faults
        Every broken rule in words; empty when the lots keep them all.
    lots
        The lots with their prices, ordered by their first zone.
    """

    faults: tuple[str, ...]
    lots: tuple[Lot, ...]

    @property
    def ok(self) -> bool:
        """The lots keep every rule."""
        return not self.faults

    @property
    def cost(self) -> int:
        """Cost of all lots, whole yuan a year."""
        return sum(lot.cost for lot in self.lots)

    @property
    def separate_cost(self) -> int:
        """Cost of their zones tendered one by one, whole yuan a year."""
        return sum(lot.separate_cost for lot in self.lots)

    @property
    def spread(self) -> int:
        """How much the indices of any two lots differ at most, fen per m² and year."""
        return spread_of([lot.facts for lot in self.lots])


def spread_of(lots: Sequence[LotFacts]) -> int:
    """How much the indices of any two lots differ at most."""
    indices = [lot.index for lot in lots]
    return max(indices) - min(indices) if indices else 0


def lot_name(lot: int) -> str:
    """What a lot is called in messages and outputs: 1, 2, 3, ..."""
    return f"lot {lot + 1}"
