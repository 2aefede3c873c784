"""Rules as numbers per unit, for whoever searches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.region import Ints, Region
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    Rule,
    Spread,
    Target,
)
from zoning.rules.graph_edits import crossing_prices, units_of, value_of_units

Floats = NDArray[np.float64]
NOWHERE = -1  # a unit that no zone's name is given to


@dataclass(frozen=True)
class SpreadTerm:
    """Lowest and highest value of each unit, and how far a zone may spread."""

    low: Floats
    high: Floats
    most: float


@dataclass(frozen=True)
class LockTerm:
    """A zone that stays as it is; no bands are asked of a frozen one."""

    name: str
    units: Ints
    frozen: bool


@dataclass(frozen=True, eq=False)
class Terms:
    """What rules ask of the units of an edited region.

    Parameters
    ----------
    candidate
        May be a center.
    side, side_price
        The side of each unit; what serving a unit of one side (row) from another
        (column) costs more, yuan a year.
    hard, soft, soft_price
        Metres of way allowed; metres beyond which a unit costs so much more.
    apart
        m × 2: no two such units share a zone.
    together
        Units that share a zone though they do not touch one another.
    spreads
        See `SpreadTerm`.
    locks
        See `LockTerm`.
    names
        Zones with a name of their own, locked ones left out: pinned and targeted ones
        first (`required` of them must be there), then, where change counts, last
        year's by floor area.
    required
        How many of `names` there must be.
    factor
        For each name its share in times a usual zone's.
    pinned, before
        For each unit the position in `names` of the zone it must be in, and of the one
        it was in; `NOWHERE` where there is none.
    change_price
        Yuan for each m² that changes zone.
    change_base
        m² that change zone in any plan: what was in another zone than the locked one
        it is in, and what was in one that is locked without it.
    change_most
        At most so many m² change, these included, or None.
    """

    candidate: NDArray[np.bool_]
    side: NDArray[np.int32]
    side_price: Ints
    hard: float
    soft: float
    soft_price: int
    apart: Ints
    together: tuple[Ints, ...]
    spreads: tuple[SpreadTerm, ...]
    locks: tuple[LockTerm, ...]
    names: tuple[str, ...]
    required: int
    factor: Floats
    pinned: NDArray[np.int32]
    before: NDArray[np.int32]
    change_price: Fraction
    change_base: int
    change_most: int | None

    @property
    def priced(self) -> bool:
        """A unit can cost more than its load and its travel."""
        return bool(self.side_price.any()) or self.soft < np.inf

    @property
    def limits_ways(self) -> bool:
        """Some unit cannot be served from some center."""
        return self.hard < np.inf or not self.candidate.all()

    @property
    def minds_company(self) -> bool:
        """Some units may not, or must, share a zone."""
        several = len(self.apart) + len(self.spreads) + len(self.together)
        return several > 0 or bool((self.pinned >= 0).any())

    @property
    def named(self) -> bool:
        """Zones are not all alike."""
        return bool(self.names)

    @property
    def free(self) -> NDArray[np.int64]:
        """Units that are in no locked zone."""
        taken = [lock.units for lock in self.locks]
        every = np.arange(len(self.candidate))
        return np.setdiff1d(every, np.concatenate([every[:0], *taken]))


def terms_of(region: Region, rules: Sequence[Rule]) -> Terms:
    """Numbers for the units of an edited region."""
    n = len(region)
    candidate = np.ones(n, bool)
    for rule in rules:
        if isinstance(rule, Centers):
            here = np.zeros(n, bool)
            here[units_of(region, rule.buildings)] = True
            candidate &= here
    side, side_price = _sides(region, rules)
    radii = [rule for rule in rules if isinstance(rule, Radius)]
    soft = min((r.soft for r in radii if r.soft is not None), default=np.inf)
    names, required, factor = _names(region, rules)
    previous = _previous(rules)
    change_most = None
    if previous is not None and previous.budget is not None:
        change_most = int(previous.budget * int(region.area.sum()) + 1e-6)
    return Terms(
        candidate,
        side,
        side_price,
        min((r.hard for r in radii if r.hard is not None), default=np.inf),
        soft,
        sum(r.price for r in radii if r.soft == soft),
        _apart(region, rules),
        tuple(together(region, rules)),
        tuple(_spreads(region, rules)),
        tuple(
            LockTerm(r.zone, units_of(region, r.buildings), isinstance(r, Freeze))
            for r in rules
            if isinstance(r, Lock)
        ),
        names,
        required,
        factor,
        _pinned(region, rules, names),
        _before(region, previous, names),
        Fraction(0) if previous is None else previous.exact_price,
        _change_base(region, rules, previous),
        change_most,
    )


def _sides(region: Region, rules: Sequence[Rule]) -> tuple[NDArray[np.int32], Ints]:
    """Soft barriers and priced borders as one set of sides."""
    side, price = crossing_prices(region, rules)
    for rule in rules:
        if not isinstance(rule, Border):
            continue
        words = np.array([str(v) for v in value_of_units(region, rule.column)])
        code = np.unique(words, return_inverse=True)[1]
        both, fresh = np.unique(
            np.column_stack([side, code]), axis=0, return_inverse=True
        )
        old, new = both[:, 0], both[:, 1]
        price = price[np.ix_(old, old)] + rule.price * (new[:, None] != new[None, :])
        side = fresh.ravel().astype(np.int32)
    return side, np.ascontiguousarray(price, np.int64)


def _previous(rules: Sequence[Rule]) -> Previous | None:
    return next((rule for rule in rules if isinstance(rule, Previous)), None)


def _names(
    region: Region, rules: Sequence[Rule]
) -> tuple[tuple[str, ...], int, Floats]:
    locked = {rule.zone for rule in rules if isinstance(rule, Lock)}
    wanted = [rule.zone for rule in rules if isinstance(rule, Pin | Target)]
    names = [zone for zone in dict.fromkeys(wanted) if zone not in locked]
    required = len(names)
    previous = _previous(rules)
    if previous is not None and (previous.budget is not None or previous.price):
        values = value_of_units(region, previous.column)
        size: dict[str, int] = {}
        for value, area in zip(values, region.area.tolist(), strict=True):
            if value is not None:
                size[str(value)] = size.get(str(value), 0) + area
        more = sorted(size, key=lambda name: (-size[name], name))
        names += [name for name in more if name not in {*names, *locked}]
    factor = {rule.zone: rule.factor for rule in rules if isinstance(rule, Target)}
    return tuple(names), required, np.array([factor.get(x, 1.0) for x in names])


def _pinned(
    region: Region, rules: Sequence[Rule], names: tuple[str, ...]
) -> NDArray[np.int32]:
    out = np.full(len(region), NOWHERE, np.int32)
    for rule in rules:
        if isinstance(rule, Pin) and rule.zone in names:
            out[units_of(region, rule.buildings)] = names.index(rule.zone)
    return out


def _before(
    region: Region, previous: Previous | None, names: tuple[str, ...]
) -> NDArray[np.int32]:
    """Former zone of each unit; one that was locked since is nobody's."""
    out = np.full(len(region), NOWHERE, np.int32)
    if previous is not None:
        place = {name: at for at, name in enumerate(names)}
        values = value_of_units(region, previous.column)
        out[:] = [place.get(str(v), NOWHERE) if v is not None else -1 for v in values]
    return out


