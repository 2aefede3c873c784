"""The street grid of a made-up town, and the plots between its streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_BLOCK_WIDTH = (156.0, 202.0)
_BLOCK_DEPTH = (142.0, 172.0)
_STREET_INSET = 11.0
_ARTERIAL_INSET = 24.0
_PLOT_INSET = 4.0


@dataclass(frozen=True, eq=False)
class Grid:
    """The street grid: lines in a straight frame, and where their crossings lie.

    A point of the straight frame is carried to the town bilinearly between the four
    crossings of its block, so what does not overlap there does not overlap here.
    """

    x: Floats
    y: Floats
    nodes: Floats  # (rows + 1, columns + 1, 2), metres
    wet: int  # blocks along the edge of the corner that the river cuts off
    phase: Floats

    @property
    def rows(self) -> int:
        """Rows of blocks."""
        return len(self.y) - 1

    @property
    def columns(self) -> int:
        """Columns of blocks."""
        return len(self.x) - 1

    @property
    def dry(self) -> Bools:
        """For each block whether the river leaves it to the town."""
        row, column = np.indices((self.rows, self.columns))
        cut_off: Bools = row + self.columns - 1 - column < self.wet
        return ~cut_off

    @property
    def cross(self) -> int:
        """The row line of the arterial that crosses the town."""
        return self.rows // 2

    @property
    def half(self) -> tuple[int, int, int]:
        """The column line of the other arterial, and its first and last row line."""
        margin = -(-self.rows // 4)
        return (self.columns + 1) // 2, margin, self.rows - margin

    def place(self, block: Ints, points: Floats) -> Floats:
        """Carry points (n, k, 2) of the straight frame into the town."""
        row, column = (part[:, None] for part in np.divmod(block, self.columns))
        s = (points[..., 0] - self.x[column]) / np.diff(self.x)[column]
        t = (points[..., 1] - self.y[row]) / np.diff(self.y)[row]
        s, t = s[..., None], t[..., None]
        south = self.nodes[row, column] * (1 - s) + self.nodes[row, column + 1] * s
        north = (
            self.nodes[row + 1, column] * (1 - s) + self.nodes[row + 1, column + 1] * s
        )
        placed: Floats = south * (1 - t) + north * t
        return placed


def lay_grid(num_compounds: int, rng: np.random.Generator) -> Grid:
    """Street lines enough for the compounds, three to a block, and gaps."""
    num_blocks = -(-num_compounds // 3)
    rows = max(1, round((num_blocks / 1.25) ** 0.5))
    wet = max(1, rows // 5) if rows >= 3 else 0
    columns = -(-(num_blocks + wet * (wet + 1) // 2) // rows)
    x, y = _lines(columns, _BLOCK_WIDTH, rng), _lines(rows, _BLOCK_DEPTH, rng)
    phase = rng.uniform(0, 2 * np.pi, 4)
    straight = np.stack(np.meshgrid(x, y), axis=-1)
    nodes = bend(straight + rng.uniform(-4, 4, straight.shape), phase)
    return Grid(x, y, nodes, wet, phase)


def _lines(num: int, width: tuple[float, float], rng: np.random.Generator) -> Floats:
    """Positions of street lines, centred on zero."""
    lines = np.concatenate(([0.0], np.cumsum(rng.uniform(*width, num))))
    centred: Floats = lines - lines[-1] / 2
    return centred


def bend(points: Floats, phase: Floats) -> Floats:
    """Bend straight streets into long waves."""
    x, y = points[..., 0], points[..., 1]
    dx = 34 * np.sin(y / 150 + phase[0]) + 14 * np.sin(x / 230 + phase[1])
    dy = 38 * np.sin(x / 190 + phase[2]) + 12 * np.sin(y / 250 + phase[3])
    return np.stack([x + dx, y + dy], axis=-1)


@dataclass(frozen=True, eq=False)
class Plots:
    """One entry per compound: its block, its plot in the straight frame, its size."""

    block: Ints
    low: Floats
    high: Floats
    size: Ints


def choose_plots(grid: Grid, sizes: Ints, rng: np.random.Generator) -> Plots:
    """Give every compound a plot, the larger ones to the larger compounds."""
    block, low, high = _split_blocks(grid, rng)
    unmanaged = rng.random(grid.rows * grid.columns) < 0.10
    rank = rng.random(len(block)) + unmanaged[block]
    chosen = np.sort(np.argsort(rank, kind="stable")[: len(sizes)])
    block, low, high = block[chosen], low[chosen], high[chosen]
    area = np.prod(high - low, axis=1) * rng.uniform(0.8, 1.25, len(block))
    size = np.empty_like(sizes)
    size[np.argsort(area, kind="stable")] = sizes
    return Plots(block, low, high, size)


def _split_blocks(grid: Grid, rng: np.random.Generator) -> tuple[Ints, Floats, Floats]:
    """Cut dry blocks into two strips, and at least one strip of a block in two."""
    block = np.flatnonzero(grid.dry)
    row, column = np.divmod(block, grid.columns)
    inset_x = np.full(grid.columns + 1, _STREET_INSET)
    inset_y = np.full(grid.rows + 1, _STREET_INSET)
    inset_y[grid.cross] = _ARTERIAL_INSET
    if grid.half[1] < grid.half[2]:
        inset_x[grid.half[0]] = _ARTERIAL_INSET
    west, east = (grid.x + inset_x)[column], (grid.x - inset_x)[column + 1]
    south, north = (grid.y + inset_y)[row], (grid.y - inset_y)[row + 1]

    num = len(block)
    cut_x = west + rng.uniform(0.44, 0.56, num) * (east - west)
    whole = rng.integers(0, 8, num)[:, None] == np.arange(2)
    cut_y = np.where(whole, 1.0, rng.uniform(0.44, 0.56, (num, 2)))
    middle = south[:, None] + cut_y * (north - south)[:, None]

    shape = (num, 2, 2)  # block, strip, half of the strip
    x0 = np.broadcast_to(np.stack([west, cut_x], axis=-1)[..., None], shape)
    x1 = np.broadcast_to(np.stack([cut_x, east], axis=-1)[..., None], shape)
    y0 = np.stack([np.broadcast_to(south[:, None], middle.shape), middle], axis=-1)
    y1 = np.stack([middle, np.broadcast_to(north[:, None], middle.shape)], axis=-1)
    real = y1 > y0
    low = np.stack([x0[real], y0[real]], axis=-1) + _PLOT_INSET
    high = np.stack([x1[real], y1[real]], axis=-1) - _PLOT_INSET
    return np.broadcast_to(block[:, None, None], shape)[real], low, high
