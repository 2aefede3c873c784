"""Judge a plan: every rule and every price, without any solver or search."""

from zoning.check.plan import Verdict, broken_anew, judge, parts, sum_over, tolerance_of

__all__ = [
    "Verdict",
    "broken_anew",
    "judge",
    "parts",
    "sum_over",
    "tolerance_of",
]
