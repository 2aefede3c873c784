"""Streets, arterials and the river of a made-up town."""

from __future__ import annotations

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.datasets.grid import Grid, bend
from zoning.datasets.houses import degrees
from zoning.datasets.survey import numbered

Floats = NDArray[np.float64]


def barriers(grid: Grid, names: NDArray[np.str_]) -> geopandas.GeoDataFrame:
    """The river and the arterials."""
    rows, columns = _street_names(grid, names)
    column, first, last = grid.half
    lines = [
        ("river", "Qinghe River", _river(grid)),
        ("arterial", rows[grid.cross], _beyond(grid.nodes[grid.cross])),
    ]
    if first < last:
        middle = grid.nodes[first : last + 1, column]
        lines.append(("arterial", columns[column], middle))
    return geopandas.GeoDataFrame(
        {
            "kind": [kind for kind, _, _ in lines],
            "name": [name for _, name, _ in lines],
        },
        geometry=[shapely.LineString(degrees(line)) for _, _, line in lines],
        crs="EPSG:4326",
    )


def streets(grid: Grid, names: NDArray[np.str_]) -> geopandas.GeoDataFrame:
    """One line for each side of a dry block, and the ends of the arterial."""
    rows, columns = _street_names(grid, names)
    dry = np.pad(grid.dry, 1)
    row, at = np.nonzero(dry[:-1, 1:-1] | dry[1:, 1:-1])
    up, column = np.nonzero(dry[1:-1, :-1] | dry[1:-1, 1:])
    along = np.stack([grid.nodes[row, at], grid.nodes[row, at + 1]], axis=1)
    across = np.stack([grid.nodes[up, column], grid.nodes[up + 1, column]], axis=1)
    arterial = _beyond(grid.nodes[grid.cross])
    ends = np.stack([arterial[:2], arterial[-2:]])
    half, first, last = grid.half
    primary = np.concatenate(
        [row == grid.cross, (column == half) & (up >= first) & (up < last), [True] * 2]
    )
    return geopandas.GeoDataFrame(
        {
            "name": [rows[i] for i in row.tolist()]
            + [columns[i] for i in column.tolist()]
            + [rows[grid.cross]] * 2,
            "highway": np.where(primary, "primary", "residential").astype(object),
        },
        geometry=shapely.linestrings(degrees(np.concatenate([along, across, ends]))),
        crs="EPSG:4326",
    )


def _street_names(grid: Grid, names: NDArray[np.str_]) -> tuple[list[str], list[str]]:
    """Names of the row lines (streets) and of the column lines (roads)."""
    rows = numbered(np.arange(grid.rows + 1), names)
    columns = numbered(np.arange(grid.columns + 1), names[::-1])
    return [f"{name} Street" for name in rows], [f"{name} Road" for name in columns]


def _beyond(line: Floats) -> Floats:
    """Lengthen a line by 45 m at both ends, straight on."""
    ends = []
    for last, before in ((line[0], line[1]), (line[-1], line[-2])):
        ends.append(last + (last - before) * (45 / np.linalg.norm(last - before)))
    return np.concatenate([ends[:1], line, ends[1:]])


def _river(grid: Grid) -> Floats:
    """South of the town, then through the blocks it cuts off, counted in blocks."""
    u = np.linspace(-0.6, grid.columns + 0.8, 12 * grid.columns + 18)
    rise = u - (grid.columns - grid.wet) + 0.05
    v = -0.4 + 0.1 * np.logaddexp(0, rise / 0.1)
    v -= 0.1 * (1 + np.sin(2.2 * u)) / (1 + np.exp(rise / 0.2))
    return bend(np.stack([_along(u, grid.x), _along(v, grid.y)], axis=-1), grid.phase)


def _along(count: Floats, lines: Floats) -> Floats:
    """Metres at a count of blocks, straight on outside the lines."""
    inside = np.clip(count, 0, len(lines) - 1)
    metres: Floats = np.interp(inside, np.arange(len(lines)), lines)
    return metres + (count - inside) * 140
