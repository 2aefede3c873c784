"""Where buildings are: the unit of each, its zone, and groups by a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from zoning.errors import InputError
from zoning.region import REGION, Ints, Region
from zoning.text.amounts import is_number, is_whole
from zoning.text.arguments import WORD, takes
from zoning.text.lists import first_few
from zoning.text.yes_no import says_yes


def places_of(region: Region) -> dict[str, int]:
    """The unit of each building, and of each name of a unit."""
    ids = zip(region.building_ids, region.unit_of_building.tolist(), strict=True)
    return {**{name: i for i, name in enumerate(region.names)}, **dict(ids)}


def units_of(region: Region, buildings: Iterable[str]) -> Ints:
    """Positions of the units that hold these buildings, by ids or names.

    Raises
    ------
    InputError
        There is no such building or unit, or several bear the name.
    """
    ids = ids_of(region, buildings)
    return np.unique([region.directory.unit_of(name) for name in ids]).astype(np.int64)


def unit_called(region: Region, word: str) -> int:
    """Position of the one unit that a word stands for, by id or name.

    Raises
    ------
    InputError
        There is none, or there are several.
    """
    units = units_of(region, (word,))
    if len(units) > 1:
        told = first_few((region.called(i) for i in units), 5)
        msg = f"{word!r} is {len(units):,} units: {told}. Name one of them."
        raise InputError(msg)
    return int(units[0])


def ids_of(region: Region, words: Iterable[str]) -> tuple[str, ...]:
    """Ids of units or buildings for what a planner calls them.

    Raises
    ------
    InputError
        There is no such building or unit, or several bear the name.
    """
    words = tuple(words)
    faults = list(region.directory.faults(words, "There is no building"))
    if faults:
        raise InputError(" ".join(faults))
    found = (name for word in words for name in region.directory.match(word).ids)
    return tuple(dict.fromkeys(found))


def with_ids(region: Region, words: Iterable[str]) -> tuple[str, ...]:
    """Words with ids instead where it is clear what they stand for."""
    match = region.directory.match
    found = (name for word in words for name in match(word).ids or (word,))
    return tuple(dict.fromkeys(found))


def value_of_units(region: Region, column: str) -> tuple[Any, ...]:
    """For each unit the value of a column that most of its buildings have."""
    values = region.columns[column]
    area = region.columns.get("area", (1,) * len(values))
    heaps: list[dict[Any, float]] = [{} for _ in region.names]
    for i, value, size in zip(region.unit_of_building, values, area, strict=True):
        heaps[i][value] = heaps[i].get(value, 0.0) + float(size or 0)
    # the order of rows decides no tie
    return tuple(min(heap, key=lambda v: (-heap[v], str(v))) for heap in heaps)


def amount_of_units(region: Region, column: str) -> Ints:
    """For each unit the sum of a column over its buildings; a yes counts 1, a no 0.

    Raises
    ------
    InputError
        The region has no such column, or a value is neither a whole number, at least 0,
        nor yes or no.
    """
    if column not in region.columns:
        groups(region, column)  # which says so
    total = np.zeros(len(region), np.int64)
    wrong = []
    values = zip(region.building_ids, region.columns[column], strict=True)
    for i, (name, value) in zip(region.unit_of_building, values, strict=True):
        said = says_yes(value)
        if said is None or (is_number(value) and not is_whole(value)):
            wrong.append(f"{name} has {value!r}")
        elif said:
            total[i] += int(value) if is_whole(value) else 1
    if wrong:
        msg = (
            f"Column {column!r} must hold whole numbers, or yes and no; "
            f"{first_few(wrong)}. Correct it, or leave it empty."
        )
        raise InputError(msg)
    return total


@takes(region=REGION, column=WORD)
def groups(region: Region, column: str) -> dict[str, tuple[str, ...]]:
    """Buildings by the value they have in a column; those without one left out.

    Raises
    ------
    InputError
        The region has no such column.
    """
    if column not in region.columns:
        have = ", ".join(region.columns) or "none"
        msg = (
            f"The region has no column {column!r}; it has {have}. Name it when reading."
        )
        raise InputError(msg)
    found: dict[str, list[str]] = {}
    for name, value in zip(region.building_ids, region.columns[column], strict=True):
        if value is not None:
            found.setdefault(str(value), []).append(name)
    return {value: tuple(found[value]) for value in sorted(found)}
