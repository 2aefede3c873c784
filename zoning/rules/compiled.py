"""Rules as numbers per unit, for whoever searches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.region import Ints, Region
from zoning.rules.graph_edits import crossing_prices
from zoning.rules.island_ways import ways_over_bridges
from zoning.rules.rule import Rule
from zoning.rules.terms import (
    ApartTerm,
    CentersTerm,
    Floats,
    FormerTerm,
    LockTerm,
    PinTerm,
    ShareTerm,
    SidesTerm,
    SpreadTerm,
    SumTerm,
    Term,
    TogetherTerm,
    WaysTerm,
)

One = TypeVar("One")
NOWHERE = -1  # a unit that no zone's name is given to


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
    side_way
        Metres of way that bridges count for besides, from a side (row) to another.
    hard, soft, soft_price
        Metres of way allowed; metres beyond which a unit costs so much more.
    apart
        m × 2: no two such units share a zone.
    links, together
        Units that share a zone though they do not touch one another, as rules say it;
        the same put together, with those that pins hold in one zone.
    spreads, sums
        See `SpreadTerm`, `SumTerm`.
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
    former
        For each unit the name of the zone it was in; None without last year's plan.
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
    side_way: Floats
    hard: float
    soft: float
    soft_price: int
    apart: Ints
    links: tuple[Ints, ...]
    together: tuple[Ints, ...]
    spreads: tuple[SpreadTerm, ...]
    sums: tuple[SumTerm, ...]
    locks: tuple[LockTerm, ...]
    names: tuple[str, ...]
    required: int
    factor: Floats
    pinned: NDArray[np.int32]
    before: NDArray[np.int32]
    former: tuple[str | None, ...] | None
    change_price: Fraction
    change_base: int
    change_most: int | None

    @property
    def priced(self) -> bool:
        """A unit can cost more than its load and its travel."""
        return bool(self.side_price.any() or self.side_way.any()) or self.soft < np.inf

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


def terms_of(given: Region, region: Region, rules: Sequence[Rule]) -> Terms:
    """Numbers for the units of a region, `given` and as rules edit it."""
    asked = [term for rule in rules for term in rule.terms(region)]
    every = np.arange(len(region))
    candidate = np.ones(len(region), bool)
    for those in _of(CentersTerm, asked):
        candidate &= np.isin(every, those.units)
    side, side_price, side_way = _with_bridges(
        region,
        _sides(crossing_prices(given, region, rules), _of(SidesTerm, asked)),
    )
    ways = _of(WaysTerm, asked)
    soft = min((one.soft for one in ways), default=np.inf)
    locks = _of(LockTerm, asked)
    former = next(iter(_of(FormerTerm, asked)), None)
    names, required, factor = _names(region, asked, former)
    return Terms(
        candidate,
        side,
        side_price,
        side_way,
        min((one.hard for one in ways), default=np.inf),
        soft,
        sum(one.price for one in ways if one.soft == soft < np.inf),
        _apart(_of(ApartTerm, asked)),
        tuple(one.units for one in _of(TogetherTerm, asked)),
        tuple(together(region, asked)),
        tuple(_of(SpreadTerm, asked)),
        tuple(_of(SumTerm, asked)),
        tuple(locks),
        names,
        required,
        factor,
        _pinned(region, _of(PinTerm, asked), names),
        _before(region, former, names),
        None if former is None else former.names,
        Fraction(0) if former is None else former.price,
        _change_base(region, locks, former),
        None if former is None else former.most,
    )


def _of(kind: type[One], asked: Iterable[Term]) -> list[One]:
    """The terms of one kind, in the order of the rules."""
    return [term for term in asked if isinstance(term, kind)]


def _sides(
    barriers: tuple[NDArray[np.int32], Ints], borders: Iterable[SidesTerm]
) -> tuple[NDArray[np.int32], Ints]:
    """Soft barriers and priced borders as one set of sides."""
    side, price = barriers
    for border in borders:
        both, fresh = np.unique(
            np.column_stack([side, border.side]), axis=0, return_inverse=True
        )
        old, new = both[:, 0], both[:, 1]
        price = price[np.ix_(old, old)] + border.price * (new[:, None] != new[None, :])
        side = fresh.ravel().astype(np.int32)
    return side, np.ascontiguousarray(price, np.int64)


def _with_bridges(
    region: Region, sides: tuple[NDArray[np.int32], Ints]
) -> tuple[NDArray[np.int32], Ints, Floats]:
    """Sides parted by island as well, and what bridges count for between them."""
    side, price = sides
    island, metres = ways_over_bridges(region)
    way = metres * region.costs.bridge
    if not way.any():
        return side, price, np.zeros(price.shape)
    both, fresh = np.unique(
        np.column_stack([side, island]), axis=0, return_inverse=True
    )
    old, on = both.T
    return (
        fresh.ravel().astype(np.int32),
        np.ascontiguousarray(price[np.ix_(old, old)]),
        np.ascontiguousarray(way[np.ix_(on, on)]),
    )


def _names(
    region: Region, asked: Sequence[Term], former: FormerTerm | None
) -> tuple[tuple[str, ...], int, Floats]:
    locked = {lock.name for lock in _of(LockTerm, asked)}
    wanted = [term.name for term in asked if isinstance(term, PinTerm | ShareTerm)]
    names = [zone for zone in dict.fromkeys(wanted) if zone not in locked]
    required = len(names)
    if former is not None and (former.most is not None or former.price):
        size: dict[str, int] = {}
        for name, area in zip(former.names, region.area.tolist(), strict=True):
            if name is not None:
                size[name] = size.get(name, 0) + area
        more = sorted(size, key=lambda name: (-size[name], name))
        names += [name for name in more if name not in {*names, *locked}]
    factor = {share.name: share.factor for share in _of(ShareTerm, asked)}
    return tuple(names), required, np.array([factor.get(x, 1.0) for x in names])


def _pinned(
    region: Region, pins: Iterable[PinTerm], names: tuple[str, ...]
) -> NDArray[np.int32]:
    out = np.full(len(region), NOWHERE, np.int32)
    for pin in pins:
        if pin.name in names:
            out[pin.units] = names.index(pin.name)
    return out


def _before(
    region: Region, former: FormerTerm | None, names: tuple[str, ...]
) -> NDArray[np.int32]:
    """Former zone of each unit; one that was locked since is nobody's."""
    out = np.full(len(region), NOWHERE, np.int32)
    if former is not None:
        place = {name: at for at, name in enumerate(names)}
        out[:] = [place.get(x, NOWHERE) if x is not None else -1 for x in former.names]
    return out


