"""Lots: what sets of zones there can be, their price, rules and stations."""

from zoning.lots.lots import (
    SOME_LOTS,
    Attractiveness,
    Fairest,
    Lot,
    LotRules,
    Lots,
    LotSettings,
    bundle,
    fairest,
)

__all__ = [
    "SOME_LOTS",
    "Attractiveness",
    "Fairest",
    "Lot",
    "LotRules",
    "LotSettings",
    "Lots",
    "bundle",
    "fairest",
]
