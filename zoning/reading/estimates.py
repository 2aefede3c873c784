"""Floor areas and households where the file has none: made of what it has, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.costs import M2_PER_HOUSEHOLD
from zoning.reading.columns import numbers_of
from zoning.reading.earth import called
from zoning.reading.roles import Choice, Choices
from zoning.reading.words import words_of
from zoning.text.issues import Issues, count, some

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_TINY_AREA = 50.0  # m²; a median below it says the column is in 10,000 m²
_NO_AREA = 0.001  # m²; a median below it is in no measure of areas
_ALIKE = 0.02  # of a footprint that an area may differ from it and be the same
_MOST = 0.9  # of the buildings that are so make it ground area


def floor_areas(
    area: Floats | None,
    frame: Any,
    given: Any,
    choices: Choices,
    ids: Sequence[str],
    log: Issues,
) -> Floats:
    """Floor area of every building, m².

    Where the file has none it is footprint × floors. What neither tells is a fault.

    Parameters
    ----------
    area
        As it was read, NaN where it is missing; None without such a column.
    frame
        The table of buildings in metres.
    given
        The same as it was read, in degrees or feet maybe.
    choices
        What its columns are.
    ids
        What to call buildings in messages.
    log
        Takes faults and notes.
    """
    ground = _footprints(frame, choices, ids)
    floors = _read(frame, choices.get("floors"), ids)
    if area is None:
        found = np.full(len(frame), np.nan)
    else:
        choice = choices["area"]
        found = _with_planned(area, frame, choice, ids, log)
        found = _measured_anew(found, ground, frame, given, choice, log)
        if _is_ground(found, ground):
            found = _not_ground(found, ground, choice, floors, log)
    lacking = _is_lacking(found, frame, choices)
    made = ground * floors
    known = lacking & np.isfinite(made) & (floors > 0) & (ground > 0)
    found = np.where(known, made, found)
    if known.any():
        told, named = "Floor area", ""
        if not known.all():
            told, named = f"{count(known)} no floor area; it", f": {some(ids, known)}"
        log.notes.append(
            f"{told} was taken to be footprint × floors (column "
            f"{choices['floors'].header!r}){named}."
        )
    _ask(lacking & ~known, area, frame, choices, ids, log)
    _note_sizes(found, ids, log)
    return found


def households_of(
    values: Mapping[str, Floats], choices: Choices, ids: Sequence[str], log: Issues
) -> Floats:
    """Households of every building, those that are missing reckoned of floor area."""
    found = values["households"].copy()
    lacking = np.isnan(found)
    if lacking.any():
        found[lacking] = values["area"][lacking] / M2_PER_HOUSEHOLD
        log.notes.append(
            f"{count(lacking)} no number in column "
            f"{choices['households'].header!r}; one household for each "
            f"{M2_PER_HOUSEHOLD:.0f} m² was assumed: {some(ids, lacking)}."
        )
    return found


def _with_planned(
    area: Floats, frame: Any, choice: Choice, ids: Sequence[str], log: Issues
) -> Floats:
    """Areas of houses that are not measured yet, as they were planned."""
    if not choice.stand_in:
        return area
    other = _read(frame, Choice("area", choice.stand_in), ids)
    filled = (np.isnan(area) | (area == 0)) & (other > 0)
    if filled.any():
        log.notes.append(
            f"{count(filled)} no area in column {choice.header!r}; that of "
            f"{choice.stand_in!r} was taken: {some(ids, filled)}."
        )
    return np.where(filled, other, area)


def _is_lacking(area: Floats, frame: Any, choices: Choices) -> Bools:
    """Which buildings have none; what is no number in their cell is told already."""
    lacking = np.isnan(area)
    if "area" in choices:
        words = words_of(frame[choices["area"].header][lacking])
        lacking[lacking] = [word is None for word in words]
    return lacking


def _read(frame: Any, choice: Choice | None, ids: Sequence[str]) -> Floats:
    """A column as numbers, NaN for what is none: it is only needed here and there."""
    if choice is None:
        return np.full(len(frame), np.nan)
    return numbers_of(frame, choice, ids, Issues())


def _footprints(frame: Any, choices: Choices, ids: Sequence[str]) -> Floats:
    """Ground that buildings cover, m²: of their outline, else of a column."""
    drawn = _drawn(frame)
    told = _read(frame, choices.get("footprint"), ids)
    return np.where(drawn > 0, drawn, told)


def _drawn(frame: Any) -> Floats:
    """Areas of shapes; NaN where they lie nowhere, which is told of their places."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(shapely.area(frame.geometry.to_numpy()), np.float64)