def _change_base(
    region: Region, locks: Iterable[LockTerm], former: FormerTerm | None
) -> int:
    if former is None:
        return 0
    locked = {i: lock.name for lock in locks for i in lock.units.tolist()}
    names, total = set(locked.values()), 0
    for i, name in enumerate(former.names):
        moved = name != locked[i] if i in locked else name in names
        if name is not None and moved:
            total += int(region.area[i])
    return total


def _apart(several: Iterable[ApartTerm]) -> Ints:
    pairs = [np.zeros((0, 2), np.int64)]
    for apart in several:
        a, b = np.triu_indices(len(apart.units), 1)
        pairs.append(np.column_stack([apart.units[a], apart.units[b]]))
    return np.unique(np.concatenate(pairs), axis=0)


def together(region: Region, asked: Sequence[Term]) -> Iterator[Ints]:
    """Groups of units that share a zone, each unit in at most one of them."""
    links = [link.units for link in _of(TogetherTerm, asked)]
    pins: dict[str, list[Ints]] = {}
    for pin in _of(PinTerm, asked):
        pins.setdefault(pin.name, []).append(pin.units)
    links += [np.unique(np.concatenate(several)) for several in pins.values()]
    pairs = [np.column_stack([link[:-1], link[1:]]) for link in links]
    if not pairs:
        return
    graph = region.graph(np.concatenate(pairs).astype(np.int32))
    label = connected_components(graph, directed=False)[1]
    for group in np.flatnonzero(np.bincount(label) > 1):
        yield np.flatnonzero(label == group)
