"""Problem: a region, how many zones, and the rules a plan must keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, floor, inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoning.errors import InputError
from zoning.open_bridges import (
    Standing,
    open_bridges,
    wide_bridges,
    without_bridges,
)
from zoning.region import BUILDINGS, LOAD, REGION, Ints, Region
from zoning.rules import RULES, Rule
from zoning.rules.compiled import Terms, terms_of
from zoning.rules.conflicts import contradictions
from zoning.rules.graph_edits import edited
from zoning.share import COST_BAND, SharedOut, rough_share, share_out
from zoning.text.arguments import (
    FLAG,
    NUMBER,
    WHOLE,
    Kind,
    Unlike,
    instance,
    mapping,
    numbers,
    take,
)
from zoning.text.labelled import in_order
from zoning.text.lists import first_few

Floats = NDArray[np.float64]

SLACK = 1e-6  # yuan: what is a whole number but for the last digits is one
MOST_COST = 2**44  # yuan a year: travel and prices of rules in any plan stay below
MOST_PRICE = 10**6  # yuan of excess for one outside a band
WIDER = 2  # times the gap allowed above it weigh as much as a zone that is not there
TABLE_UNITS = 2_000  # the largest region whose n × n travel table is kept in memory


@dataclass(frozen=True)
class Band:
    """What a sum over a zone may be, both ends included.

    Examples
    --------
    >>> 900 in Band(450, 900)
    True
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        take(self, low=WHOLE, high=WHOLE)
        if self.low > self.high:
            msg = f"Band {self.low}..{self.high} is empty. Raise the upper end."
            raise InputError(msg)

    def __contains__(self, value: int) -> bool:
        return self.low <= value <= self.high


def _band(value: Any) -> Band:
    """A band; a pair (low, high) means one."""
    if isinstance(value, Band):
        return value
    if not isinstance(value, tuple | list | np.ndarray) or len(value) != 2:
        raise Unlike
    return Band(*value)


BAND = Kind("a Band", _band, "Band(600, 740)")
BANDS = mapping(
    BAND, "bands by name", "{'households': Band(600, 740)}, as zoning.Band has them"
)
PRICES = mapping(
    WHOLE.or_none, "prices of bands by name", "{'households': 400, 'area': None}"
)


