"""The map as rules edit it: edges cut, barriers opened.

Most rules are edits of the graph, so that the search needs no special case for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from zoning.errors import InputError
from zoning.region import Barrier, Ints, Region
from zoning.rules import Contain, Rule, SoftBarrier, Spread
from zoning.text.amounts import MOST_AMOUNT
from zoning.text.lists import first_few

Pairs = NDArray[np.int32]

MANY_UNITS = 2_000  # no table of every two units is made of more
LEAST_STEP = 1e-3  # metres: units at one place are neighbours all the same


def edited(region: Region, rules: Sequence[Rule]) -> Region:
    """The region as rules make it: the same where no rule edits it.

    Borders of `Contain` cut edges, `SoftBarrier` joins what only such barriers cut.
    Units stay what they are.

    Raises
    ------
    InputError
        A rule names a building, a column or a barrier that is not there.
    """
    given = region.before_rules
    told = [*_faults(given, rules)]
    if told:
        raise InputError(" ".join(told))
    made = _opened(given, [rule for rule in rules if isinstance(rule, SoftBarrier)])
    for rule in rules:
        if isinstance(rule, Contain):
            made = _cut(made, rule.column)
    return given if made is given else replace(made, given=given)


def units_of(region: Region, buildings: Iterable[str]) -> Ints:
    """Positions of the units that hold these buildings (or bear these names).

    Raises
    ------
    InputError
        There is no such building.
    """
    places = _places(region)
    unknown = [name for name in buildings if name not in places]
    if unknown:
        told = first_few(map(repr, unknown))
        msg = f"There is no building {told}. Use ids of the buildings that were read."
        raise InputError(msg)
    return np.unique([places[name] for name in buildings]).astype(np.int64)


def value_of_units(region: Region, column: str) -> tuple[Any, ...]:
    """For each unit the value of a column that most of its buildings have."""
    values = region.columns[column]
    area = region.columns.get("area", (1,) * len(values))
    heaps: list[dict[Any, float]] = [{} for _ in region.names]
    for i, value, size in zip(region.unit_of_building, values, area, strict=True):
        heaps[i][value] = heaps[i].get(value, 0.0) + float(size or 0)
    # the order of rows decides no tie
    return tuple(min(heap, key=lambda v: (-heap[v], str(v))) for heap in heaps)


def crossing_prices(
    region: Region, rules: Sequence[Rule]
) -> tuple[NDArray[np.int32], Ints]:
    """Sides of soft barriers: the side of each unit, and what the way between costs.

    A way goes from neighbour to neighbour, over soft barriers too, and is the shortest
    there is; it costs the barriers it crosses. Units with the same costs to all others
    are of one side. With more than `MANY_UNITS`, a side is what hangs together without
    crossing, and from one to another the cheapest way counts. Where there is no way the
    price is 0: no zone holds both units.
    """
    soft = [rule for rule in rules if isinstance(rule, SoftBarrier) and rule.price]
    given = region.before_rules
    if not soft or not len(given.cut_edges):
        return np.zeros(len(region), np.int32), np.zeros((1, 1), np.int64)
    free_pairs = set(map(tuple, np.sort(given.edges, axis=1).tolist()))
    price: dict[tuple[int, int], int] = {}
    for edge, by in zip(given.cut_edges.tolist(), given.cut_by, strict=True):
        paid = _price(by, [r for r in rules if isinstance(r, SoftBarrier)])
        pair = (min(edge), max(edge))
        if paid and pair not in free_pairs:
            price[pair] = min(paid, price.get(pair, paid))
    if not price:
        return np.zeros(len(region), np.int32), np.zeros((1, 1), np.int64)
    if len(region) <= MANY_UNITS:
        return _alike(_on_shortest_ways(region, price))
    return _between_parts(region, price)


def _on_shortest_ways(region: Region, price: Mapping[tuple[int, int], int]) -> Ints:
    """For every two units what the shortest way between them crosses, yuan."""
    n, (a, b) = len(region), region.edges.T
    long = np.linalg.norm(region.xy[a] - region.xy[b], axis=1) + LEAST_STEP
    graph = coo_array((long, (a, b)), shape=(n, n)).tocsr()
    before = dijkstra(graph, directed=False, return_predecessors=True)[1]
    step = np.zeros((n, n), np.int64)
    for (one, other), paid in price.items():
        step[one, other] = step[other, one] = paid
    every = np.arange(n)
    none = before < 0  # the unit itself, and where no way leads
    before[none] = np.broadcast_to(every[:, None], (n, n))[none]
    total = step[before, every[None, :]]
    total[none] = 0
    while True:  # each round doubles how much of the way is added up
        more = np.take_along_axis(total, before, axis=1)
        if not more.any():
            return np.minimum(total, total.T)  # two ways may be equally short
        total += more
        before = np.take_along_axis(before, before, axis=1)


def _alike(price: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Units with equal rows as one side."""
    _, first, side = np.unique(price, axis=0, return_index=True, return_inverse=True)
    table = np.ascontiguousarray(price[np.ix_(first, first)])
    return side.ravel().astype(np.int32), table


