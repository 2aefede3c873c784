"""Judge a plan: every rule and every price, without any solver or search."""

from zoning.check.plan import (
    Verdict,
    bent_anew,
    broken_anew,
    judge,
    parts,
    put_outside,
    sum_over,
    tolerance_of,
)

__all__ = [
    "Verdict",
    "bent_anew",
    "broken_anew",
    "judge",
    "parts",
    "put_outside",
    "sum_over",
    "tolerance_of",
]
