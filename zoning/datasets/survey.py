"""What a survey would tell about the buildings of a made-up town."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.datasets.grid import Grid, Plots

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_SQUARE_METRES_PER_HOUSEHOLD = 70


def survey(
    grid: Grid,
    plots: Plots,
    compound: Ints,
    area: Floats,
    names: NDArray[np.str_],
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Columns of what is seen of each building, and what the census tells."""
    block = plots.block
    block_year = rng.normal(1979, 7, grid.rows * grid.columns)
    year = np.clip(block_year[block] + rng.normal(0, 4, len(block)), 1955, 1999)
    storeys = 7.2 + (year - 1979) / 9 + rng.normal(0, 0.6, len(block))
    levels = np.rint(storeys[compound] + rng.normal(0, 0.4, len(compound)))
    levels = np.clip(levels, 4, 9).astype(np.int64)
    fee = 0.5 + (year - 1979) / 90 + rng.normal(0, 0.06, len(block))
    fee = np.round(np.clip(np.rint(fee * 20), 6, 16) / 20, 2)
    row, column = np.divmod(block, grid.columns)
    quarter = row // 2 * (-(-grid.columns // 3)) + column // 3
    community = [f"{name} Community" for name in numbered(quarter, names)]
    floor_area = np.rint(area * levels).astype(np.int64)
    households = np.rint(floor_area / _SQUARE_METRES_PER_HOUSEHOLD)
    return {
        "id": _codes("B", np.arange(len(compound)), 4),
        "compound_id": _codes("C", compound, 3),
        "block": _codes("K", block[compound], 2),
        "levels": levels,
        "footprint_m2": np.round(area, 1),
        "floor_area_m2": floor_area,
        "households": households.astype(np.int64),
        "built": np.rint(year[compound]).astype(np.int64),
        "community": np.array(community, object)[compound],
        "fee": fee[compound],
    }


def _codes(letter: str, number: Ints, width: int) -> list[str]:
    """Names like B0001, equally long, counted from 1."""
    width = max(width, len(str(int(number.max()) + 1)))
    return [f"{letter}{i + 1:0{width}d}" for i in number.tolist()]


def numbered(number: Ints, names: NDArray[np.str_]) -> list[str]:
    """A name for each number; past the end of the list they return with a count."""
    turn, which = np.divmod(number, len(names))
    return [
        f"{name} {count + 1}" if count else str(name)
        for name, count in zip(names[which].tolist(), turn.tolist(), strict=True)
    ]
