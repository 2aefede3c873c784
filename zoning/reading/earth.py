"""Whether coordinates can lie where their system says, and what they are instead.

Maps of China write eastings with the number of the zone in front (42,472,000) or
without it (472,000), and many put the northing first. Each has a system of its own;
taken for the other, a town lies in the sea, or nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.database import query_crs_info
from pyproj.enums import PJType

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

WGS84 = "EPSG:4326"
_LARGEST = 7e7  # half way round the earth, be it in metres or feet
_ZONE = 1e6  # metres by which eastings with zone numbers differ from zone to zone
_LAST_ZONE = 120
_FITS = 3.0  # degrees beyond where a system is used that data may lie
_ODD = 4.0  # degrees beyond it from where another reading of them is looked for
_FAR = 10.0  # degrees beyond it from where it is told
_ARCTIC = (16.5, 71.5, 55.0, 90.0)  # sea and ice: but turned round, the west of China
_NATIONAL, _GAUSS = "CGCS2000", "Gauss-Kruger"  # as in names of EPSG


def off_the_map(frame: Any) -> Bools:
    """Which shapes cannot lie where their coordinate system says.

    Shapes that are missing or empty are not: they lie nowhere.
    """
    shapes = frame.geometry.to_numpy()
    drawn = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    bounds = shapely.bounds(shapes)
    off = ~finite(shapes)
    if frame.crs is None:
        off |= _beyond(bounds, _LAST_ZONE * _ZONE)
    elif frame.crs.is_geographic:
        off |= _beyond(bounds, 180.0, 90.0) | (bounds == 0).all(axis=1)
        off |= _within(bounds, _ARCTIC)
    else:
        off |= _beyond(bounds, _LAST_ZONE * _ZONE)
        lonlat = degrees_of(frame.crs, bounds)
        off |= ~np.isfinite(lonlat).all(axis=1)
        odd = _away(frame.crs, lonlat) > _ODD
        wrong = drawn & (off | odd)
        if wrong.any() and _instead(frame.crs, bounds[wrong]):
            off |= odd
        off |= _in_degrees(bounds)
    return np.asarray(drawn & off)


def finite(shapes: NDArray[Any]) -> Bools:
    """Which shapes have no coordinate that is NaN or infinite."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    bad = np.bincount(of, ~np.isfinite(xy).all(axis=1), len(shapes))
    return np.asarray(bad == 0)


def why_off(frame: Any, off: Bools) -> str:
    """What such coordinates may be instead, and the remedy."""
    crs, bounds = frame.crs, shapely.bounds(frame.geometry.to_numpy()[off])
    if crs is None:
        return "Correct them, or say what they are by crs=."
    instead = _instead(crs, bounds)
    if instead:
        return instead
    if not crs.is_geographic:
        return f"No place on the map of {called(crs)} has them. Correct them."
    return (
        f"In {called(crs)} longitude is within ±180, latitude within ±90, and 0, 0 is "
        "in the sea. Correct them; if they are metres, say so by crs='EPSG:...'."
    )


def far_off(frame: Any, usable: Bools) -> str:
    """A note where all lies far from where its coordinate system is used, or ""."""
    crs = frame.crs
    if crs is None or crs.is_geographic or not usable.any():
        return ""
    lonlat = degrees_of(crs, shapely.bounds(frame.geometry.to_numpy()[usable]))
    if not (_away(crs, lonlat) > _FAR).all():
        return ""
    lon, lat = np.median(lonlat, axis=0)[:2]
    return (
        f"In {called(crs)} the buildings lie at longitude {lon:.1f}, latitude "
        f"{lat:.1f}, far from where it is used ({crs.area_of_use.name}). Check the "
        "coordinate system."
    )


def looks_like_degrees(bounds: Floats) -> bool:
    """Fit for degrees, no wider than a province, and not all whole numbers."""
    narrow = (bounds[2:] - bounds[:2] < 3).all()
    return fits_degrees(bounds) and bool(narrow and (bounds % 1 != 0).any())


def fits_degrees(bounds: Floats) -> bool:
    """No number is too large for longitude and latitude."""
    return bool((np.abs(bounds) <= [180, 90, 180, 90]).all())


def with_moved(shapes: NDArray[Any], move: Callable[[Floats], Floats]) -> NDArray[Any]:
    """Shapes with other coordinates; `move` gets n × 2, and heights stay."""
    moved = np.array(shapes, object)
    deep = shapely.has_z(moved)
    moved[~deep] = shapely.transform(moved[~deep], move)
    moved[deep] = shapely.transform(
        moved[deep],
        lambda xyz: np.column_stack([move(xyz[:, :2]), xyz[:, 2]]),
        include_z=True,
    )
    return moved


def turned_round(frame: Any) -> Any:
    """The frame with its two axes exchanged."""
    shapes = with_moved(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return frame.set_geometry(type(frame.geometry)(shapes, frame.index, crs=frame.crs))


def drawn_bounds(frame: Any) -> Floats:
    """Boxes of the shapes that have a place, n × 4."""
    bounds = shapely.bounds(frame.geometry.to_numpy())
    return np.asarray(bounds[np.isfinite(bounds).all(axis=1)])


def on_a_map(crs: Any) -> bool:
    """Whether a coordinate system says where on the earth a pair of numbers lies."""
    if not (crs.is_geographic or crs.is_projected) or crs.geodetic_crs is None:
        return False
    try:
        pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
        pyproj.Transformer.from_crs(crs, WGS84, always_xy=True)
    except pyproj.exceptions.ProjError:
        return False
    return True


def called(crs: Any) -> str:
    """Code or name of a coordinate system, whichever is short."""
    return str(crs.to_string() if len(crs.to_string()) < 40 else crs.name)


def _in_degrees(bounds: Floats) -> bool:
    """Boxes that all look like degrees, and are to be metres."""
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return False
    whole = np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])
    return looks_like_degrees(whole) or looks_like_degrees(whole[[1, 0, 3, 2]])


