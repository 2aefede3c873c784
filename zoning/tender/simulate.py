"""Bids drawn by chance, to compare designs of lots before they are tendered.

Larger lots share more staff and machines, and fewer firms are large enough for them.
Firms here ask what the cost model says a lot costs them, more or less, with the usual
profit and tax: no game is played, so what is compared is cost and participation.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zoning.costs import MONTHS
from zoning.errors import InputError
from zoning.finance.accounts import profit_and_tax
from zoning.lots import SOME_LOTS, Lots
from zoning.lots.enumerate import price_sets
from zoning.lots.zone_facts import ZoneFacts
from zoning.parallel.hub import Hub, Lost
from zoning.parallel.pools import EXECUTOR, minding
from zoning.tender.award import award, tender_of
from zoning.tender.bids import Bid, Bids, Tender
from zoning.tender.check_award import AwardVerdict
from zoning.tender.rules import RULES, Rules
from zoning.text.arguments import COUNT, NUMBER, SEED, WHOLE, instance, take, takes

BATCH = 10  # draws that are one piece of work
LONGEST = 600.0  # seconds such a piece may take
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Market:
    """Who might bid. Every figure is an assumption: put in what you know of yours.

    Parameters
    ----------
    num_firms
        Independent firms that look at the tender.
    interest
        Chance that a firm bids for a lot it could serve.
    capacity
        Floor area that half of the firms can serve in all, m².
    capacity_spread
        How unlike their capacities are: standard deviation of the logarithm. 0.6: two
        thirds of the firms are between 0.55 and 1.8 times `capacity`.
    spread
        How unlike the firms' costs are, in the same measure. 0.1: about ±10 %.
    zone_spread
        How unlike a firm's costs are from zone to zone, in the same measure.
    packages
        Chance that a firm that bids for two lots side by side, and could serve both,
        bids for both as one as well.
    """

    num_firms: int = 8
    interest: float = 0.6
    capacity: float = 350_000.0
    capacity_spread: float = 0.6
    spread: float = 0.10
    zone_spread: float = 0.05
    packages: float = 0.5

    def __post_init__(self) -> None:
        take(self, **{item.name: NUMBER for item in fields(self)})
        faults = [
            f"{name} = {value}"
            for name, value, most in (
                ("num_firms", self.num_firms, 1_000),
                ("interest", self.interest, 1),
                ("capacity", self.capacity, np.inf),
                ("capacity_spread", self.capacity_spread, 3),
                ("spread", self.spread, 3),
                ("zone_spread", self.zone_spread, 3),
                ("packages", self.packages, 1),
            )
            if not 0 <= value <= most
        ]
        if faults or int(self.num_firms) != self.num_firms:
            msg = (
                "A market has up to 1,000 firms, chances from 0 to 1 and spreads from "
                f"0 to 3; got {', '.join(faults) or self.num_firms}."
            )
            raise InputError(msg)


@dataclass(frozen=True, eq=False)
class Simulation:
    """What came of many draws; rows are draws, columns are lots.

    Parameters
    ----------
    tender
        What was tendered.
    num_bidders
        Independent bidders for each lot.
    has_winner
        Which lots found a winner.
    price
        What the winners asked in all, whole yuan a year, by draw.
    fewest_bidders
        A lot with fewer bidders would be tendered again.
    losses
        Draws that no worker brought back, in words; there are no rows of these.
    """

    tender: Tender
    num_bidders: Ints
    has_winner: Bools
    price: Ints
    fewest_bidders: int
    losses: tuple[str, ...] = ()

    @property
    def expected_price(self) -> float:
        """Mean price of all lots with a winner, yuan a year."""
        return float(self.price.mean())

    @property
    def price_per_m2(self) -> float:
        """Yuan per m² and month, over what found a winner in all draws; else nan."""
        area = float((self.has_winner @ np.array(self.tender.areas)).sum())
        return float(self.price.sum()) / MONTHS / area if area else float("nan")

    @property
    def chance_of_few(self) -> tuple[float, ...]:
        """For each lot the chance of fewer bidders than the rules ask for."""
        few = (self.num_bidders < self.fewest_bidders).mean(axis=0)
        return tuple(float(one) for one in few)

    @property
    def chance_of_any_few(self) -> float:
        """Chance that at least one lot would have to be tendered again."""
        return float((self.num_bidders < self.fewest_bidders).any(axis=1).mean())

    @property
    def expected_bidders(self) -> tuple[float, ...]:
        """Mean number of independent bidders for each lot."""
        return tuple(float(one) for one in self.num_bidders.mean(axis=0))


MARKET = instance(Market, "a Market", "Market(num_firms=10)")


@takes(
    lots=SOME_LOTS,
    market=MARKET,
    rules=RULES,
    draws=WHOLE,
    seed=SEED,
    workers=COUNT,
    executor=EXECUTOR,
)
def simulate_bids(
    lots: Lots,
    market: Market = Market(),
    rules: Rules = Rules(),
    *,
    draws: int = 200,
    seed: int = 0,
    workers: int = 1,
    executor: Executor | Hub | None = None,
) -> Simulation:
    """Draw bids many times and award them: what a design of lots would come to.

    The same seed draws the same firms, with the same costs zone by zone, for every
    design of lots of one plan: differences between designs are not due to chance.
    Lots with few bidders are awarded all the same, so that prices of all lots are
    compared; how often there are too few is told besides.

    Parameters
    ----------
    lots
        As `zoning.bundle` gives them.
    market
        Who might bid.
    rules
        As they are to be announced. Quality is not drawn: they must go by price.
    draws
        How often.
    seed
        Of all chance. Each draw has its own, so how many workers there are changes
        nothing.
    workers, executor
        As in `zoning.solve`.

    Raises
    ------
    InputError
        There are no lots, no draws are asked for, or no draw was brought back.
    """
    if draws < 1:
        msg = f"{draws} draws were asked for; ask for at least 1."
        raise InputError(msg)
    asked = _Asked(_Maker(lots, market), replace(rules, award_despite_few=True), seed)
    batches = [range(at, min(at + BATCH, draws)) for at in range(0, draws, BATCH)]
    with minding(executor, workers) as hub:
        found = hub.map(_awarded, asked, batches, seconds=LONGEST)
    several = [x for some in found if not isinstance(some, Lost) for x in some]
    losses = tuple(
        f"Draws {batch[0] + 1} to {batch[-1] + 1}: no answer, {some.why}."
        for batch, some in zip(batches, found, strict=True)
        if isinstance(some, Lost)
    )
    if not several:
        msg = f"No draw was brought back. {losses[0]} Use fewer workers, or one."
        raise InputError(msg)
    outcomes = [verdict.outcomes for verdict in several]
    return Simulation(
        tender=asked.maker.tender,
        num_bidders=np.array([[lot.num_bidders for lot in some] for some in outcomes]),
        has_winner=np.array([[lot.bid is not None for lot in x] for x in outcomes]),
        price=np.array([verdict.price for verdict in several]),
        fewest_bidders=rules.fewest_bidders,
        losses=losses,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """What all draws share."""

    maker: _Maker
    rules: Rules
    seed: int


def _awarded(asked: _Asked, draws: Sequence[int], _: float) -> list[AwardVerdict]:
    """How each of some draws is awarded."""
    maker = asked.maker
    return [
        award(
            maker.tender, maker.bids(asked.seed, draw), asked.rules, margin_limit=0
        ).verdict
        for draw in draws
    ]


@takes(lots=SOME_LOTS, market=MARKET, seed=SEED)
def draw_bids(lots: Lots, market: Market = Market(), *, seed: int = 0) -> Bids:
    """One draw of `simulate_bids`: bids to try an award with.

    Raises
    ------
    InputError
        There are no lots.
    """
    return _Maker(lots, market).bids(seed, 0)


@dataclass(frozen=True, eq=False)
class _Maker:
    """Draws firms and makes their bids."""

    lots: Lots
    market: Market

    @cached_property
    def tender(self) -> Tender:
        return tender_of(self.lots.plan, self.lots.lots)

    @cached_property
    def zones(self) -> ZoneFacts:
        return ZoneFacts(self.lots.plan)

    @cached_property
    def packages(self) -> tuple[tuple[int, ...], ...]:
        """Every lot, then every two lots side by side."""
        lot_of = np.empty(self.lots.plan.num_zones, np.int64)
        for number, lot in enumerate(self.lots.lots):
            lot_of[list(lot.zones)] = number
        pairs = np.concatenate([self.zones.touching, self.zones.cut])
        side_by_side = {
            (min(a, b), max(a, b)) for a, b in lot_of[pairs].tolist() if a != b
        }
        singles = ((number,) for number in range(len(self.lots.lots)))
        return (*singles, *sorted(side_by_side))

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The zones of each package."""
        return tuple(
            tuple(sorted(zone for lot in some for zone in self.lots.lots[lot].zones))
            for some in self.packages
        )

    @cached_property
    def asked(self) -> Ints:
        """What the usual firm must ask for each package, served as one lot."""
        cost = np.array(
            [
                int(price_sets(self.zones, np.array([some]))[0][0])
                for some in self.members
            ]
        )
        profit, tax = profit_and_tax(self.lots.plan.problem.region.costs, cost)
        return np.asarray(cost + profit + tax, np.int64)

    @cached_property
    def share(self) -> Floats:
        """How much of each package (row) each zone (column) is, by floor area."""
        area = np.maximum(self.zones.area, 1).astype(np.float64)
        table = np.zeros((len(self.members), len(area)))
        for row, some in enumerate(self.members):
            table[row, list(some)] = area[list(some)] / area[list(some)].sum()
        return table

    def bids(self, seed: int, draw: int) -> Bids:
        """What the firms of one draw bid; their chance is the same for all lots."""
        chance = np.random.default_rng((seed, draw))
        made: list[Bid] = []
        capacity = {}
        for number in range(self.market.num_firms):
            firm = _Firm(chance, self.market, self.lots.plan.num_zones)
            name = f"firm {number + 1}"
            capacity[name] = firm.capacity
            asked = self.asked * firm.factors(self.share)
            for package, lots in enumerate(self.packages):
                hubs = [self.lots.lots[lot].hub for lot in lots]
                small = self.tender.area_of(lots) <= firm.capacity
                if small and firm.is_interested(hubs):
                    made.append(Bid(name, lots, max(1, round(float(asked[package])))))
        return Bids(tuple(made), capacity)


class _Firm:
    """One firm of a draw: how dear and how large it is, and where it looks."""

    def __init__(
        self, chance: np.random.Generator, market: Market, num_zones: int
    ) -> None:
        self.market = market
        self.level, size = chance.standard_normal(2)
        self.zone = chance.standard_normal(num_zones)
        self.look = chance.random(num_zones)
        self.both = chance.random((num_zones, num_zones))
        self.capacity = round(market.capacity * np.exp(market.capacity_spread * size))

    def factors(self, share: Floats) -> Floats:
        """What it asks for each package, as a multiple of what the usual firm asks."""
        unlike = self.market.spread * self.level
        unlike = unlike + self.market.zone_spread * (share @ self.zone)
        return np.asarray(np.exp(unlike))

    def is_interested(self, hubs: list[int]) -> bool:
        """Whether it bids for the lots with these hubs, together if they are two."""
        if any(self.look[hub] >= self.market.interest for hub in hubs):
            return False
        return len(hubs) == 1 or bool(self.both[tuple(hubs)] < self.market.packages)
