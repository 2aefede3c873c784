"""What lots and zones cost, bring in and lack: a statement for each.

Costs are those of `zoning.lots.check`, to the yuan; revenue is that of
`zoning.revenue`. Nothing here searches or estimates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zoning.check import sum_over
from zoning.costs import MONTHS, CostModel
from zoning.errors import PlanError
from zoning.finance.statement import Accounts, Economy, Item, Statement
from zoning.lots import SOME_LOTS, Lots
from zoning.lots.check import judge_lots
from zoning.lots.lot import Lot
from zoning.lots.zone_facts import ZoneFacts
from zoning.plan import Plan
from zoning.region import Ints
from zoning.revenue import Floats, Income
from zoning.text.arguments import takes


@takes(lots=SOME_LOTS)
def statements(lots: Lots) -> Accounts:
    """What each lot, and each zone alone, costs, brings in and lacks.

    Parameters
    ----------
    lots
        As `zoning.bundle` gives them. Only which zones they hold is taken from them.

    Raises
    ------
    InputError
        Columns of the region that money comes from are not usable.
    """
    return accounts_of(lots.plan, [lot.zones for lot in lots.lots])


def accounts_of(plan: Plan, lots: Sequence[Sequence[int]]) -> Accounts:
    """Statements of lots given as zones of a plan, priced by `judge_lots` alone."""
    till = _Till(plan)
    alone = judge_lots(plan, [(zone,) for zone in range(plan.num_zones)], size=1).lots
    together = judge_lots(plan, lots).lots
    return Accounts(plan, till.statements(together), till.statements(alone))


def profit_and_tax(costs: CostModel, cost: Ints) -> tuple[Ints, Ints]:
    """What must come in above the cost, whole yuan a year."""
    profit = np.rint(cost * costs.profit)
    tax = np.rint((cost + profit) * costs.tax)
    return np.asarray(profit, np.int64), np.asarray(tax, np.int64)


def left_over(costs: CostModel, cost: Ints, revenue: Ints) -> Ints:
    """What revenue leaves after its share of tax and the cost; below 0 a loss."""
    tax = np.rint(revenue * (costs.tax / (1 + costs.tax)))
    return np.asarray(revenue - tax - cost, np.int64)


@dataclass(frozen=True, eq=False)
class _Till:
    """Makes statements: what is the same for all of them is summed once a zone."""

    plan: Plan

    @cached_property
    def costs(self) -> CostModel:
        return self.plan.problem.region.costs

    @cached_property
    def zones(self) -> ZoneFacts:
        return ZoneFacts(self.plan)

    @cached_property
    def income(self) -> Income:
        return Income(self.plan.problem.region)

    @cached_property
    def direct(self) -> Ints:
        direct = self.plan.problem.region.direct
        assert direct is not None  # the constructor of Region fills it in
        return sum_over(self.plan, direct)

    @cached_property
    def fees(self) -> Ints:
        return sum_over(self.plan, self.income.fees())

    @cached_property
    def parking(self) -> Ints:
        return sum_over(self.plan, self.income.parking)

    @cached_property
    def served(self) -> Floats:
        """Floor area of the buildings of each zone."""
        return self._sum(self.income.area)

    @cached_property
    def paying(self) -> Floats:
        """Floor area × rate: the fee of so many m² is paid."""
        return self._sum(self.income.area * self.income.rate)

    @cached_property
    def owed(self) -> Floats:
        """Floor area × fee: what a month would bring in if everybody paid."""
        return self._sum(self.income.area * self.income.fee)

    def _sum(self, of_buildings: Floats) -> Floats:
        of_units = self.income.by_unit(of_buildings)
        total = np.bincount(self.plan.zone_of, of_units, self.plan.num_zones)
        return np.asarray(total, np.float64)

    def statements(self, lots: Sequence[Lot]) -> tuple[Statement, ...]:
        return tuple(self._statement(lot) for lot in lots)

    def _statement(self, lot: Lot) -> Statement:
        zones = list(lot.zones)
        items = tuple(self._items(lot))
        _agree(lot, items)
        fees, parking = int(self.fees[zones].sum()), int(self.parking[zones].sum())
        cost = np.array(lot.cost)
        profit, tax = (int(x) for x in profit_and_tax(self.costs, cost))
        wanted = max(0, lot.cost + profit + tax - parking) / MONTHS  # from fees
        served = float(self.served[zones].sum())
        owed = float(self.owed[zones].sum())
        share = _ratio(wanted, owed)
        full_fee = _ratio(wanted, served)
        missing = lot.cost + profit + tax > fees + parking
        usual = max(self.costs.fee_limit, owed / served if served else 0.0)
        return Statement(
            zones=lot.zones,
            area=int(self.zones.area[zones].sum()),
            items=items,
            fees=fees,
            parking=parking,
            profit=profit,
            tax=tax,
            left=int(left_over(self.costs, cost, np.array(fees + parking))),
            break_even_fee=_ratio(wanted, float(self.paying[zones].sum())),
            break_even_collection=share if share is not None and share <= 1 else None,
            full_fee=full_fee,
            economy=_economy(missing, full_fee, usual),
        )

    def _items(self, lot: Lot) -> Iterator[Item]:
        """The cost of a lot line by line, with nothing lost."""
        zones = list(lot.zones)
        problem, costs = self.plan.problem, self.costs
        fixed = round(costs.fixed_per_lot)
        yield Item("fixed per lot", fixed, fixed * len(zones))
        in_zones = problem.fixed * len(zones)
        direct = int(self.direct[zones].sum())
        inside = lot.own - in_zones - direct
        yield Item("guards and entry of zones", in_zones, in_zones)
        yield Item("consumables", direct, direct)
        yield Item("travel inside zones", inside, inside)
        for resource, (_, count), (_, separate) in zip(
            costs.resources, lot.resources, lot.separate_resources, strict=True
        ):
            price = costs.price(resource)
            yield Item(
                resource.name, count * price, separate * price, count, separate, price
            )
        yield Item("travel between zones", lot.travel, 0)
        yield Item("crossings", lot.crossings * round(MONTHS * costs.crossing), 0)


def _agree(lot: Lot, items: Sequence[Item]) -> None:
    """Lines must add up to the price the checker made."""
    cost = sum(item.cost for item in items)
    separate = sum(item.separate_cost for item in items)
    if (cost, separate) != (lot.cost, lot.separate_cost):
        msg = (
            f"The lines of lot {lot.zones} add up to {cost} and {separate}, its price "
            f"is {lot.cost} and {lot.separate_cost}."
        )
        raise PlanError(msg)


def _ratio(wanted: float, each: float) -> float | None:
    if wanted == 0:
        return 0.0
    return wanted / each if each > 0 else None


def _economy(missing: bool, full_fee: float | None, usual: float) -> Economy:
    if not missing:
        return Economy.ECONOMIC
    if full_fee is not None and full_fee <= usual:
        return Economy.SUBSIDISED
    return Economy.UNECONOMIC
