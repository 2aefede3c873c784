"""Whether buildings and lines lie on each other as if one came from an online map.

Hardly a house stands on a street. Where a quarter do, and next to none would if the
buildings were turned back from GCJ-02, they are most likely of GCJ-02.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from zoning.reading.datum import (
    BD09,
    BUILDINGS,
    GCJ02,
    WGS84,
    from_wgs84,
    in_china,
    in_words,
    option,
    to_wgs84,
)

Floats = NDArray[np.float64]
Shapes = NDArray[Any]
Pair = tuple[str, str]  # datums of buildings and of lines

_DATUMS = (WGS84, GCJ02, BD09)
_PAIRS: list[Pair] = [(a, b) for a in _DATUMS for b in _DATUMS]
_SAMPLE = 2_000  # buildings that are looked at, out of all
_ROUND = 5.0  # metres around a point that count as its footprint
_BESIDE = 120.0  # metres to a line within which a building is beside it
_FEWEST = 8  # buildings on lines below which nothing is suspected
_OFTEN = 0.04  # share of them below which nothing is
_AWAY, _ALL = 0.3, 0.98  # share of them away from lines, and beside them if right
_FELL = 0.2  # to this part of what it is the share must fall
_TURNS = np.arange(1, 8) / 8 * 2 * np.pi  # other ways to shift as far, to compare with


def crossed(shapes: Shapes, lines: Shapes) -> int:
    """How many shapes lie on a line, or on the area of a river."""
    found = shapely.STRtree(lines).query(shapes, predicate="intersects")
    return len(np.unique(found[0]))


def sample(shapes: Shapes) -> Shapes:
    """Footprints evenly taken from all; points as small ones."""
    some = shapes[:: max(-(-len(shapes) // _SAMPLE), 1)]
    points = shapely.get_dimensions(some) == 0
    return np.where(points, shapely.buffer(some, _ROUND, quad_segs=2), some)


@dataclass(frozen=True)
class Suspicion:
    """Layers that lie on each other as if some were out of an online map.

    Parameters
    ----------
    facts
        How many buildings stand on what, and how many would otherwise.
    datums
        Which layers would then be in which shifted system.
    """

    facts: tuple[str, ...]
    datums: Mapping[str, str]

    def __str__(self) -> str:
        add = f"say --datum {option(self.datums)} (datum={option(self.datums)!r})"
        return (
            f"{'; '.join(self.facts)}: layers lie on each other as if some were out of "
            "an online map of China, whose degrees are shifted. Nothing was moved. If "
            f"{in_words(self.datums)}, {add if self.datums else 'leave --datum out'}."
        )


def suspicions(
    frame: Any, around: Mapping[str, Any], datums: Mapping[str, str]
) -> Iterator[Suspicion]:
    """Where layers lie on each other as if shifted, and what they may be.

    Parameters
    ----------
    frame
        The buildings in metres, all of them with a place.
    around
        Barriers and streets in the same coordinates.
    datums
        Which layers were turned back already, and from what.
    """
    shapes = sample(np.asarray(frame.geometry.to_numpy()))
    if frame.crs is None or not len(shapes):
        return
    told: dict[str, list[str]] = {}
    better: dict[str, dict[str, str]] = {}
    for what, layer in around.items():
        lines = np.asarray(layer.geometry.to_numpy())
        lines = lines[shapely.get_dimensions(lines) > 0]
        found = _found(_Laid(shapes, lines, frame.crs), what, datums)
        if found is not None:
            fact, pair = found
            better.setdefault(pair[0], {**datums}).update({BUILDINGS: pair[0]})
            better[pair[0]][what] = pair[1]
            told.setdefault(pair[0], []).append(fact)
    for whose, facts in told.items():
        shifted = {k: v for k, v in better[whose].items() if v != WGS84}
        yield Suspicion(tuple(facts), shifted)


def _found(
    laid: _Laid, what: str, datums: Mapping[str, str]
) -> tuple[str, Pair] | None:
    """What is odd about where buildings lie, and of which datums it would not be."""
    now, many = laid.count(laid.shapes), len(laid.shapes)
    on_lines = now.on >= max(_FEWEST, _OFTEN * many)
    away = many - now.beside >= max(_FEWEST, _AWAY * many)
    if not (on_lines or away) or not now.beside or not laid.in_china:
        return None
    was = datums.get(BUILDINGS, WGS84), datums.get(what, WGS84)
    pairs = [pair for pair in _PAIRS if pair[0] != pair[1] or pair[0] == was[0]]
    others = [(pair, laid.moved(was, pair)) for pair in pairs if pair != was]
    counts = [(laid.count(shapes), pair, shapes) for pair, shapes in others]
    counts = [one for one in counts if one[0].beside >= now.beside]
    if not counts:
        return None
    then, pair, shapes = min(counts, key=lambda one: (one[0].share, -one[0].beside))
    chance = [laid.count(one) for one in laid.as_far(shapes)]
    if on_lines and _off_lines(now, then, chance):
        told = f"{now.on:,} of {many:,} buildings stand on {what}, and {then.on:,}"
    elif away and _beside_all(then, chance, many):
        told = f"{many - now.beside:,} of {many:,} buildings stand more than "
        told += f"{_BESIDE:.0f} m from {what}, and {many - then.beside:,}"
    else:
        return None
    return f"{told} would otherwise", pair


def _off_lines(now: _Count, then: _Count, chance: Sequence[_Count]) -> bool:
    """Whether buildings are on lines as by chance, and otherwise are not."""
    shares = [one.share for one in chance if one.beside > now.beside / 2]
    return then.share <= _FELL * now.share and not (
        shares and (now.share < np.median(shares) / 2 or then.share > min(shares) / 2)
    )


def _beside_all(then: _Count, chance: Sequence[_Count], many: int) -> bool:
    """Whether all would be beside lines and none on them, but not by chance."""
    return (
        then.beside >= _ALL * many
        and then.on <= (1 - _ALL) * many
        and max(one.beside for one in chance) <= (1 - _AWAY / 2) * many
    )


class _Count(NamedTuple):
    """Buildings on lines, and beside them."""

    on: int
    beside: int

    @property
    def share(self) -> float:
        """Of those beside lines, the part that is on them."""
        return self.on / max(self.beside, 1)


class _Laid:
    """Footprints and the lines that they lie among."""

    def __init__(self, shapes: Shapes, lines: Shapes, crs: Any) -> None:
        self.shapes, self.tree = shapes, shapely.STRtree(lines)
        turn = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        self._degrees, self._metres = (
            turn.transform,
            partial(turn.transform, direction="INVERSE"),
        )

    @property
    def in_china(self) -> bool:
        xy = shapely.get_coordinates(self.shapes)
        return bool(in_china(np.column_stack(self._degrees(*xy.T))).all())

    def count(self, shapes: Shapes) -> _Count:
        """How many of these are on lines, and how many beside them."""
        on = self.tree.query(shapes, predicate="intersects")[0]
        beside = self.tree.query(shapes, predicate="dwithin", distance=_BESIDE)[0]
        return _Count(len(np.unique(on)), len(np.unique(beside)))

    def moved(self, was: Pair, pair: Pair) -> Shapes:
        """Footprints beside lines if both were of other datums than they are taken for.

        Only footprints are moved: by as much as lines would be the other way.
        """

        def move(xy: Floats) -> Floats:
            lonlat = np.column_stack(self._degrees(*xy.T))
            lonlat = to_wgs84(from_wgs84(lonlat, was[0]), pair[0])
            lonlat = to_wgs84(from_wgs84(lonlat, pair[1]), was[1])
            return np.column_stack(self._metres(*lonlat.T))

        return np.asarray(shapely.transform(self.shapes, move))

    def as_far(self, shapes: Shapes) -> Iterator[Shapes]:
        """Footprints moved as far as these, but other ways."""
        ways = shapely.get_coordinates(shapes) - shapely.get_coordinates(self.shapes)
        east, north = np.median(ways, axis=0)
        for by in _TURNS:
            cos, sin = np.cos(by), np.sin(by)
            way = [cos * east - sin * north, sin * east + cos * north]
            yield shapely.transform(self.shapes, lambda xy, way=way: xy + way)
