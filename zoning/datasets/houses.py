"""Footprints on the plots of a made-up town: slabs, corners and courts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.datasets.grid import Grid, Plots

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bar = tuple[int, Floats, Floats, Floats, Floats]
Bars = list[Bar]
Layout = Callable[[Floats, Floats, Floats, Floats, Floats], Bars]

_CENTER = (126.62, 45.73)
_METRES_PER_DEGREE = 111_320.0
_ROTATION = np.deg2rad(33.0)


# Layouts of a plot of length a and depth b (a >= b): bars of thickness d, passages
# of width g, and four random shares r to vary lengths. Each building is a shape and
# the rectangle around it.
_SLAB, _CORNER, _FAR_CORNER, _COURT = range(4)


def _slab(a: Floats, b: Floats, d: Floats, _g: Floats, r: Floats) -> Bars:
    shift = r[1] * (b - d) * 0.3
    return [(_SLAB, 0 * a, shift, a * (0.75 + 0.25 * r[0]), shift + d)]


def _corner(a: Floats, b: Floats, _d: Floats, _g: Floats, r: Floats) -> Bars:
    return [(_CORNER, 0 * a, 0 * a, a * (0.8 + 0.2 * r[0]), b * (0.75 + 0.25 * r[1]))]


def _court(a: Floats, b: Floats, _d: Floats, _g: Floats, r: Floats) -> Bars:
    return [(_COURT, 0 * a, 0 * a, a, b * (0.7 + 0.3 * r[0]))]


def _two_slabs(a: Floats, b: Floats, d: Floats, _g: Floats, r: Floats) -> Bars:
    return [
        (_SLAB, a * 0.25 * r[0], 0 * a, a, d),
        (_SLAB, a * 0.25 * r[1], b - d, a * (1 - 0.2 * r[2]), b),
    ]


def _two_corners(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_CORNER, 0 * a, 0 * a, (a - d - g) * (0.85 + 0.15 * r[0]), b - d - g),
        (_FAR_CORNER, d + g, d + g, a, b),
    ]


def _court_and_slab(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_COURT, 0 * a, 0 * a, a, b - d - g),
        (_SLAB, a * 0.2 * r[0], b - d, a * (1 - 0.2 * r[1]), b),
    ]


def _corner_and_slab(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_CORNER, 0 * a, 0 * a, a * (0.85 + 0.15 * r[1]), b),
        (_SLAB, d + g, b - d, a * (1 - 0.25 * r[0]), b),
    ]


def _corner_and_two(a: Floats, b: Floats, d: Floats, g: Floats, r: Floats) -> Bars:
    return [
        (_CORNER, 0 * a, 0 * a, a * (0.85 + 0.15 * r[1]), b * (0.8 + 0.2 * r[0])),
        (_SLAB, d + g, b - d, a - d - g, b),
        (_SLAB, a - d, d + g, a, b),
    ]


def _comb(a: Floats, b: Floats, d: Floats, _g: Floats, r: Floats) -> Bars:
    thick = np.minimum(d, a / 5)
    starts = (0 * a, (a - thick) / 2, a - thick)
    return [
        (_SLAB, x, b * 0.2 * r[i], x + thick, b * (1 - 0.1 * r[3]))
        for i, x in enumerate(starts)
    ]


def _pinwheel(a: Floats, b: Floats, d: Floats, g: Floats, _r: Floats) -> Bars:
    return [
        (_SLAB, 0 * a, 0 * a, a - d - g, d),
        (_SLAB, a - d, 0 * a, a, b - d - g),
        (_SLAB, d + g, b - d, a, b),
        (_SLAB, 0 * a, d + g, d, b),
    ]


_LAYOUTS: dict[int, tuple[Layout, ...]] = {
    1: (_slab, _corner, _court),
    2: (_two_slabs, _two_corners, _court_and_slab, _corner_and_slab),
    3: (_corner_and_two, _comb),
    4: (_pinwheel,),
}


def compound_sizes(buildings: int) -> Ints:
    """Buildings of each compound, ascending; the mix of 98 in 53 at any size."""
    fours, threes, twos = (buildings * share // 98 for share in (1, 5, 32))
    ones = buildings - 4 * fours - 3 * threes - 2 * twos
    return np.repeat(np.arange(1, 5), [ones, twos, threes, fours])


def build(
    grid: Grid, plots: Plots, rng: np.random.Generator
) -> tuple[Ints, NDArray[np.object_], Floats]:
    """Compound, footprint (degrees) and its area (m²) of every building."""
    num = len(plots.size)
    extent = plots.high - plots.low
    upright = extent[:, 1] > extent[:, 0]
    oriented = np.where(upright[:, None], extent[:, ::-1], extent)
    a, b = np.minimum(oriented, [88.0, 76.0]).T
    thick, passage = rng.uniform(13.5, 16.5, num), rng.uniform(6, 10, num)
    share = rng.random((4, num))
    flip = rng.random((num, 2)) < 0.5
    pick = rng.integers(0, 12, num)

    parts: list[tuple[Ints, Ints, NDArray[np.object_], Floats]] = []
    for size, layouts in _LAYOUTS.items():
        for which, layout in enumerate(layouts):
            of = np.flatnonzero((plots.size == size) & (pick % len(layouts) == which))
            bars = layout(a[of], b[of], thick[of], passage[of], share[:, of])
            for order, bar in enumerate(bars):
                outline = _outline(bar, thick[of], share[3, of])
                local = np.where(flip[of, None], oriented[of, None] - outline, outline)
                local = np.where(upright[of, None, None], local[..., ::-1], local)
                metres = grid.place(plots.block[of], plots.low[of, None] + local)
                parts.append((of, np.full(len(of), order), *_polygons(metres)))
    compounds, orders, polygons, areas = zip(*parts, strict=True)
    compound = np.concatenate(compounds)
    by = np.lexsort((np.concatenate(orders), compound))
    return compound[by], np.concatenate(polygons)[by], np.concatenate(areas)[by]


def _outline(bar: Bar, d: Floats, share: Floats) -> Floats:
    """Corners (n, k, 2) of a building inside its rectangle."""
    shape, x0, y0, x1, y1 = bar
    xs: tuple[Floats, ...] = (x0, x1, x1, x0 + d, x0 + d, x0)
    ys: tuple[Floats, ...] = (y0, y0, y0 + d, y0 + d, y1, y1)
    if shape == _SLAB:
        xs, ys = (x0, x1, x1, x0), (y0, y0, y1, y1)
    elif shape == _COURT:
        short = y0 + d + (y1 - y0 - d) * (0.5 + 0.5 * share)
        xs = (x0, x1, x1, x1 - d, x1 - d, x0 + d, x0 + d, x0)
        ys = (y0, y0, short, short, y0 + d, y0 + d, y1, y1)
    outline = np.stack([np.stack(xs, axis=-1), np.stack(ys, axis=-1)], axis=-1)
    if shape == _FAR_CORNER:
        box = np.stack([x0 + x1, y0 + y1], axis=-1)
        return box[:, None] - outline
    return outline


def _polygons(metres: Floats) -> tuple[NDArray[np.object_], Floats]:
    """Polygons in degrees, outer ring counter-clockwise, and areas in m²."""
    x, y = metres[..., 0], metres[..., 1]
    following = np.roll(metres, -1, axis=1)
    signed = np.sum(x * following[..., 1] - following[..., 0] * y, axis=1) / 2
    rings = np.where((signed < 0)[:, None, None], metres[:, ::-1], metres)
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    return np.asarray(shapely.polygons(degrees(closed)), object), np.abs(signed)


def degrees(metres: Floats) -> Floats:
    """Turn the town into its place on the earth; 7 decimals are a centimetre."""
    cos, sin = np.cos(_ROTATION), np.sin(_ROTATION)
    east = metres[..., 0] * cos + metres[..., 1] * sin
    north = metres[..., 1] * cos - metres[..., 0] * sin
    latitude = _CENTER[1] + north / _METRES_PER_DEGREE
    parallel = _METRES_PER_DEGREE * np.cos(np.deg2rad(_CENTER[1]))
    return np.round(np.stack([_CENTER[0] + east / parallel, latitude], axis=-1), 7)
