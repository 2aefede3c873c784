"""What the street office of a made-up town keeps: payers, companies, old zones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zoning.datasets.grid import Grid
from zoning.datasets.survey import numbered
from zoning.number import AREA_PER_ZONE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Column = Sequence[object] | NDArray[np.generic]

_SERVED = 0.4  # share of blocks that a company serves today
_SECOND_ROOM = 0.15  # share of buildings with a room beside the one of their block
_COMPANIES = ("Company A", "Company B", "Company C", "Company D", "Company E")
_ENDS = ("2026-06-30", "2026-12-31", "2027-06-30", "2027-12-31", "2028-12-31")


def office(
    grid: Grid,
    block: Ints,
    compound: Ints,
    floor_area: Ints,
    names: NDArray[np.str_],
    chance: np.random.Generator,
) -> dict[str, Column]:
    """Columns of what the office knows about each building.

    Parameters
    ----------
    grid
        The blocks.
    block, compound, floor_area
        Of each building.
    names
        Words to make names of.
    chance
        Not the stream that draws the town: that must not change.
    """
    rate = _rates(grid, block, compound, chance)
    room = _rooms(block, chance)
    current_company, contract_end = _contracts(grid, block, chance)
    return {
        "subdistrict": _subdistricts(grid, block, names),
        "rate": rate,
        "room": room,
        "incumbent": current_company,
        "contract_end": contract_end,
        "previous": _old_zones(grid, block, floor_area),
    }


def _subdistricts(grid: Grid, block: Ints, names: NDArray[np.str_]) -> list[str]:
    """Two communities, one north of the other."""
    row, column = np.divmod(block, grid.columns)
    part = row // 4 * (-(-grid.columns // 3)) + column // 3
    return [f"{name} Subdistrict" for name in numbered(part, names[::-1])]


def _rates(
    grid: Grid, block: Ints, compound: Ints, chance: np.random.Generator
) -> Floats:
    """Share of the fee that is paid, alike in a block and the same in a compound."""
    of_block = chance.normal(0.62, 0.10, grid.rows * grid.columns)
    of_compound = chance.normal(0, 0.05, int(compound.max()) + 1)
    rate = np.clip(of_block[block] + of_compound[compound], 0.30, 0.89)
    return np.asarray(np.round(rate, 2))


def _rooms(block: Ints, chance: np.random.Generator) -> Ints:
    """1 for buildings with a service room, at least one in each block."""
    rank = chance.random(len(block))
    order = np.lexsort((rank, block))
    first = np.ones(len(block), bool)
    first[1:] = np.diff(block[order]) > 0
    room = chance.random(len(block)) < _SECOND_ROOM
    room[order[first]] = True
    return room.astype(np.int64)


def _contracts(
    grid: Grid, block: Ints, chance: np.random.Generator
) -> tuple[list[str | None], list[str | None]]:
    """The company of each building and the last day of its contract, or None."""
    num = grid.rows * grid.columns
    served = chance.random(num) < _SERVED
    company = chance.choice(_COMPANIES, num).astype(object)
    end = chance.choice(_ENDS, num).astype(object)
    company[~served] = end[~served] = None
    return company[block].tolist(), end[block].tolist()


def _old_zones(grid: Grid, block: Ints, floor_area: Ints) -> list[str]:
    """Zones as drawn by hand: whole blocks, along one row and back along the next.

    A zone ends where it comes nearest to the usual size, and at an arterial.
    """
    size = np.bincount(block, floor_area, grid.rows * grid.columns)
    zone_of = np.zeros(len(size), np.int64)
    zone, filled, before = 1, 0.0, -1
    for here in _to_and_fro(grid):
        if size[here] == 0:
            continue
        enough = filled + size[here] / 2 > AREA_PER_ZONE
        if before >= 0 and (enough or _arterial_between(grid, before, here)):
            zone, filled = zone + 1, 0.0
        zone_of[here] = zone
        filled, before = filled + size[here], here
    return [str(zone) for zone in zone_of[block].tolist()]


def _to_and_fro(grid: Grid) -> list[int]:
    blocks = np.arange(grid.rows * grid.columns).reshape(grid.rows, grid.columns)
    blocks[1::2] = blocks[1::2, ::-1]
    return [int(block) for block in blocks.ravel()]


def _arterial_between(grid: Grid, one: int, other: int) -> bool:
    """Whether an arterial runs between two blocks of the same or of the next row."""
    (row_a, column_a), (row_b, column_b) = (
        divmod(block, grid.columns) for block in (one, other)
    )
    line, first, last = grid.half
    beside = first <= row_a < last or first <= row_b < last
    return (row_a < grid.cross) != (row_b < grid.cross) or (
        beside and (column_a < line) != (column_b < line)
    )