def _beyond(bounds: Floats, x: float, y: float = _LARGEST) -> Bools:
    return np.asarray(~(np.abs(bounds) <= [x, y, x, y]).all(axis=1))


def _within(bounds: Floats, box: tuple[float, ...]) -> Bools:
    low, high = np.array(box[:2]), np.array(box[2:])
    return np.asarray(((bounds[:, :2] > low) & (bounds[:, 2:] < high)).all(axis=1))


def degrees_of(crs: Any, bounds: Floats) -> Floats:
    """The same bounds by longitude and latitude; infinite where there is no such place.

    Nearly so: the corners of a box are turned, and no datum is changed.
    """
    turn = pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform
    return np.column_stack([*turn(*bounds[:, :2].T), *turn(*bounds[:, 2:].T)])


def _away(crs: Any, lonlat: Floats) -> Floats:
    """Degrees from where a coordinate system is used; 0 where nobody said where."""
    if crs.area_of_use is None:
        return np.zeros(len(lonlat))
    west, south, east, north = crs.area_of_use.bounds
    if west > east:  # over the date line
        west, east = -180.0, 180.0
    short = np.maximum([west, south] - lonlat[:, 2:], lonlat[:, :2] - [east, north])
    return np.asarray(np.maximum(short, 0).max(axis=1))


def _instead(crs: Any, bounds: Floats) -> str:
    """What these coordinates are if not what their system says; "" if nobody knows."""
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return ""
    turned = bounds[:, [1, 0, 3, 2]]
    if crs.is_geographic:
        if not _beyond(turned, 180.0, 90.0).any() and bounds.any():
            return "Latitude and longitude look swapped: longitude comes first."
        other = _with_other_zone(crs, bounds)
        return other and _told_zone(other, bounds)
    if _in_degrees(bounds):
        return (
            f"They look like degrees, but {called(crs)} is in metres. Give the layer "
            f"the system its numbers are in, for degrees mostly EPSG:4326 or EPSG:4490."
        )
    other = _with_other_zone(crs, bounds)
    if other:
        return _told_zone(other, bounds)
    for system in (crs, _with_other_zone(crs, turned)):
        if system and all_fit(system, turned):
            return (
                "Easting and northing look swapped: easting (x) comes first. Swap "
                f"them; the coordinates then fit {called(system)}."
            )
    return ""


def _told_zone(other: Any, bounds: Floats) -> str:
    zone = _zone_of(bounds)
    which = f"begin with the zone number {zone}" if zone else "have no zone number"
    return (
        f"Their eastings {which}, as those of {called(other)} ({other.name}). Give the "
        f"layer that system, or crs='{called(other)}' where it names none."
    )


def _zone_of(bounds: Floats) -> int:
    """Number in front of the eastings; 0 where there is none."""
    return int(max(np.median(bounds[:, 0]) // _ZONE, 0))


def _with_other_zone(crs: Any, bounds: Floats) -> Any:
    """The system that these eastings are of by their zone number, or lack of it."""
    for name in _names(crs, _zone_of(bounds)):
        code = _codes().get(name)
        if code is not None and name != crs.name:
            other = pyproj.CRS.from_epsg(code)
            if all_fit(other, bounds):
                return other
    return None


def _names(crs: Any, zone: int) -> Iterator[str]:
    """Names of Gauss-Krüger systems with a zone number, or without it."""
    known = crs.to_epsg(20)
    crs = crs if known is None else pyproj.CRS.from_epsg(known)
    datum = crs.name.partition(" / ")[0]
    middle = _middle(crs)
    widths = ("", "3-degree ")  # the width of its own zones comes first
    widths = widths if f" / {_GAUSS}" in crs.name else widths[::-1]
    for whose in dict.fromkeys((datum, _NATIONAL)):
        for width in widths:
            if zone:
                yield f"{whose} / {width}{_GAUSS} zone {zone}"
            elif middle is not None:
                yield f"{whose} / {width}{_GAUSS} CM {middle:g}E"


def _middle(crs: Any) -> float | None:
    """Longitude of the middle of a projected system's zone."""
    if crs.coordinate_operation is None:
        return None
    for one in crs.coordinate_operation.params:
        if one.name == "Longitude of natural origin":
            return float(one.value)
    return None


@cache
def _codes() -> dict[str, int]:
    """EPSG codes of projected systems by their names."""
    known = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS)
    return {one.name: int(one.code) for one in known}


def all_fit(crs: Any, bounds: Floats, within: float = _FITS) -> bool:
    """Whether all these boxes lie where a system is used, or so many degrees beside."""
    lonlat = degrees_of(crs, bounds)
    return bool(np.isfinite(lonlat).all() and (_away(crs, lonlat) <= within).all())
