"""Lots: what sets of zones there can be, their price, rules and stations."""

from typing import TYPE_CHECKING

from zoning.lazy import lazy_names as _lazy_names

# Values, and the engines that find them: who only reads lots loads no solver.
_lazy_names(
    __name__,
    {
        "zoning.lots.bundling": "bundle fairest",
        "zoning.lots.lot": "Lot",
        "zoning.lots.result": "SOME_LOTS Fairest Lots LotSettings",
        "zoning.lots.rules": "Attractiveness LotRules",
    },
)
if TYPE_CHECKING:  # the same, for editors and type checkers
    # isort: off
    from zoning.lots.bundling import bundle as bundle, fairest as fairest
    from zoning.lots.lot import Lot as Lot
    from zoning.lots.result import SOME_LOTS as SOME_LOTS, Fairest as Fairest
    from zoning.lots.result import Lots as Lots, LotSettings as LotSettings
    from zoning.lots.rules import Attractiveness as Attractiveness
    from zoning.lots.rules import LotRules as LotRules
