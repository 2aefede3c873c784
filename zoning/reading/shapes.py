"""Footprints and points of buildings: checked, mended, and in metres."""

from __future__ import annotations

from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.adjacency.triangles import parts_within
from zoning.reading.coordinates import in_metres
from zoning.reading.earth import called, far_off, finite, off_the_map, why_off
from zoning.reading.points import GAPS_TOLD
from zoning.text.issues import Issues, count, some

Bools = NDArray[np.bool_]

FAR = 5_000.0  # metres to the next building that make a group of buildings suspect
_STEP = 500.0  # buildings this near one another are one place when looking for FAR
_AREA_TYPES = (3, 6)  # shapely's numbers of Polygon and MultiPolygon
_MULTIPOINT, _COLLECTION = 4, 7  # and of those; all from 4 on hold several


def shapes_in_metres(given: Any, ids: list[str], log: Issues, into: Any = None) -> Any:
    """Buildings with mended footprints in metres; what is wrong goes to the log.

    Parameters
    ----------
    given
        The table of buildings as it was read.
    ids
        What to call them in messages.
    log
        Takes faults and notes.
    into
        Coordinate system to give; by default their own if that is metres, or else the
        UTM zone they lie in.
    """
    given = _without_wraps(given, ids, log)
    usable = _check_shapes(given, ids, log)
    frame = _mend(given, usable, ids, log)
    _note_twins(frame, usable, ids, log)
    usable &= ~shapely.is_empty(frame.geometry.to_numpy())
    if told := far_off(frame, usable):
        log.notes.append(told)
    drawn = frame
    frame = in_metres(frame, usable, log, into)
    lost = usable & ~finite(frame.geometry.to_numpy())
    if lost.any():
        log.faults.append(
            f"{count(lost)} no place in {called(frame.crs)}, into which all were to "
            f"be projected: {some(ids, lost)}. Correct their coordinates."
        )
    usable &= ~lost
    if frame is not drawn:  # far off its middle a system turns outlines over
        frame = _mend(frame, usable, ids, log)
        usable &= ~shapely.is_empty(frame.geometry.to_numpy())
    _check_far(given, frame, usable, ids, log)
    return frame


def _without_wraps(frame: Any, ids: list[str], log: Issues) -> Any:
    """Footprints and points out of what is wrapped around them.

    A group of one point is that point; of a collection with areas, these are kept, and
    of one without them a lone point.
    """
    shapes = frame.geometry.to_numpy()
    wrapped = np.isin(shapely.get_type_id(shapes), (_MULTIPOINT, _COLLECTION))
    if not wrapped.any():
        return frame
    plain = shapes.copy()
    plain[wrapped] = [_unwrapped(shape) for shape in shapes[wrapped]]
    taken = wrapped & (shapely.get_type_id(plain) != shapely.get_type_id(shapes))
    if taken.any():
        log.notes.append(
            f"{count(taken)} a footprint or point within a group of shapes; it was "
            f"taken, and lines and points beside a footprint were left out: "
            f"{some(ids, taken)}."
        )
    return frame.set_geometry(geopandas.GeoSeries(plain, frame.index, crs=frame.crs))


def _unwrapped(shape: Any) -> Any:
    parts = _parts(shape)
    areas = parts[np.isin(shapely.get_type_id(parts), _AREA_TYPES)]
    if len(areas):
        return areas[0] if len(areas) == 1 else shapely.multipolygons(areas)
    return parts[0] if len(parts) == 1 else shape


def _parts(shape: Any) -> NDArray[Any]:
    """Points, lines and polygons in a shape, out of all that is wrapped around them."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) >= _MULTIPOINT).any():
        parts = shapely.get_parts(parts)
    return np.asarray(parts[~shapely.is_empty(parts)])


def _check_shapes(frame: Any, ids: list[str], log: Issues) -> Bools:
    """Log buildings without a usable place; give which ones have one."""
    shapes = frame.geometry.to_numpy()
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kind = shapely.get_type_id(shapes)
    wrong = ~empty & ~np.isin(kind, (0, *_AREA_TYPES))
    if empty.any() and not frame.attrs.get(GAPS_TOLD):
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
    off = off_the_map(frame)
    if off.any():
        log.faults.append(
            f"{count(off)} coordinates that are impossible: {some(ids, off)}. "
            f"{why_off(frame, off)}"
        )
    usable: Bools = ~(empty | wrong | off)
    return usable


def _mend(frame: Any, usable: Bools, ids: list[str], log: Issues) -> Any:
    """Make crossed footprints valid; leave out heights."""
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    if shapely.has_z(frame.geometry.to_numpy()).any():
        log.notes.append("Heights in coordinates were left out.")
    broken = usable & ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = [_area_only(shapely.make_valid(s)) for s in shapes[broken]]
    flat = broken & (shapely.is_missing(shapes) | shapely.is_empty(shapes))
    mended = broken & ~flat
    if mended.any():
        log.notes.append(
            f"{count(mended)} a footprint whose outline crosses itself; mended: "
            f"{some(ids, mended)}."
        )
    if flat.any():
        log.faults.append(
            f"{count(flat)} a footprint without any area: {some(ids, flat)}. Draw "
            "them again."
        )
    return frame.set_geometry(geopandas.GeoSeries(shapes, frame.index, crs=frame.crs))


def _area_only(shape: Any) -> Any:
    """The polygons among the parts of a mended shape."""
    parts = _parts(shape)
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), _AREA_TYPES)])


def _note_twins(frame: Any, usable: Bools, ids: list[str], log: Issues) -> None:
    code = pd.Series(shapely.to_wkb(frame.geometry.to_numpy()))
    twins = usable & code.duplicated(keep=False).to_numpy()
    if twins.any():
        log.notes.append(
            f"{count(twins)} exactly the same geometry as another: "
            f"{some(ids, twins)}. All were kept; take out those listed twice."
        )


def _check_far(
    given: Any, frame: Any, usable: Bools, ids: list[str], log: Issues
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
