"""Footprints and points of buildings, lines of barriers: checked and mended."""

from __future__ import annotations

from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.findings import Findings, count, some
from zoning.reading.buildings import UNNAMED
from zoning.reading.coordinates import called, in_metres
from zoning.reading.triangles import parts_within
from zoning.reading.words import says_nothing, words_of
from zoning.units import Barrier

Bools = NDArray[np.bool_]

FAR = 5_000.0  # metres to the next building that make a group of buildings suspect
_STEP = 500.0  # buildings this near one another are one place when looking for FAR
_LARGEST = 2e7  # metres: half way round the earth
_AREA_TYPES = (3, 6)  # shapely's numbers of Polygon and MultiPolygon
_KINDS = ("kind", "highway", "waterway", "railway", "fclass")  # first one that has it


def shapes_in_metres(given: Any, ids: list[str], log: Findings) -> Any:
    """Buildings with mended footprints in metres; what is wrong goes to the log."""
    usable = _check_shapes(given, ids, log)
    frame = _mend(given, usable, ids, log)
    _note_twins(frame, usable, ids, log)
    usable &= ~shapely.is_empty(frame.geometry.to_numpy())
    frame = in_metres(frame, usable, log)
    _check_far(given, frame, usable, ids, log)
    return frame


def _check_shapes(frame: Any, ids: list[str], log: Findings) -> Bools:
    """Log buildings without a usable place; give which ones have one."""
    shapes = frame.geometry.to_numpy()
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kind = shapely.get_type_id(shapes)
    wrong = ~empty & ~np.isin(kind, (0, *_AREA_TYPES))
    if empty.any():
        log.faults.append(
            f"{count(empty)} no place (null or empty geometry): {some(ids, empty)}. "
            "Draw them, or take them out of the file."
        )
    if wrong.any():
        kinds = sorted({shape.geom_type for shape in shapes[wrong]})
        log.faults.append(
            f"{count(wrong)} a geometry that is neither point nor polygon "
            f"({', '.join(kinds)}): {some(ids, wrong)}. Draw them as footprints or "
            "take them out of the file."
        )
    off = ~empty & _off_the_map(frame, shapes)
    if off.any():
        log.faults.append(_told_off_the_map(frame, shapes, off, ids))
    usable: Bools = ~(empty | wrong | off)
    return usable


def _off_the_map(frame: Any, shapes: NDArray[Any]) -> Bools:
    bounds = shapely.bounds(shapes)
    degrees = frame.crs is not None and frame.crs.is_geographic
    limit = [180, 90, 180, 90] if degrees else [_LARGEST] * 4
    lost = degrees & (bounds == 0).all(axis=1)  # 0, 0: never filled in
    off = ~(np.abs(bounds) <= limit).all(axis=1) | lost | ~finite(shapes)
    return np.asarray(off)


