"""The price of a lot for compiled code: `zoning.lots.price`, nothing else."""

from __future__ import annotations

from zoning.lots import price
from zoning.lots.price import NEVER
from zoning.search.instance.travel import straight_line
from zoning.search.kernels.compiled import compilable

__all__ = [
    "NEVER",
    "hub_travel",
    "lot_cost",
    "metre_rate",
    "step_cost",
    "step_costs",
    "straight_line",  # which `metres_between` calls
]

# the functions these call
compilable(price.pieces)
compilable(price.metres_between)

metre_rate = compilable(price.metre_rate)
step_cost = compilable(price.step_cost)
step_costs = compilable(price.step_costs)
hub_travel = compilable(price.hub_travel)
lot_cost = compilable(price.lot_cost)
