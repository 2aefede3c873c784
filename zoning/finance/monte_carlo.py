"""How likely lots lose money when no figure is sure: many draws by chance.

Whole resources and exact prices in every draw; only who lives in which lot stays.

References
----------
Metropolis, N., Ulam, S. (1949). The Monte Carlo method. Journal of the American
Statistical Association 44(247), 335-341. https://doi.org/10.1080/01621459.1949.10483310
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from zoning.check import sum_over
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.finance.accounts import accounts_of, left_over, profit_and_tax
from zoning.lots import SOME_LOTS, Lots
from zoning.lots.check import judge_lots
from zoning.lots.lot import Lot
from zoning.plan import Plan
from zoning.region import Ints
from zoning.revenue import Income
from zoning.text.arguments import NUMBER, SEED, WHOLE, WORD, instance, many, take, takes

Floats = NDArray[np.float64]
CELLS = 2_000_000  # draws × buildings that are worked on at once


@dataclass(frozen=True)
class Range:
    """How far a figure may be off.

    Parameters
    ----------
    figure
        ``"fee"``, ``"collection"``, ``"on_cost"`` (see `zoning.costs.FIGURES`), or
        ``"wages"``: times the wages in force.
    low, high
        What it may be at least and at most. Where a fee or a rate is known of a
        building it is off by the same factor as the model's.
    shape
        ``"triangular"``: most likely at the figure in force, never outside.
        ``"uniform"``: all values alike.
    source, grade
        Where the range comes from, and how good that is; as in `zoning.costs.Resource`.
    """

    figure: str
    low: float
    high: float
    shape: Literal["triangular", "uniform"] = "triangular"
    source: str = "given by the planner"
    grade: str = "given"

    def __post_init__(self) -> None:
        words = dict.fromkeys(("figure", "shape", "source", "grade"), WORD)
        take(self, low=NUMBER, high=NUMBER, **words)

    def draw(self, chance: np.random.Generator, in_force: float, count: int) -> Floats:
        """So many values by chance."""
        if self.low == self.high:
            return np.full(count, self.low)
        if self.shape == "uniform":
            return chance.uniform(self.low, self.high, count)
        return chance.triangular(self.low, in_force, self.high, count)


RANGES = (
    Range("fee", 0.18, 0.80, source="fees met in old compounds (news)", grade="C"),
    Range(
        "collection",
        0.30,
        0.89,
        source="under 30-50 % where service failed, 89 % after an incentive scheme",
        grade="D",
    ),
    Range(
        "wages",
        0.90,
        1.30,
        source="cleaners 2,000-3,000 elsewhere (D), not under the Harbin minimum wage "
        "of 2,080 (A), by the 2,300 assumed",
        grade="D",
    ),
    Range(
        "on_cost",
        1.05,
        1.40,
        source="assumption: retired staff 1.05, full insurance 1.40",
        grade="X",
    ),
)
FIGURES = tuple(item.figure for item in RANGES)


def ranges_for(costs: CostModel) -> tuple[Range, ...]:
    """`RANGES`, each wide enough to hold the figure in force.

    A figure that is 0 stays 0 in every draw, and has no range.
    """
    known = [(item, _in_force(costs, item.figure)) for item in RANGES]
    return tuple(
        replace(item, low=min(item.low, now), high=max(item.high, now))
        for item, now in known
        if now > 0
    )


def notes_on(ranges: Sequence[Range], costs: CostModel) -> Iterator[str]:
    """Where ranges are not the usual ones because of the figures in force, in words."""
    own = {item.figure: item for item in ranges}
    for usual in RANGES:
        now, item = _in_force(costs, usual.figure), own.get(usual.figure)
        told = f"{usual.low:g} to {usual.high:g}, what is usual"
        if item is None and now == 0:
            yield f"{usual.figure} is 0 and stays so in every draw."
        elif item is not None and not usual.low <= now <= usual.high:
            yield (
                f"{usual.figure} is {now:g}, outside of {told}: it is drawn from "
                f"{item.low:g} to {item.high:g}."
            )


@dataclass(frozen=True, eq=False)
class RiskSimulation:
    """What lots lack and leave over many draws.

    Parameters
    ----------
    ranges
        What was drawn from; every draw holds for all lots at once.
    drawn
        The values of each figure.
    subsidy_gap
        Subsidy gap of each lot (row) in each draw, whole yuan a year.
    left
        What a company keeps without any subsidy; below 0 it loses money.
    subsidy
        Gap of each lot at the figures in force: the subsidy a plan would grant.
    left_with_subsidy
        What a company keeps when it gets that subsidy.
    """

    ranges: tuple[Range, ...]
    drawn: Mapping[str, Floats]
    subsidy_gap: Ints
    left: Ints
    subsidy: tuple[int, ...]
    left_with_subsidy: Ints

    @property
    def loses(self) -> tuple[float, ...]:
        """Chance that each lot loses money without a subsidy."""
        return _chances(self.left < 0)

    @property
    def loses_with_subsidy(self) -> tuple[float, ...]:
        """Chance that each lot loses money although it gets the subsidy planned."""
        return _chances(self.left_with_subsidy < 0)

    @property
    def lacks_more(self) -> tuple[float, ...]:
        """Chance that each lot lacks more than the subsidy planned.

        Profit is counted, as in the gap; a company that earns less than it should does
        not yet lose money.
        """
        return _chances(self.subsidy_gap > np.array(self.subsidy)[:, None])

    def subsidy_gap_at(self, share: float) -> tuple[int, ...]:
        """Gap of each lot that so large a share of the draws does not exceed."""
        cut = np.quantile(self.subsidy_gap, share, axis=1, method="inverted_cdf")
        return tuple(int(value) for value in cut)

    def total_subsidy_gap_at(self, share: float) -> int:
        """Gap of all lots that so large a share of the draws does not exceed."""
        total = self.subsidy_gap.sum(axis=0)
        return int(np.quantile(total, share, method="inverted_cdf"))


def _chances(loses: NDArray[np.bool_]) -> tuple[float, ...]:
    return tuple(float(share) for share in loses.mean(axis=1))


@takes(
    lots=SOME_LOTS,
    ranges=many(instance(Range, "a Range"), "Ranges in a list", "RANGES").or_none,
    draws=WHOLE,
    seed=SEED,
)
def monte_carlo(
    lots: Lots,
    *,
    ranges: Sequence[Range] | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> RiskSimulation:
    """Gap and loss of each lot when figures are drawn by chance from their ranges.

    Parameters
    ----------
    lots
        As `zoning.bundle` gives them; they stay as they are.
    ranges
        One for each uncertain figure; the others keep what is in force. None: those
        of `ranges_for`.
    draws
        A chance is known to about 1 / √draws: 1 % at 10,000.
    seed
        The same seed gives the same draws.

    Raises
    ------
    InputError
        There are no lots, a range is not usable, or there is no draw.
    """
    plan = lots.plan
    costs = plan.problem.region.costs
    if ranges is None:
        ranges = ranges_for(costs)
    faults = [*_faults(ranges, costs)]
    if not lots.lots:
        faults.append(f"There are no lots to price. {lots.reason}".strip())
    if draws < 1:
        faults.append(f"draws must be at least 1; got {draws}.")
    if faults:
        raise InputError(" ".join(faults))
    chance = np.random.default_rng(seed)
    drawn = {
        item.figure: item.draw(chance, _in_force(costs, item.figure), draws)
        for item in ranges
    }
    sets = [lot.zones for lot in lots.lots]
    subsidy = tuple(one.subsidy_gap for one in accounts_of(plan, sets).lots)
    cost = _costs(plan, judge_lots(plan, sets).lots, drawn, draws)
    revenue = _revenues(plan, sets, drawn, draws)
    profit, tax = profit_and_tax(costs, cost)
    granted = revenue + np.array(subsidy)[:, None]
    return RiskSimulation(
        tuple(ranges),
        drawn,
        np.maximum(0, cost + profit + tax - revenue),
        left_over(costs, cost, revenue),
        subsidy,
        left_over(costs, cost, granted),
    )


def _in_force(costs: CostModel, figure: str) -> float:
    return 1.0 if figure == "wages" else float(getattr(costs, figure))


def _faults(ranges: Sequence[Range], costs: CostModel) -> Iterator[str]:
    named = [item.figure for item in ranges]
    if len(set(named)) < len(named):
        yield f"Each figure has one range; got {', '.join(named)}."
    for item in ranges:
        if item.figure not in FIGURES:
            yield (
                f"There is no range of {item.figure!r}; ranges are of "
                f"{', '.join(FIGURES)}."
            )
            continue
        told = f"The range of {item.figure} from {item.low:g} to {item.high:g}"
        most = 1.0 if item.figure == "collection" else np.inf
        if not 0 <= item.low <= item.high <= most or item.high == np.inf:
            yield f"{told} must ascend{' within 0 and 1' if most == 1 else ' from 0'}."
        elif not _in_force(costs, item.figure) > 0:
            yield f"{told} has nothing to go by: {item.figure} is 0."
        elif item.shape not in ("triangular", "uniform"):
            yield f"{told} must be triangular or uniform; got {item.shape!r}."
        elif item.shape == "triangular" and not (
            item.low <= _in_force(costs, item.figure) <= item.high
        ):
            yield (
                f"{told} must hold the {_in_force(costs, item.figure):g} in force. "
                "Widen it or make it uniform."
            )


def _costs(
    plan: Plan, lots: Sequence[Lot], drawn: Mapping[str, Floats], draws: int
) -> Ints:
    """Cost of each lot (row) in each draw: the same pieces at other prices."""
    now = plan.problem.region.costs
    ones = np.ones(draws)
    wages = drawn.get("wages", ones).tolist()
    on_cost = drawn.get("on_cost", now.on_cost * ones).tolist()
    prices = np.array(
        [
            _prices(replace(now, on_cost=above).with_wages(factor))
            for factor, above in zip(wages, on_cost, strict=True)
        ],
        np.int64,
    )
    pieces = np.array(
        [[len(lot.zones), *(count for _, count in lot.resources)] for lot in lots],
        np.int64,
    )
    rest = np.array([lot.cost for lot in lots]) - pieces @ np.array(_prices(now))
    return np.asarray(rest[:, None] + pieces @ prices.T, np.int64)


def _prices(costs: CostModel) -> list[int]:
    """What a zone costs before it serves anybody, and a piece of each resource."""
    return [costs.fixed_per_zone, *(costs.price(item) for item in costs.resources)]


def _revenues(
    plan: Plan, sets: Sequence[Sequence[int]], drawn: Mapping[str, Floats], draws: int
) -> Ints:
    """Revenue of each lot (row) in each draw."""
    region = plan.problem.region
    income, costs = Income(region), region.costs
    ones = np.ones(draws)
    fee = drawn.get("fee", costs.fee * ones) / (costs.fee or 1.0)
    paid = drawn.get("collection", costs.collection * ones) / (costs.collection or 1.0)
    parking = sum_over(plan, income.parking)
    of_lots = np.empty((len(sets), draws), np.int64)
    members = _members(plan, sets)
    step = max(1, CELLS // len(region.building_ids))
    for at in range(0, draws, step):
        some = slice(at, at + step)
        of_units = income.fees(fee=fee[some, None], collection=paid[some, None])
        of_lots[:, some] = members @ of_units.T
    for number, zones in enumerate(sets):
        of_lots[number] += parking[list(zones)].sum()
    return of_lots


def _members(plan: Plan, sets: Sequence[Sequence[int]]) -> csr_array:
    """Which units (columns) are in each lot (row)."""
    units = [np.concatenate([plan.zones[zone] for zone in zones]) for zones in sets]
    ends = np.cumsum([0, *(len(some) for some in units)])
    ones = np.ones(ends[-1], np.int64)
    shape = (len(sets), len(plan.problem.region))
    return csr_array((ones, np.concatenate(units), ends), shape=shape)
