"""Metres of Chinese maps that name no system: which one it is, as far as can be told.

Eastings with the number of a zone in front tell the zone; others tell it beside a layer
whose system is known, for they lie on it in one zone only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from zoning.reading.earth import all_fit, called, degrees_of, drawn_bounds
from zoning.reading.shift import crossed, sample

Floats = NDArray[np.float64]

_ZONE = 1_000_000  # metres between eastings of the zones
_EASTINGS = (100_000, 900_000)  # without zone number
_NORTHINGS = (1_900_000, 6_200_000)  # from Hainan to the Amur
_SURE = 1.0  # degrees beyond where a zone is used that its data may lie
_PAD = 0.005  # degrees
# First and last zone, and EPSG codes of the first: CGCS2000, Xi'an 80, Beijing 54
_ZONES = ((13, 23, (4491, 2327, 21413)), (25, 45, (4513, 2349, 2401)))
_MERIDIANS = (*range(4534, 4555), *range(32643, 32654))  # CGCS2000, then UTM
_LIKE_A_WEB_MAP = 16  # zones below look like the metres of web maps in the east
CHOICE = (
    "Eastings without zone number may be of any zone. Name the one: for the central "
    "meridian 75, 78, ... 135° E crs='EPSG:4534', 'EPSG:4535', ... 'EPSG:4554' "
    "(CGCS2000), 2370 to 2390 (Xi'an 80) or 2422 to 2442 (Beijing 54)."
)


def told_choice(bounds: Floats) -> str:
    """What systems metres may be in that no layer beside tells, or "" for any."""
    if is_national(bounds):
        return f" {CHOICE}"
    if len(bounds) and abs(np.median(bounds[:, 0])) >= _ZONE:
        return (
            " If they are those of a web map (crs='EPSG:3857') or in feet, distances "
            "are wrong: name their system by crs=."
        )
    return ""


def is_national(bounds: Floats) -> bool:
    """Whether boxes lie as those of Chinese maps in metres, easting first."""
    if not len(bounds):
        return False
    east, north = np.median(bounds[:, :2], axis=0)
    known = _between(east, _EASTINGS) or zone_system(bounds) is not None
    return known and _between(north, _NORTHINGS)


def zone_system(bounds: Floats) -> Any:
    """CGCS2000 with the zone in front of these eastings; None where there is none."""
    found = _numbered(bounds)
    if found is None:
        return None
    crs = pyproj.CRS.from_epsg(found[1][0])
    middle = np.median(bounds, axis=0)[None]
    return crs if all_fit(crs, middle, _SURE) else None


def told_zone(bounds: Floats, name: str) -> str:
    """What to tell of eastings that tell their zone."""
    found = _numbered(bounds)
    assert found is not None  # `zone_system` found it
    zone, (code, xian, beijing) = found
    told = (
        f"No CRS given in {name}; its eastings begin with the zone number {zone}, so "
        f"they are taken as {pyproj.CRS.from_epsg(code).name} (EPSG:{code}). If they "
        f"are Xi'an 80 (crs='EPSG:{xian}') or Beijing 54 (crs='EPSG:{beijing}'), they "
        "lie some 100 m beside where other layers and WGS 84 have them."
    )
    if zone < _LIKE_A_WEB_MAP:
        told += " If they are metres of a web map, say crs='EPSG:3857'."
    return told


def beside(frame: Any, known: Any, buildings: Any) -> Any:
    """System in which a frame lies on one whose system is known, or None.

    Parameters
    ----------
    frame
        Metres without zone number.
    known
        A layer around or of the same buildings.
    buildings
        Which of the two are the buildings: where several systems fit, in the right
        one fewest of them stand on lines.
    """
    found = [pyproj.CRS.from_epsg(code) for code in _MERIDIANS]
    found = [crs for crs in found if overlap(frame, crs, known)]

    def on_lines(crs: Any) -> int:
        layers = [frame, known.to_crs(crs)]
        layers = layers if frame is buildings else layers[::-1]
        houses, lines = (np.asarray(one.geometry.to_numpy()) for one in layers)
        return crossed(sample(houses), lines)

    return min(found, key=on_lines) if len(found) > 1 else next(iter(found), None)


def told_beside(what: str, crs: Any, other: str) -> str:
    """What to tell of a layer that was given the system in which it lies on another."""
    return (
        f"The {what} are taken to be in {called(crs)} ({crs.name}), in which they lie "
        f"on the {other}; no CRS is given."
    )


def _numbered(bounds: Floats) -> tuple[int, tuple[int, int, int]] | None:
    """Zone number in front of eastings and the codes of the systems that have it."""
    east = np.median(bounds[:, 0]) if len(bounds) else 0
    if not _between(east % _ZONE, _EASTINGS):
        return None
    zone = int(east // _ZONE)
    for first, last, (national, xian, beijing) in _ZONES:
        if first <= zone <= last:
            on = zone - first
            return zone, (national + on, xian + on, beijing + on)
    return None


def _between(value: float, limits: tuple[float, float]) -> bool:
    return bool(limits[0] <= value <= limits[1])


def overlap(frame: Any, crs: Any, known: Any) -> bool:
    """Whether a quarter of the smaller box lies in the other."""
    low, high = zip(*_boxes((frame, crs), (known, known.crs)), strict=True)
    sides = np.minimum(*high) - np.maximum(*low)
    if not (sides > 0).all():
        return False
    areas = [np.prod(b - a) for a, b in zip(low, high, strict=True)]
    return bool(np.prod(sides) >= min(areas) / 4)


def _boxes(*layers: tuple[Any, Any]) -> Iterator[tuple[Floats, Floats]]:
    """South-west and north-east corner of each layer, in degrees."""
    for frame, crs in layers:
        box = degrees_of(crs, drawn_bounds(frame))
        yield box[:, :2].min(axis=0) - _PAD, box[:, 2:].max(axis=0) + _PAD
