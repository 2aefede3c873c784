"""Lots: what sets of zones there can be, their price, rules and stations."""

from zoning.lots.bundling import bundle, fairest
from zoning.lots.lot import Lot
from zoning.lots.result import SOME_LOTS, Fairest, Lots, LotSettings
from zoning.lots.rules import Attractiveness, LotRules

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
