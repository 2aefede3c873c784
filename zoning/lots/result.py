"""Values bundling gives: what was asked of lots, and what was found."""

from __future__ import annotations

from dataclasses import dataclass, field

from zoning.errors import InputError
from zoning.lots.lot import Lot, spread_of
from zoning.lots.rules import LotRules
from zoning.plan import Plan
from zoning.result import Status, gap_of
from zoning.text.arguments import instance

OBJECTIVES = ("cost", "spread")


@dataclass(frozen=True)
class LotSettings:
    """What was asked of lots.

    Parameters
    ----------
    size, tolerance, gap_limit, rules, objective, whole_lots
        As in `bundle`.
    """

    size: int = 3
    tolerance: float | None = None
    gap_limit: float = 600.0
    rules: LotRules = field(default_factory=LotRules)
    objective: str = "cost"
    whole_lots: float = 0.0

    def __post_init__(self) -> None:
        faults = []
        if self.size < 1:
            faults.append(f"size must be at least 1; got {self.size}.")
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            faults.append(
                f"tolerance must be at least 0 and below 1 (0.1 means ±10 %); got "
                f"{self.tolerance}."
            )
        if not self.gap_limit >= 0:
            faults.append(f"gap_limit must be at least 0 metres; got {self.gap_limit}.")
        if not 0 <= self.whole_lots < 1:
            faults.append(
                "whole_lots must be at least 0 and below 1 (0.005 is half a percent); "
                f"got {self.whole_lots}."
            )
        if self.objective not in OBJECTIVES:
            told = " or ".join(repr(one) for one in OBJECTIVES)
            faults.append(f"objective must be {told}; got {self.objective!r}.")
        if faults:
            raise InputError(" ".join(faults))


@dataclass(frozen=True, eq=False)
class Lots:
    """What `bundle` found.

    Parameters
    ----------
    plan
        The plan whose zones are bundled.
    status
        See `Status`.
    lots
        The lots, ordered by their first zone; empty if none were found.
    cost
        Their cost, whole yuan a year; None without lots.
    bound
        No allowed choice of lots costs less.
    separate_cost
        Cost of the same zones tendered one by one.
    seconds
        Wall time.
    reason
        In words: what was assumed, which rule gave way, why there are no lots.
    settings
        What was asked.
    count
        Lots of the size asked for, where fewer than the number of zones allows had to
        do; None where none was given up.
    near_allowed
        Zones of a lot need not touch if at most so many metres apart; None where
        touching lots were found.
    spread_bound
        Where the objective was the spread: no choice of lots has a smaller one.
    cheapest
        Cost of the cheapest lots found, where these are dearer and more of them look
        whole; None where these are the cheapest.
    """

    plan: Plan
    status: Status
    lots: tuple[Lot, ...]
    cost: int | None
    bound: int
    separate_cost: int
    seconds: float
    reason: str = ""
    settings: LotSettings = field(default_factory=LotSettings)
    count: int | None = None
    near_allowed: float | None = None
    spread_bound: int | None = None
    cheapest: int | None = None

    @property
    def spread(self) -> int | None:
        """How much the indices of any two lots differ at most, fen per m² and year.

        None without lots.
        """
        return spread_of([lot.facts for lot in self.lots]) if self.lots else None

    @property
    def spread_proved(self) -> bool:
        """It is proved that no choice of lots has a smaller spread."""
        if self.spread is None or self.spread_bound is None:
            return False
        return self.spread <= self.spread_bound

    @property
    def gap(self) -> float | None:
        """``(cost - bound) / cost``; 0 when optimal, None without lots."""
        return gap_of(self.cost, self.bound)

    @property
    def saving(self) -> int | None:
        """What tendering together saves, whole yuan a year; None without lots."""
        return None if self.cost is None else self.separate_cost - self.cost


SOME_LOTS = instance(Lots, "Lots", "zoning.bundle(plan)")


@dataclass(frozen=True, eq=False)
class Fairest:
    """What `fairest` found; `bundle` tells the same as `Lots`.

    Parameters
    ----------
    spread
        Indices of any two lots differ by at most so much, fen per m² and year; None
        without lots.
    refuted
        It is proved that no choice of lots has a smaller spread than this.
    lots
        The cheapest lots found with that spread.
    """

    spread: int | None
    refuted: int
    lots: Lots

    @property
    def proved(self) -> bool:
        """No choice of lots is fairer."""
        return self.spread is not None and self.spread <= self.refuted