def _is_ground(area: Floats, ground: Floats) -> bool:
    """Whether areas are those of the footprints, by nearly all buildings."""
    both = np.isfinite(area) & (ground > 0) & (area > 0)
    alike = np.abs(area - ground) <= _ALIKE * ground
    return bool(both.any() and alike[both].mean() >= _MOST)


def _measured_anew(
    area: Floats,
    ground: Floats,
    frame: Any,
    given: Any,
    choice: Choice,
    log: Issues,
) -> Floats:
    """Areas in m² where they are those of outlines in degrees, feet or a web map."""
    drawn = _drawn(given)
    if given.crs == frame.crs or not _is_ground(area, drawn):
        return area
    log.notes.append(
        f"Column {choice.header!r} has the areas of the footprints as they are drawn "
        f"in {called(given.crs)}, which are no m²; they were measured anew."
    )
    return np.where((area > 0) & (ground > 0), ground, area)


def _not_ground(
    area: Floats, ground: Floats, choice: Choice, floors: Floats, log: Issues
) -> Floats:
    """Areas that are the footprints: times floors, unless they were asked for."""
    tall = floors > 1
    if tall.mean() < 1 - _MOST and np.isfinite(floors).any():
        return area  # of one floor both are the same
    told = f"Column {choice.header!r} has the areas of the footprints"
    if choice.asked or not np.isfinite(floors).any():
        log.notes.append(
            f"{told}, which is the ground that buildings cover. If they have more than "
            "one floor, it is no floor area: give a column of floors, or another area."
        )
        return area
    log.notes.append(f"{told}; floor area was made of them and of floors.")
    return np.where(floors > 0, ground * floors, area)


def _ask(
    unknown: Bools,
    area: Floats | None,
    frame: Any,
    choices: Choices,
    ids: Sequence[str],
    log: Issues,
) -> None:
    """Ask for what floor area could be made of."""
    if not unknown.any():
        return
    have = ", ".join(str(c) for c in frame.columns if c != frame.geometry.name)
    points = ""
    if not (shapely.area(frame.geometry.to_numpy()) > 0).any():
        points = " Points have no footprint: give a column of that too (基底面积)."
    if area is None and "floors" not in choices:
        log.faults.append(
            "No column of floor area was found, and none of floors that it could be "
            "made of; floor area is what service is priced by. Give area=COLUMN, or "
            f"floors=COLUMN among the columns. The columns are {have or 'none'}."
            f"{points}"
        )
        return
    if area is None and points:
        log.faults.append(
            "No column of floor area was found, and none of footprints that it could "
            f"be made of with floors (column {choices['floors'].header!r}): points "
            "have no footprint. Give area=COLUMN, or footprint=COLUMN (基底面积) among "
            f"the columns. The columns are {have}."
        )
        return
    where = f"Column {choices['area'].header!r} (area)" if "area" in choices else "Area"
    if "floors" in choices:
        remedy = f"or the floors in column {choices['floors'].header!r}"
    else:
        remedy = "or give a column of floors"
    log.faults.append(
        f"{where} must be a number >= 0; it is missing for {unknown.sum():,} "
        f"building(s): {some(ids, unknown)}. Fill it in, {remedy}, from which and the "
        f"footprint it is made, or take them out of the file.{points}"
    )


def _note_sizes(area: Floats, ids: Sequence[str], log: Issues) -> None:
    if not (area > 0).any():
        if (area == 0).all():
            log.faults.append("Every floor area is 0. Name another column by area=.")
        return
    none = area == 0
    if none.any():
        log.notes.append(
            f"{count(none)} a floor area of 0 and cost nothing: {some(ids, none)}."
        )
    middle = float(np.median(area[area > 0]))
    if middle < _NO_AREA:
        log.faults.append(
            f"Half of the floor areas are under {middle:.3g} m², too little in any "
            "measure. Name another column by area=, or area='none' to have it made of "
            "footprint × floors."
        )
    elif middle < _TINY_AREA:
        log.notes.append(
            f"Half of the floor areas are under {middle:g} m². If the column is in "
            "10,000 m² (万㎡), say so behind it: area='COLUMN[万㎡]'."
        )