@dataclass(frozen=True, eq=False)
class Problem:
    """Split `region` into exactly `num_zones` contiguous zones at least travel.

    Parameters
    ----------
    region
        The units and who touches whom.
    num_zones
        Exactly so many zones, at least 1.
    tolerance
        A zone's cost may differ from the fair share by this fraction, 0 <= t < 1.
        None: cost is not balanced (then give `bands`).
    bands
        For names of `region.sums` (or ``"load"``, or ``"buildings"``, which are
        counted) what their sum over a zone may be.
    travel
        n × n whole numbers: yearly cost of serving unit i from center j. Default:
        floor area × rate × way, the way being by street where the region knows it.
    fair_share
        What the cost band stands around, whole yuan. Default: see `fair_share`.
    rules
        Planners' rules, see `zoning.rules`; names of compounds and buildings in them
        become ids. They leave `region` as it is; who touches
        whom under them is told by `edited_region`.
    strict
        No band bends: a zone outside one breaks a rule. Otherwise a zone may lie
        outside where it must, and the plans asked for are those of the least
        `excess_price` in all, then the cheapest of them.
    bend
        What bending a band costs, by its name (``"cost"``, or one of `bands`): yuan of
        excess for each yuan, or each one of the sum, that a zone lies outside; whole,
        at least 1. None: this band is hard. Default: see `excess_price`.

    Raises
    ------
    InputError
        The number of zones, the tolerance, a band or the travel table is not usable;
        rules name what is not there or contradict one another.
    """

    region: Region
    num_zones: int
    tolerance: float | None = 0.10
    bands: Mapping[str, Band] = field(default_factory=dict)
    travel: ArrayLike | None = None
    fair_share: int | None = None
    rules: tuple[Rule, ...] = ()
    strict: bool = False
    bend: Mapping[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        take(
            self,
            region=REGION,
            strict=FLAG,
            bend=PRICES,
            num_zones=WHOLE,
            tolerance=NUMBER.or_none,
            bands=BANDS,
            fair_share=WHOLE.or_none,
            rules=RULES,
        )
        put = object.__setattr__
        put(self, "rules", tuple(rule.with_ids(self.region) for rule in self.rules))
        names = self.region.names
        put(self, "travel", in_order("travel", self.travel, names, axes=(0, 1)))
        ruled = list(contradictions(self.ruled_region, self.rules))
        faults = [*self._faults(), *ruled]
        if faults:
            raise InputError(" ".join(faults))
        put(self, "bands", {name: self.bands[name] for name in sorted(self.bands)})
        put(self, "bend", {name: self.bend[name] for name in sorted(self.bend)})
        if self.travel is not None:
            table = np.array(self.travel, np.int64)
            table.setflags(write=False)
            put(self, "travel", table)
        if self.fair_share is None:
            put(self, "fair_share", self.shared_out.share)
        more = [*self._too_dear(), *self._heavy_groups()]
        if more:
            raise InputError(" ".join(dict.fromkeys(more)))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Pickling loses the write protection of arrays; put it back."""
        for value in state.values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        self.__dict__.update(state)

    def _faults(self) -> list[str]:
        faults = []
        n = len(self.region)
        if self.num_zones < 1:
            faults.append(f"num_zones must be at least 1; got {self.num_zones}.")
        if self.num_zones > n:
            faults.append(
                f"num_zones is {self.num_zones:,}, but the region has only {n:,} units "
                f"and every zone holds at least one. Ask for at most {n:,}."
            )
        if self.fair_share is not None and self.fair_share < 0:
            faults.append(f"fair_share must be at least 0; got {self.fair_share}.")
        if self.tolerance is not None and not 0 <= self.tolerance < 1:
            faults.append(
                f"tolerance must be at least 0 and below 1 (0.1 means ±10 %); got "
                f"{self.tolerance}."
            )
        required = {r.names_zone for r in self.rules if r.names_zone is not None}
        if not faults and len(required) > self.num_zones:
            faults.append(
                f"Rules name {len(required)} zones ({first_few(sorted(required))}"
                f"), but only {self.num_zones} were asked for."
            )
        known = {LOAD, BUILDINGS, *self.region.sums}
        faults += [
            f"Band {name!r} names no sum of the region. It has {sorted(known)}."
            for name in self.bands
            if name not in known
        ]
        bent = {COST_BAND, *self.bands}
        faults += [
            f"bend names {name!r}, which is no band. There are {sorted(bent)}."
            for name in self.bend
            if name not in bent
        ]
        faults += [
            f"Bending {name!r} must cost 1 to {MOST_PRICE:,} yuan, whole, or None "
            f"(this band is hard); got {price}."
            for name, price in self.bend.items()
            if price is not None and not 1 <= price <= MOST_PRICE
        ]
        if self.travel is not None:
            words = f"a {n} × {n} table of whole numbers, one row for each unit"
            try:
                table = numbers("travel", self.travel, (n, n), words)
            except InputError as error:
                return [*faults, str(error)]
            if not np.issubdtype(table.dtype, np.integer):
                faults.append(
                    f"travel must be {words}; got {table.shape} of {table.dtype}. "
                    "Round it first."
                )
            elif table.min() < 0:
                faults.append("travel must be >= 0 everywhere.")
            elif int(table.max()) > MOST_COST:
                faults.append(
                    f"travel is {int(table.max()):,} yuan a year somewhere; up to "
                    f"{MOST_COST:,} can be reckoned with. Correct the table."
                )
            elif np.diagonal(table).any():
                own = np.flatnonzero(np.diagonal(table))
                told = first_few((self.region.names[i] for i in own), 5)
                faults.append(
                    f"travel from a unit to itself must be 0; it is not for {told}. "
                    "Put what a unit always costs into its load."
                )
        return faults

    @property
    def notes(self) -> tuple[str, ...]:
        """Targets that nothing comes of, and bridges that zones may not use."""
        return (*self._idle_targets(), *self._told_bridges())

    def _told_bridges(self) -> Iterator[str]:
        region, n = self.ruled_region, len(self.region)
        shut = _fewer(region, self.edited_region) @ [n, 1]
        among = np.isin(region.bridges @ [n, 1], shut)
        closed = sorted(
            (-span.metres, " – ".join(sorted(region.names[i] for i in pair)))
            for span, pair, out in zip(region.spans, region.bridges, among, strict=True)
            if out
        )
        if closed:
            told = (f"{ends} {-metres} m" for metres, ends in closed)
            why = "no band bends" if self.strict else "zones are made without them"
            yield (
                f"{len(closed)} bridge(s) over more than {region.max_gap:g} m are "
                f"closed to zones, since {why}: {first_few(told)}."
            )

    def _idle_targets(self) -> Iterator[str]:
        locked = [rule.locked for rule in self.rules if rule.locked is not None]
        frozen = {zone.zone for zone in locked if zone.frozen}
        for rule in self.rules:
            if rule.factor_of is None:
                continue
            if self.tolerance is None:
                yield f"The rule that {rule} does nothing: cost is not balanced."
            elif rule.factor_of[0] in frozen:
                yield (
                    f"The rule that {rule} does nothing: the zone is frozen and left "
                    "out of the balance."
                )

    @cached_property
    def ruled_region(self) -> Region:
        """The region as rules edit it, all bridges open: `region` where none does."""
        return edited(self.region, self.rules)

    @cached_property
    def edited_region(self) -> Region:
        """The region that zones are held to: `region` itself where nothing edits it.

        `Contain` cuts edges, `SoftBarrier` opens them, and rules of one's own may; wide
        bridges are closed unless nothing else makes zones (`open_bridges`). Ask it who
        touches whom: by its `edges`, `bridges`, `cut_edges` and `cut_by`. Units and all
        that is known of them are the same.
        """
        region = self.ruled_region
        wide, _ = wide_bridges(region)
        return without_bridges(region, wide[~self._wide_open])

    @property
    def opens_wide_bridges(self) -> bool:
        """Zones may hang together over gaps wider than allowed: nothing else does."""
        return bool(self._wide_open.any())

    def settled(self) -> Problem:
        """The same with wide bridges open or cut for good, whatever else is changed."""
        if not len(self._wide_open):
            return self
        closed = _fewer(self.ruled_region, self.edited_region)
        region = replace(without_bridges(self.region, closed), max_gap=None)
        return replace(self, region=region)

    @cached_property
    def _wide_open(self) -> NDArray[np.bool_]:
        """Which of `wide_bridges` of the ruled region stay open."""
        region = self.ruled_region
        wide, _ = wide_bridges(region)
        if self.strict or not len(wide):
            return np.zeros(len(wide), bool)
        share = rough_share(self)
        price = max(1, round(share / (WIDER * (region.max_gap or 1))))
        locked = [lock.units for lock in self.terms.locks]
        groups = (*self.terms.together, *locked)
        return open_bridges(
            region, self._standing(share), price, int(self.num_zones), groups
        )

    def _standing(self, share: int) -> Standing:
        """How parts of the region are judged: by every band, each zone with travel."""
        region = self.region
        prices = {**dict.fromkeys(self.bands, MOST_PRICE), **self.excess_price}
        rows: list[tuple[Ints, float, float, int]] = [
            (region.values_of(name), band.low, band.high, prices[name])
            for name, band in self.bands.items()
        ]
        if self.tolerance is not None:
            band = self.band_around(share)
            mean = int(region.load.sum()) / self.num_zones
            beside = max(self.fixed, share - mean)  # fixed cost and travel of a zone
            low, high = max(0.0, band.low - beside), max(1.0, band.high - beside)
            rows.append((region.load, low, high, prices.get(COST_BAND, MOST_PRICE)))
        return Standing(
            np.array([row[0] for row in rows], float).reshape(-1, len(region)),
            *(np.array([row[k] for row in rows], float) for k in (1, 2, 3)),
        )

    @cached_property
    def terms(self) -> Terms:
        """The rules as numbers per unit."""
        return terms_of(self.region, self.ruled_region, self.rules)

    @cached_property
    def excess_price(self) -> Mapping[str, int]:
        """Yuan of excess for each yuan, or each one of a sum, outside a band.

        By the name of the band, ``"cost"`` for that of `tolerance`; those that bend
        only. Unless `bend` says otherwise a yuan of cost or load counts 1, and one of
        another sum what the region costs for each of it, rounded, at least 1.
        """
        if self.strict:
            return {}
        names = [*([] if self.tolerance is None else [COST_BAND]), *self.bands]
        prices = {name: self.bend.get(name, self._usual_price(name)) for name in names}
        return {name: price for name, price in prices.items() if price is not None}

    def _usual_price(self, name: str) -> int:
        if name in (COST_BAND, LOAD):
            return 1
        total = int(self.region.values_of(name).sum())
        price = round(int(self.region.load.sum()) / total) if total else 1
        return min(max(1, price), MOST_PRICE)

    @property
    def counts_moves(self) -> bool:
        """Plans with fewer m² that change zone go before cheaper ones."""
        return any(rule.least_change for rule in self.rules)

    @property
    def cost_band(self) -> Band | None:
        """What a usual zone may cost, or None where cost is not balanced."""
        return self.cost_band_of(1.0)

    def cost_band_of(self, factor: float) -> Band | None:
        """What a zone may cost whose share is `factor` times a usual zone's."""
        if self.tolerance is None or self.fair_share is None:
            return None
        return self.band_around(self.share_of(factor))

    def band_around(self, share: float) -> Band:
        """The tolerance around a share; it is 0 where cost is not balanced."""
        tolerance = self.tolerance or 0.0
        low = ceil(share * (1 - tolerance) - SLACK)
        high = floor(share * (1 + tolerance) + SLACK)
        # costs are whole yuan: the one nearest to the share is always allowed
        return Band(min(low, round(share)), max(high, round(share)))

    def tolerance_for(self, cost: int, factor: float) -> float:
        """The least tolerance that allows a cost: `cost_band_of` turned round."""
        share = self.share_of(factor)
        if cost == round(share):
            return 0.0
        return max(0.0, abs(cost - share) - SLACK) / share if share else inf

    def share_of(self, factor: float) -> float:
        """What a zone should cost whose share is `factor` times a usual zone's.

        What zones with targets take more, the others have less.
        """
        usual = usual_factor(self.num_zones, self.terms.factor)
        return float((self.fair_share or 0) * factor * usual)

    def away(self, cost: int, zone: str) -> float | None:
        """How far the zone of this name is from its own share, as a fraction.

        None where that is 0.
        """
        share = self.share_of(self.factor_of(zone))
        return cost / share - 1 if share else None

    def factor_of(self, zone: str) -> float:
        """The share of the zone of this name in times a usual zone's."""
        return self._factors.get(zone, 1.0)

    @cached_property
    def _factors(self) -> Mapping[str, float]:
        return dict(r.factor_of for r in self.rules if r.factor_of is not None)

    @property
    def fixed(self) -> int:
        """What a zone costs before it serves anybody, yuan a year."""
        return self.region.costs.fixed_per_zone

    @cached_property
    def metre_cost(self) -> NDArray[np.float64]:
        """Per unit the yearly cost of a metre of straight line (or street)."""
        region = self.region
        return region.costs.travel_per_metre(region.area) * region.way_factor

    def travel_between(self, units: ArrayLike, centers: ArrayLike) -> Ints:
        """Yearly cost of serving each unit (rows) from each center (columns)."""
        i, j = np.asarray(units), np.asarray(centers)
        if self.travel is not None:
            return np.asarray(np.asarray(self.travel)[np.ix_(i, j)], np.int64)
        metres = self.region.distance(i[:, None], j[None, :])
        return np.asarray(np.rint(self.metre_cost[i][:, None] * metres), np.int64)

    def way_between(self, units: ArrayLike, centers: ArrayLike) -> Floats:
        """Metres of way from each unit (rows) to each center (columns)."""
        i, j = np.asarray(units), np.asarray(centers)
        return self.region.distance(i[:, None], j[None, :]) * self.region.way_factor

    def surcharge_between(self, units: ArrayLike, centers: ArrayLike) -> Ints:
        """What soft rules add for each unit (rows) served from each center (columns).

        Yuan a year: priced borders and barriers on the way, bridges by their length,
        and ways too long.
        """
        i, j = np.asarray(units), np.asarray(centers)
        terms = self.terms
        side = np.ix_(terms.side[i], terms.side[j])
        more = terms.side_price[side]
        if terms.side_way.any():
            more = more + np.rint(self.metre_cost[i][:, None] * terms.side_way[side])
        if terms.soft < np.inf:
            more = more + terms.soft_price * (self.way_between(i, j) > terms.soft)
        return np.asarray(more, np.int64)

    def may_serve(self, units: ArrayLike, centers: ArrayLike) -> NDArray[np.bool_]:
        """Whether rules let each unit (rows) be served from each center (columns)."""
        i, j = np.asarray(units), np.asarray(centers)
        allowed = np.repeat(self.terms.candidate[j][None, :], len(i), axis=0)
        if self.terms.hard < np.inf:
            allowed &= self.way_between(i, j) <= self.terms.hard
        return allowed

    @cached_property
    def table(self) -> Ints | None:
        """Travel from all units to all, or None where it is computed when needed.

        That is above `TABLE_UNITS` units, where ways are straight lines.
        """
        if self.travel is not None:
            return np.asarray(self.travel)
        if len(self.region) > TABLE_UNITS and self.region.way is None:
            return None
        every = np.arange(len(self.region))
        table = self.travel_between(every, every)
        table.setflags(write=False)
        return table

    @property
    def dearest_ways(self) -> Floats:
        """For each unit, no center serves it at more travel, yuan a year."""
        region = self.region
        if self.travel is not None:
            return np.asarray(np.asarray(self.travel).max(axis=1), np.float64)
        if region.way is not None:
            return np.asarray(self.metre_cost * region.way.max(axis=1) + 0.5)
        return np.asarray(self.metre_cost * np.hypot(*np.ptp(region.xy, axis=0)) + 0.5)

    @property
    def dearest_surcharges(self) -> float:
        """No plan has more surcharges in all, yuan a year."""
        terms = self.terms
        price = float(terms.side_price.max(initial=0)) + float(terms.soft_price)
        over = float(self.metre_cost.sum() * terms.side_way.max(initial=0))
        return len(self.region) * price + over

    def _too_dear(self) -> Iterator[str]:
        """Ways and prices too high to be told from what is forbidden."""
        region, terms = self.region, self.terms
        longest, prices = self.dearest_ways, self.dearest_surcharges
        price = prices / len(region)
        change = float(terms.change_price) * float(region.area.sum())
        if longest.sum() + prices + change < MOST_COST:
            return
        if prices > max(change, longest.sum()):
            rules = [rule for rule in self.rules if rule.is_priced]
            told = first_few(rules, 3, "; ")
            yield (
                f"Prices of rules come to {price:,.0f} yuan for a unit and are too "
                f"high to be reckoned with ({told}): {len(region):,} units may have up "
                f"to {MOST_COST / len(region):,.0f} yuan each. Lower them, or forbid "
                "what must not be (a border that no zone crosses, a hard radius)."
            )
        elif change > longest.sum():
            yield (
                f"The price of change, {float(terms.change_price):,g} yuan a m², is "
                "too high to be reckoned with. Lower it, or set a budget of change."
            )
        else:
            far = region.names[int(longest.argmax())]
            yield (
                f"Ways cost up to {longest.max():,.0f} yuan a year ({far}) and "
                f"{longest.sum():,.0f} in all; up to {MOST_COST:,} can be reckoned "
                "with. Correct the table of travel, the rate, or the coordinates."
            )

    def _heavy_groups(self) -> Iterator[str]:
        """Buildings that must share a zone and are too many for one whose band is hard.

        Those in a locked zone are not looked at: that zone is judged as it is, and of a
        frozen one no band is asked.
        """
        region, terms = self.region, self.terms
        limits = [
            (name, region.values_of(name), band.high)
            for name, band in self.bands.items()
            if name not in self.excess_price
        ]
        top = max((*terms.factor.tolist(), 1.0))
        band = self.cost_band_of(top)
        if band is not None and COST_BAND not in self.excess_price:
            limits.append(("cost without travel", region.load, band.high - self.fixed))
        for units in (*terms.links, *terms.together):
            if not np.isin(units, terms.free).all():
                continue
            for name, values, high in limits:
                total = int(values[units].sum())
                if total > high:
                    some = [b for i in units for b in region.buildings[i]]
                    yield (
                        f"{first_few(some, 6)} must share a zone and have "
                        f"{name} {total:,}; a zone may have at most {high:,}. Take "
                        "buildings out of the group, or allow larger zones."
                    )

    @cached_property
    def shared_out(self) -> SharedOut:
        """The fair share as it is worked out, and what was left out of it."""
        return share_out(self)


def usual_factor(count: int, factors: ArrayLike) -> float:
    """What is left of a fair share for zones without a target.

    Parameters
    ----------
    count
        How many zones there are.
    factors
        Targets of zones, those that are locked left out.
    """
    named = np.asarray(factors, np.float64)
    return float(count / max(1e-9, count - len(named) + named.sum()))


def _fewer(region: Region, other: Region) -> Ints:
    """The bridges of a region that another has not."""
    n = len(region)
    gone = ~np.isin(region.bridges @ [n, 1], other.bridges @ [n, 1])
    return region.bridges[gone].astype(np.int64)


PROBLEM = instance(Problem, "a Problem", "Problem(region, num_zones=15)")
