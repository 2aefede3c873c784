"""What lies around buildings: barriers and streets, beside them and fit for use."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.adjacency.buildings import UNNAMED
from zoning.reading.earth import called, finite, off_the_map, why_off
from zoning.reading.words import says_nothing, words_of
from zoning.region import Barrier
from zoning.text.issues import Issues, some

Bools = NDArray[np.bool_]

CLASSES = ("highway", "fclass", "道路等级")  # columns that tell the class of a road
KINDS = ("kind", "highway", "waterway", "railway", "fclass")  # first one that has it
_AWAY = 500.0  # metres between a layer and the buildings that make it suspect
_LEFT_OUT = {"barriers": "they cut nothing", "streets": "no way follows them"}


def laid_beside(layer: Any, frame: Any, what: str, log: Issues) -> Any:
    """Barriers or streets in the coordinates of the buildings, those that have a place.

    Parameters
    ----------
    layer
        Barriers or streets, or None.
    frame
        The buildings, in metres.
    what
        "barriers" or "streets".
    log
        Takes faults, and notes on what was left out.
    """
    if layer is None or not len(layer):
        return layer
    if layer.crs is None and frame.crs is not None:
        log.notes.append(f"The {what} are taken to be in {called(frame.crs)}.")
        layer = layer.set_crs(frame.crs)
    if layer.crs is not None and frame.crs is None:
        log.faults.append(
            f"The {what} are in {called(layer.crs)} but the buildings have no CRS, so "
            "they cannot be laid on each other. Give crs=."
        )
        return layer
    off = off_the_map(layer)
    shapes = layer.geometry.to_numpy()
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    sound = drawn & finite(shapes)
    if sound.any() and off[sound].all():
        log.faults.append(
            f"The coordinates of the {what} are impossible. {why_off(layer, off)}"
        )
        return layer
    layer = layer if layer.crs == frame.crs else layer.to_crs(frame.crs)
    usable = drawn & ~off & finite(layer.geometry.to_numpy())
    if not usable.all():
        rows = [str(number) for number in range(1, len(layer) + 1)]
        log.notes.append(
            f"{(~usable).sum():,} of the {what} have no usable geometry (null, empty, "
            f"or coordinates that are impossible); {_LEFT_OUT[what]}: row(s) "
            f"{some(rows, ~usable)}."
        )
        layer = layer[usable].reset_index(drop=True)
    _note_away(layer, frame, what, log)
    return layer


def _note_away(layer: Any, frame: Any, what: str, log: Issues) -> None:
    a, b = layer.total_bounds, frame.total_bounds
    if (a[:2] > b[2:] + _AWAY).any() or (b[:2] > a[2:] + _AWAY).any():
        log.notes.append(
            f"The {what} lie away from the buildings and have no effect. Check the "
            "CRS of both."
        )


def barriers_of(frame: Any, log: Issues) -> tuple[NDArray[Any], tuple[Barrier, ...]]:
    """Lines and polygons among the barriers, mended, and what they are called."""
    if frame is None:
        return np.empty(0, object), ()
    shapes = np.asarray(shapely.force_2d(frame.geometry.to_numpy()))
    usable = shapely.get_dimensions(shapes) >= 1
    if not usable.all():
        log.notes.append(f"{(~usable).sum()} barrier(s) are points; they cut nothing.")
    names = named(frame)
    chosen = np.flatnonzero(usable).tolist()
    return shapely.make_valid(shapes[usable]), tuple(names[i] for i in chosen)


def named(frame: Any) -> list[Barrier]:
    """What the barriers of a layer are called, and of what kind, as far as told."""
    names = words_in(frame, ("name",))
    return [
        Barrier(name or f"{UNNAMED}{number}", kind or "")
        for number, (name, kind) in enumerate(
            zip(names, words_in(frame, KINDS), strict=True), 1
        )
    ]


def words_in(frame: Any, columns: tuple[str, ...]) -> list[str | None]:
    """For each row the word in the first of these columns that has one."""
    found: list[str | None] = [None] * len(frame)
    for column in columns:
        if column in frame.columns:
            words = [
                None if word is None or says_nothing(word) else word
                for word in words_of(frame[column])
            ]
            found = [one or other for one, other in zip(found, words, strict=True)]
    return found
