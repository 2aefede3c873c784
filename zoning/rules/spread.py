"""What is alike inside a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import floor, log10
from typing import Any, ClassVar

import numpy as np

from zoning.errors import InputError
from zoning.region import Ints, Region
from zoning.rules.asked import Drawn, Ground, Infeasibility, Setting
from zoning.rules.loosening import Loosening, in_steps
from zoning.rules.rule import Rule
from zoning.rules.terms import SpreadTerm, Term
from zoning.rules.violation import Violation
from zoning.text import tables
from zoning.text.amounts import MOST_AMOUNT
from zoning.text.arguments import NUMBER, WORD, take
from zoning.text.lists import first_few


@dataclass(frozen=True)
class Spread(Rule):
    """Values of a column differ by at most so much inside a zone: fees, years.

    Buildings without a value are left out.
    """

    column: str
    most: float

    kind: ClassVar[str] = "spread"

    def __post_init__(self) -> None:
        take(self, column=WORD, most=NUMBER)
        if not 0 <= self.most <= MOST_AMOUNT:
            msg = (
                f"Spread of {self.column} must be at least 0, at most "
                f"{MOST_AMOUNT:,}; got {self.most}."
            )
            raise InputError(msg)

    def __str__(self) -> str:
        return f"{self.column} differs by at most {self.most:g} inside a zone"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def faults(self, region: Region) -> Iterator[str]:
        """No such column, or values that are no numbers to take away."""
        if self.column not in region.columns:
            yield from super().faults(region)
            return
        column = zip(region.building_ids, region.columns[self.column], strict=True)
        wrong = [
            f"{value!r} of {name}"
            for name, value in column
            if value is not None and not _is_amount(value)
        ]
        if wrong:
            yield (
                f"The rule that {self} needs numbers in column {self.column!r}; it has "
                f"{first_few(wrong, 5)}. Correct them, or leave them empty."
            )

    def terms(self, region: Region) -> Iterator[Term]:
        yield self._ends(region)

    def _ends(self, region: Region) -> SpreadTerm:
        low, high = np.full(len(region), np.inf), np.full(len(region), -np.inf)
        values = region.columns[self.column]
        for i, value in zip(region.unit_of_building, values, strict=True):
            if value is not None:
                low[i] = min(low[i], float(value))
                high[i] = max(high[i], float(value))
        return SpreadTerm(low, high, self.most + 1e-9)

    def broken_in(self, region: Region, zone: str, units: Ints) -> Iterator[str]:
        term = self._ends(region)
        low, high = term.low[units].min(), term.high[units].max()
        if high - low > term.most:
            yield (
                f"Zone {zone} is locked, and in it {self.column} runs from {low:g} to "
                f"{high:g}; it may differ by {self.most:g}."
            )

    def impossible(self, ground: Ground) -> Infeasibility | None:
        """Values so unlike that more zones are needed to keep them apart."""
        term, units, part = self._ends(ground.region), ground.units, ground.part
        names, count = ground.region.names, ground.num_searched
        known = units[np.isfinite(term.low[units])]
        own = known[term.high[known] - term.low[known] > term.most]
        if len(own):
            i = own[0]
            return Infeasibility(
                f"In {names[i]}, which is never split, {self.column} runs from "
                f"{term.low[i]:g} to {term.high[i]:g}; it may differ by {self.most:g}.",
                "Allow more, or do not keep these buildings together.",
            )
        chosen: list[int] = []
        end = {int(p): -np.inf for p in np.unique(part[known])}
        for i in known[np.argsort(term.low[known], kind="stable")].tolist():
            # each is too unlike all chosen before it in its part
            if term.high[i] > end[int(part[i])]:
                chosen.append(i)
                end[int(part[i])] = term.low[i] + term.most
        if len(chosen) <= count:
            return None
        some = ", ".join(f"{names[i]} ({term.low[i]:g})" for i in chosen[:8])
        return Infeasibility(
            f"{len(chosen)} units differ by more than {self.most:g} in {self.column}, "
            f"or do not touch: {some}; that takes {len(chosen)} zones, {count} were "
            "asked for.",
            f"Ask for more zones, or allow more than {self.most:g}.",
        )

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        for zone, value_of in enumerate(drawn.values_by_zone(self.column)):
            values = [float(value) for value in value_of.values() if value is not None]
            if not values or max(values) - min(values) <= self.most + 1e-9:
                continue
            low, high = min(values), max(values)
            words = (
                f"In {drawn.called(zone)} {self.column} runs from {low:g} to {high:g}; "
                f"it may differ by {self.most:g}."
            )
            name = drawn.names[zone]
            yield Violation(str(self), name, (), high - low, self.most, words)

    def only_forbids(self, setting: Setting) -> bool:
        return True

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        """A wider spread each time, up to that of the whole region."""
        column = setting.region.columns[self.column]
        values = [float(value) for value in column if value is not None]
        most = max(values) - min(values)
        step = 10.0 ** floor(log10(max(most, 1e-9) / 20))
        yield in_steps(
            lambda spread: replace(self, most=spread),
            now=self.most,
            most=most,
            step=step,
        )

    def nearly(self, region: Region, units: Ints, near: float) -> Iterator[str]:
        term = self._ends(region)
        spread = float(term.high[units].max() - term.low[units].min())
        if (1 - near) * self.most <= spread <= term.most:
            yield f"{self.column} differs by {spread:g}, allowed are {self.most:g}"


def _is_amount(value: Any) -> bool:
    try:
        return abs(float(value)) <= MOST_AMOUNT
    except (TypeError, ValueError, OverflowError):
        return False


Spread.form = tables.Form(
    Spread, {"column": tables.WORD, "most": tables.NUMBER.within(0, MOST_AMOUNT)}
)