def finite(shapes: NDArray[Any]) -> Bools:
    """Which shapes have no coordinate that is NaN or infinite."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    bad = np.bincount(of, ~np.isfinite(xy).all(axis=1), len(shapes))
    return np.asarray(bad == 0)


def _told_off_the_map(
    frame: Any, shapes: NDArray[Any], off: Bools, ids: list[str]
) -> str:
    bounds = shapely.bounds(shapes[off])
    told = f"{count(off)} coordinates that are impossible: {some(ids, off)}. "
    if frame.crs is None or not frame.crs.is_geographic:
        return told + "Correct them, or say what they are by crs=."
    if (np.abs(bounds[:, [1, 0, 3, 2]]) <= [180, 90, 180, 90]).all() and bounds.any():
        return told + "Latitude and longitude look swapped: longitude comes first."
    return told + (
        f"In {called(frame.crs)} longitude is within ±180, latitude within ±90, and "
        "0, 0 is in the sea. Correct them; if they are metres, say so by "
        "crs='EPSG:...'."
    )


def _mend(frame: Any, usable: Bools, ids: list[str], log: Findings) -> Any:
    """Make crossed footprints valid; leave out heights."""
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    if shapely.has_z(frame.geometry.to_numpy()).any():
        log.notes.append("Heights in coordinates were left out.")
    broken = usable & ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = [_area_only(shapely.make_valid(s)) for s in shapes[broken]]
        log.notes.append(
            f"{count(broken)} a footprint whose outline crosses itself; mended: "
            f"{some(ids, broken)}."
        )
    flat = broken & (shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if flat.any():
        log.faults.append(
            f"{count(flat)} a footprint without any area: {some(ids, flat)}. Draw "
            "them again."
        )
    return frame.set_geometry(geopandas.GeoSeries(shapes, frame.index, crs=frame.crs))


def _area_only(shape: Any) -> Any:
    """The polygons among the parts of a mended shape."""
    parts = shapely.get_parts(shape)
    nested = shapely.get_parts(parts)
    return shapely.union_all(nested[np.isin(shapely.get_type_id(nested), _AREA_TYPES)])


def _note_twins(frame: Any, usable: Bools, ids: list[str], log: Findings) -> None:
    code = pd.Series(shapely.to_wkb(frame.geometry.to_numpy()))
    twins = usable & code.duplicated(keep=False).to_numpy()
    if twins.any():
        log.notes.append(
            f"{count(twins)} exactly the same geometry as another: "
            f"{some(ids, twins)}. All were kept; take out those listed twice."
        )


def _check_far(
    given: Any, frame: Any, usable: Bools, ids: list[str], log: Findings
) -> None:
    """Log buildings that lie far from all the others."""
    xy = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()[usable]))
    if not len(xy):
        return
    place, at = np.unique(np.rint(xy / _STEP), axis=0, return_inverse=True)
    part = parts_within(place * _STEP, FAR)[at.ravel()]
    far = np.zeros(len(frame), bool)
    far[usable] = part != np.bincount(part).argmax()
    if not far.any():
        return
    swapped = far & _swapped(given, usable & ~far)
    far &= ~swapped
    if swapped.any():
        log.faults.append(
            f"{count(swapped)} latitude and longitude swapped: {some(ids, swapped)}. "
            "Longitude comes first."
        )
    if far.any():
        log.notes.append(
            f"{count(far)} a place more than {FAR / 1000:.0f} km from the others: "
            f"{some(ids, far)}. Check the coordinates."
        )


def _swapped(given: Any, near: Bools) -> Bools:
    """Which buildings would be within a degree of the others if turned round."""
    bounds = shapely.bounds(given.geometry.to_numpy())
    if given.crs is None or not given.crs.is_geographic:
        return np.zeros(len(given), bool)
    middle = np.median(bounds[near], axis=0)[:2]
    turned: Bools = (np.abs(bounds[:, [1, 0]] - middle) < 1).all(axis=1)
    return turned


def barriers_of(frame: Any, log: Findings) -> tuple[NDArray[Any], tuple[Barrier, ...]]:
    """Lines and polygons among the barriers, mended, and what they are called."""
    if frame is None:
        return np.empty(0, object), ()
    shapes = np.asarray(shapely.force_2d(frame.geometry.to_numpy()))
    usable = shapely.get_dimensions(shapes) >= 1
    usable &= ~shapely.is_empty(shapes) & finite(shapes)
    if not usable.all():
        log.notes.append(
            f"{(~usable).sum()} barrier(s) are points or have no usable geometry; they "
            "cut nothing."
        )
    names = _names_of_barriers(frame)
    chosen = np.flatnonzero(usable).tolist()
    return shapely.make_valid(shapes[usable]), tuple(names[i] for i in chosen)


def _names_of_barriers(frame: Any) -> list[Barrier]:
    names = _first_of(frame, ("name",))
    return [
        Barrier(name or f"{UNNAMED}{number}", kind or "")
        for number, (name, kind) in enumerate(
            zip(names, _first_of(frame, _KINDS), strict=True), 1
        )
    ]


def _first_of(frame: Any, columns: tuple[str, ...]) -> list[str | None]:
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