def _change_base(
    region: Region, rules: Sequence[Rule], previous: Previous | None
) -> int:
    if previous is None:
        return 0
    locks = [rule for rule in rules if isinstance(rule, Lock)]
    locked = {int(i): r.zone for r in locks for i in units_of(region, r.buildings)}
    names, total = set(locked.values()), 0
    for i, value in enumerate(value_of_units(region, previous.column)):
        moved = str(value) != locked[i] if i in locked else str(value) in names
        if value is not None and moved:
            total += int(region.area[i])
    return total


def _apart(region: Region, rules: Sequence[Rule]) -> Ints:
    pairs = [np.zeros((0, 2), np.int64)]
    for rule in rules:
        if isinstance(rule, CannotLink):
            units = units_of(region, rule.buildings)
            a, b = np.triu_indices(len(units), 1)
            pairs.append(np.column_stack([units[a], units[b]]))
    return np.unique(np.concatenate(pairs), axis=0)


def together(region: Region, rules: Sequence[Rule]) -> Iterator[Ints]:
    """Groups of units that share a zone, each unit in at most one of them."""
    links = [units_of(region, r.buildings) for r in rules if isinstance(r, MustLink)]
    pins: dict[str, list[Ints]] = {}
    for rule in rules:
        if isinstance(rule, Pin):
            pins.setdefault(rule.zone, []).append(units_of(region, rule.buildings))
    links += [np.unique(np.concatenate(several)) for several in pins.values()]
    pairs = [np.column_stack([link[:-1], link[1:]]) for link in links]
    if not pairs:
        return
    graph = region.graph(np.concatenate(pairs).astype(np.int32))
    label = connected_components(graph, directed=False)[1]
    for group in np.flatnonzero(np.bincount(label) > 1):
        yield np.flatnonzero(label == group)


def _spreads(region: Region, rules: Sequence[Rule]) -> Iterator[SpreadTerm]:
    for rule in rules:
        if not isinstance(rule, Spread):
            continue
        low, high = np.full(len(region), np.inf), np.full(len(region), -np.inf)
        values = region.columns[rule.column]
        for i, value in zip(region.unit_of_building, values, strict=True):
            if value is not None:
                low[i] = min(low[i], float(value))
                high[i] = max(high[i], float(value))
        yield SpreadTerm(low, high, rule.most + 1e-9)