def _between_parts(
    region: Region, price: Mapping[tuple[int, int], int]
) -> tuple[NDArray[np.int32], Ints]:
    """Parts that hang together without crossing, and the cheapest way between."""
    edges = [(a, b) for a, b in region.edges.tolist() if (a, b) not in price]
    free = region.graph(np.array(edges, np.int32).reshape(-1, 2))
    count, side = connected_components(free, directed=False)
    steps: dict[tuple[int, int], int] = {}
    for (a, b), paid in price.items():
        pair = (int(side[a]), int(side[b]))
        if pair[0] != pair[1]:
            pair = (min(pair), max(pair))
            steps[pair] = min(paid, steps.get(pair, paid))
    rows = np.array(list(steps), np.int64).reshape(-1, 2)
    graph = coo_array(
        (np.array(list(steps.values()), np.float64), (rows[:, 0], rows[:, 1])),
        shape=(count, count),
    )
    far = dijkstra(graph.tocsr(), directed=False)
    table = np.where(np.isfinite(far), np.rint(far), 0).astype(np.int64)
    return side.astype(np.int32), table


def _places(region: Region) -> dict[str, int]:
    """The unit of each building, and of each name of a unit."""
    ids = zip(region.building_ids, region.unit_of_building.tolist(), strict=True)
    return {**{name: i for i, name in enumerate(region.names)}, **dict(ids)}


def zone_of_all(region: Region, zone_of: NDArray[np.int32]) -> dict[str, int]:
    """The zone of each building, and of each name of a unit."""
    return {name: int(zone_of[i]) for name, i in _places(region).items()}


def _faults(region: Region, rules: Sequence[Rule]) -> list[str]:
    """Buildings, columns and barriers that rules name and the region has not."""
    places, out = _places(region), []
    barriers = {x for by in region.cut_by for b in by for x in (b.name, b.kind)}
    for rule in rules:
        named = getattr(rule, "buildings", ())
        unknown = [name for name in named if name not in places]
        if unknown:
            told = first_few(map(repr, unknown))
            out.append(
                f"The rule that {rule} names what is not there: {told}. Use ids of "
                "the buildings that were read."
            )
        column = getattr(rule, "column", None)
        if column is not None and column not in region.columns:
            have = ", ".join(region.columns) or "none"
            out.append(
                f"The rule that {rule} needs a column {column!r}; the buildings have "
                f"{have}. Name it when reading."
            )
        elif isinstance(rule, Spread):
            out += _no_numbers(region, rule)
        if isinstance(rule, SoftBarrier) and rule.barrier not in barriers:
            have = first_few(sorted(barriers - {""})) or "none"
            out.append(
                f"The rule that {rule} names no barrier that parts neighbours; there "
                f"are {have}."
            )
    return out


def _no_numbers(region: Region, rule: Spread) -> Iterator[str]:
    """Buildings whose value in the column of a spread is no number to take away."""
    column = zip(region.building_ids, region.columns[rule.column], strict=True)
    wrong = [
        f"{value!r} of {name}"
        for name, value in column
        if value is not None and not _is_amount(value)
    ]
    if wrong:
        yield (
            f"The rule that {rule} needs numbers in column {rule.column!r}; it has "
            f"{first_few(wrong, 5)}. Correct them, or leave them empty."
        )


def _is_amount(value: Any) -> bool:
    try:
        return abs(float(value)) <= MOST_AMOUNT
    except (TypeError, ValueError, OverflowError):
        return False


def _price(by: Sequence[Barrier], soft: Sequence[SoftBarrier]) -> int | None:
    """What crossing all these barriers costs; None where one of them is hard."""
    total = 0
    for barrier in by:
        prices = [r.price for r in soft if r.barrier in (barrier.name, barrier.kind)]
        if not prices:
            return None
        total += min(prices)
    return total if by else None


def _opened(region: Region, soft: Sequence[SoftBarrier]) -> Region:
    """Cut edges that only soft barriers cut become edges."""
    open_ = np.array([_price(by, soft) is not None for by in region.cut_by], bool)
    if not open_.any():
        return region
    return replace(
        region,
        edges=np.concatenate([region.edges, region.cut_edges[open_]]),
        cut_edges=region.cut_edges[~open_],
        cut_by=tuple(by for by, o in zip(region.cut_by, open_, strict=True) if not o),
    )


def _cut(region: Region, column: str) -> Region:
    """No edge joins units of two values of the column."""
    words = [str(value) for value in value_of_units(region, column)]
    value = np.unique(np.array(words), return_inverse=True)[1]
    across = value[region.edges[:, 0]] != value[region.edges[:, 1]]
    if not across.any():
        return region
    border = Barrier(f"border of {column}", "border")
    gone = region.edges[across]
    bridges = region.bridges
    return replace(
        region,
        edges=region.edges[~across],
        bridges=bridges[value[bridges[:, 0]] == value[bridges[:, 1]]],
        cut_edges=np.concatenate([region.cut_edges, gone]),
        cut_by=(*region.cut_by, *((border,),) * len(gone)),
    )
