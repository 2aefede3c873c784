"""A rule that a plan breaks, as a value; in words when it is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks.

    Two are equal where the same rule is broken by the same zone and units, whatever
    the amount: a zone that costs too much before an edit and after it breaks one rule.

    Parameters
    ----------
    rule
        Which rule: "number of zones", "contiguity", "cost", the name of a sum, or a
        planner's rule in words.
    zone
        Name of the zone that breaks it; "" where the plan as a whole does.
    units
        Names of the units or buildings it is broken for, where it is about some.
    amount, limit
        What there is, and the end of the range that it passes; None where the rule
        has no amount.
    words
        The fact in a sentence, which `str` gives.
    """

    rule: str = ""
    zone: str = ""
    units: tuple[str, ...] = ()
    amount: float | None = field(default=None, compare=False)
    limit: float | None = field(default=None, compare=False)
    words: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.words


def passed(value: float, low: float, high: float) -> float:
    """The end of a range that a value outside it passes."""
    return low if value < low else high
