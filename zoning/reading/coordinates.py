"""Coordinate systems: which one a table is in, and metres for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from zoning.findings import Findings, capital

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

WGS84 = "EPSG:4326"
_AWAY = 500.0  # metres between a layer and the buildings that make it suspect


def crs_of(given: Any, log: Findings) -> Any:
    """Coordinate system a caller named, or None."""
    if given is None:
        return None
    try:
        return pyproj.CRS.from_user_input(given)
    except (pyproj.exceptions.CRSError, TypeError, ValueError):
        log.faults.append(
            f"crs={given!r} is not a coordinate system. Give one like 'EPSG:4326' "
            "(degrees) or 'EPSG:4513'."
        )
        return None


def with_crs(frame: Any, name: str, crs: Any, *, silent: bool, log: Findings) -> Any:
    """Give a frame the coordinate system it has or is taken to have."""
    bounds = frame.total_bounds
    if frame.crs is not None and not silent:
        if crs is not None and crs != frame.crs:
            log.notes.append(
                f"{capital(name)} says its CRS is {called(frame.crs)}; that was "
                f"used, not crs={called(crs)}."
            )
        return frame
    if silent and (crs is None or (not crs.is_geographic and _fits_degrees(bounds))):
        return frame  # GeoJSON is WGS 84 unless it says otherwise
    if crs is not None:
        return frame.set_crs(crs, allow_override=True)
    if _looks_like_degrees(bounds):
        log.notes.append(
            f"No CRS given in {name}; coordinates look like degrees and are taken as "
            "WGS 84."
        )
        return frame.set_crs(WGS84)
    log.notes.append(f"No CRS given in {name}; coordinates are taken as metres.")
    return frame


def _fits_degrees(bounds: Floats) -> bool:
    return bool((np.abs(bounds) <= [180, 90, 180, 90]).all())


def _looks_like_degrees(bounds: Floats) -> bool:
    """Fit for degrees, no wider than a province, and not all whole numbers."""
    narrow = (bounds[2:] - bounds[:2] < 3).all()
    return _fits_degrees(bounds) and bool(narrow and (bounds % 1 != 0).any())


def called(crs: Any) -> str:
    """Code or name of a coordinate system, whichever is short."""
    return str(crs.to_string() if len(crs.to_string()) < 40 else crs.name)


def _is_metric(crs: Any) -> bool:
    """Metres on the ground: not degrees, not feet, not a stretched web map."""
    if crs.is_geographic or any(axis.unit_name != "metre" for axis in crs.axis_info):
        return False
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    return not method.startswith("Mercator") and "Pseudo Mercator" not in method


def in_metres(frame: Any, usable: Bools, log: Findings) -> Any:
    """The frame in metres; what it is measured in stays if that is metres."""
    if frame.crs is None or _is_metric(frame.crs) or not usable.any():
        return frame
    try:
        target = frame[usable].estimate_utm_crs()
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


def laid_beside(layer: Any, frame: Any, what: str, log: Findings) -> Any:
    """Barriers or streets in the coordinates of the buildings."""
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
    layer = layer if layer.crs == frame.crs else layer.to_crs(frame.crs)
    a, b = layer.total_bounds, frame.total_bounds
    if (a[:2] > b[2:] + _AWAY).any() or (b[:2] > a[2:] + _AWAY).any():
        log.notes.append(
            f"The {what} lie away from the buildings and have no effect. Check the "
            "CRS of both."
        )
    return layer
