"""Coordinate systems: which one a table is in, and metres for all of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import geopandas
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from zoning.reading.earth import (
    WGS84,
    all_fit,
    called,
    drawn_bounds,
    fits_degrees,
    looks_like_degrees,
    off_the_map,
    on_a_map,
    turned_round,
)
from zoning.reading.national import is_national, told_zone, zone_system
from zoning.text.issues import Issues, capital

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def crs_of(given: Any, log: Issues) -> Any:
    """Coordinate system a caller named, or None."""
    if given is None:
        return None
    try:
        crs = pyproj.CRS.from_user_input(given)
    except (pyproj.exceptions.CRSError, TypeError, ValueError):
        crs = None
    if crs is None or not on_a_map(crs):
        log.faults.append(
            f"crs={given!r} is not a coordinate system of maps. Give one like "
            "'EPSG:4326' (degrees), 'EPSG:4549' (metres) or 'EPSG:4528' (metres, the "
            "zone number in front)."
        )
        return None
    return crs


def with_crs(frame: Any, name: str, crs: Any, *, silent: bool, log: Issues) -> Any:
    """Give a frame the coordinate system it has or is taken to have, easting first.

    None where it is not known; `zoning.reading.together` looks what lies beside.
    """
    return _upright(_with_system(frame, name, crs, silent, log), name, log)


def _with_system(frame: Any, name: str, crs: Any, silent: bool, log: Issues) -> Any:
    frame = _on_earth(frame, name, log)
    bounds = frame.total_bounds
    if frame.crs is not None and not silent:
        if crs is not None and crs != frame.crs:
            log.notes.append(
                f"{capital(name)} says its CRS is {called(frame.crs)}; that was "
                f"used, not crs={called(crs)}."
            )
        return frame
    if silent and crs is None and not _is_national(frame):
        return frame  # GeoJSON is WGS 84 unless it says otherwise
    if silent and crs is not None and not crs.is_geographic and fits_degrees(bounds):
        log.notes.append(
            f"{capital(name)} names no CRS, and its coordinates are degrees; they "
            f"were taken as WGS 84, not as crs={called(crs)}."
        )
        return frame
    if crs is not None:
        return frame.set_crs(crs, allow_override=True)
    if looks_like_degrees(bounds):
        log.notes.append(
            f"No CRS given in {name}; coordinates look like degrees and are taken as "
            "WGS 84."
        )
        return frame.set_crs(WGS84)
    return frame.set_crs(None, allow_override=True)


def _is_national(frame: Any) -> bool:
    """Whether coordinates lie as those of Chinese maps in metres, either way round."""
    bounds = drawn_bounds(frame)
    return is_national(bounds) or is_national(bounds[:, [1, 0, 3, 2]])


def _upright(frame: Any, name: str, log: Issues) -> Any:
    """The frame with its easting first, and the zone that its eastings tell."""
    bounds = drawn_bounds(frame)
    if frame.crs is not None and frame.crs.is_geographic:
        return frame  # latitude first is a mistake, not a habit
    if frame.crs is None:
        round_ = not is_national(bounds) and is_national(bounds[:, [1, 0, 3, 2]])
    else:
        round_ = _only_turned(frame, bounds)
    if round_:
        log.notes.append(
            f"The northing comes first in {name}; easting and northing were exchanged."
        )
        frame, bounds = turned_round(frame), bounds[:, [1, 0, 3, 2]]
    if frame.crs is None and (zone := zone_system(bounds)) is not None:
        log.notes.append(told_zone(bounds, name))
        frame = frame.set_crs(zone)
    return frame


def _only_turned(frame: Any, bounds: Floats) -> bool:
    """Whether nothing lies where its system says, and all would the other way round."""
    off = off_the_map(frame)
    return bool(
        len(bounds)
        and off.sum() >= len(bounds)
        and all_fit(frame.crs, bounds[:, [1, 0, 3, 2]])
    )


def _on_earth(frame: Any, name: str, log: Issues) -> Any:
    """The frame without a coordinate system that nobody can lay on another."""
    crs = frame.crs
    if crs is None or on_a_map(crs):
        return frame
    if any(axis.unit_name != "metre" for axis in crs.axis_info[:2]):
        log.faults.append(
            f"{capital(name)} is in {crs.name}, which says neither where it lies nor "
            "is in metres. Give it a coordinate system in a map program."
        )
    else:
        log.notes.append(
            f"{capital(name)} is in {crs.name}, which does not say where it lies; "
            "that was left out."
        )
    return frame.set_crs(None, allow_override=True)


def _is_metric(crs: Any) -> bool:
    """Metres on the ground: not degrees, not feet, not a stretched web map."""
    if crs.is_geographic or any(axis.unit_name != "metre" for axis in crs.axis_info):
        return False
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    return not method.startswith("Mercator") and "Pseudo Mercator" not in method


@lru_cache
def _utm_zone(crs: Any, *bounds: float) -> Any:
    """The zone a building lies in; to look it up takes a tenth of a second."""
    return geopandas.GeoSeries([shapely.box(*bounds)], crs=crs).estimate_utm_crs()


def in_metres(frame: Any, usable: Bools, log: Issues, into: Any = None) -> Any:
    """The frame in metres; what it is measured in stays if that is metres.

    Where `into` is given, in that coordinate system, unless nobody knows its own.
    """
    if frame.crs is not None and into is not None:
        return frame.to_crs(into)
    if frame.crs is None or _is_metric(frame.crs) or not usable.any():
        return frame
    inner = frame[usable]
    order = np.argsort(inner.bounds.minx.to_numpy(), kind="stable")
    middle = inner.iloc[[order[len(order) // 2]]]  # one far away must not choose
    try:
        target = _utm_zone(middle.crs, *middle.total_bounds.tolist())
    except RuntimeError:  # near a pole
        log.faults.append(
            f"No UTM zone fits the buildings, so {called(frame.crs)} cannot be turned "
            "into metres. Check the coordinates, or project them first."
        )
        return frame
    log.notes.append(
        f"Coordinates were projected from {called(frame.crs)} to {target.name} "
        f"({called(target)})."
    )
    return frame.to_crs(target)
