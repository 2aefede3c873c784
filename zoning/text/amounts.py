"""Numbers that planners give: what is one, and how large it may be."""

from __future__ import annotations

from numbers import Real
from typing import Any

MOST_AMOUNT = 10**15  # of anything: thousands of them add up in 64 bits
MOST_PRICE = 10**9  # yuan a year for one unit


def is_number(value: Any, low: float = -MOST_AMOUNT, high: float = MOST_AMOUNT) -> bool:
    """Whether a value is a number from `low` to `high`; true and false are none.

    Examples
    --------
    >>> is_number(2.5), is_number(10**400), is_number(float("nan")), is_number("2")
    (True, False, False, False)
    """
    told = isinstance(value, Real) and not isinstance(value, bool)
    return told and bool(low <= value <= high)  # nan is not, nor is what is infinite


def is_whole(value: Any, low: float = -MOST_AMOUNT, high: float = MOST_AMOUNT) -> bool:
    """Whether a value is a whole number from `low` to `high`; 2.0 is."""
    return is_number(value, low, high) and bool(value == int(value))
