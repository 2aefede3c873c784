"""The shifted degrees of Chinese online maps: GCJ-02 and BD-09, and back to WGS 84.

Neither was ever published by those who use them. The formulas here are the ones that
circulate in public since 2010, and that programs for maps agree on; against the maps
themselves they are off by a metre or so at most. Turning forth and back is exact.

References
----------
https://github.com/googollee/eviltransform, https://github.com/Artoria2e5/PRCoords and
https://en.wikipedia.org/wiki/Restrictions_on_geographic_data_in_China
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from zoning.reading.earth import with_moved
from zoning.text.issues import Issues, did_you_mean

Floats = NDArray[np.float64]

WGS84, GCJ02, BD09 = "wgs84", "gcj02", "bd09"
CALLED = {WGS84: "WGS 84", GCJ02: "GCJ-02", BD09: "BD-09"}
WHOSE = {GCJ02: "Amap, Tencent and other Chinese online maps", BD09: "Baidu's map"}
BUILDINGS = "buildings"
LAYERS = (BUILDINGS, "barriers", "streets")
CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north: shifted within
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # of Krasovsky's ellipsoid
_BAIDU = np.array([0.0065, 0.006])  # degrees
_BAIDU_WAVE = np.pi * 3000 / 180
_EXACT, _ROUNDS = 1e-12, 40  # degrees; each round gains at least one digit


def to_wgs84(lonlat: Floats, datum: str) -> Floats:
    """Longitude and latitude, n × 2, out of a shifted system; outside China as given.

    Solved by fixed point: a step of the shift is smaller than a twentieth of the step
    that makes it, so each round gains more than a digit.
    """
    inner = in_china(lonlat) & (datum != WGS84)
    given = lonlat[inner]
    found = given.copy()
    for _ in range(_ROUNDS if len(given) else 0):
        step = given - _shifted(found, datum)
        found += step
        if np.abs(step).max() < _EXACT:
            break
    return _with(lonlat, inner, found)


def from_wgs84(lonlat: Floats, datum: str) -> Floats:
    """Longitude and latitude, n × 2, of WGS 84 in a shifted system."""
    inner = in_china(lonlat) & (datum != WGS84)
    return _with(lonlat, inner, _shifted(lonlat[inner], datum))


def in_china(lonlat: Floats) -> NDArray[np.bool_]:
    """Which places lie in the box within which the systems are shifted."""
    low, high = np.array(CHINA[:2]), np.array(CHINA[2:])
    return np.asarray(((lonlat >= low) & (lonlat <= high)).all(axis=1))


def datums_of(given: str | None, log: Issues) -> dict[str, str]:
    """Which layer is in which shifted system, by a planner's words.

    "gcj02" is said of the buildings; "streets=gcj02, barriers=gcj02" of others.
    """
    found: dict[str, str] = {}
    for part in re.split("[,，;；]", given or ""):  # noqa: RUF001 - as they are typed
        layer, equals, name = part.strip().rpartition("=")
        layer, name = layer.strip().lower(), re.sub(r"[\W_]", "", name.lower())
        if not equals:
            layer = BUILDINGS
        if not part.strip():
            continue
        if layer not in LAYERS or name not in CALLED:
            near = did_you_mean(name, CALLED) if layer in LAYERS else ""
            log.faults.append(
                f"datum={part.strip()!r} is not known. {near}Give gcj02 (degrees of "
                f"{WHOSE[GCJ02]}) or bd09 ({WHOSE[BD09]}), which is said of the "
                "buildings, or name the layers: 'buildings=gcj02, streets=gcj02'."
            )
        elif layer in found:
            log.faults.append(f"datum={given!r} names the {layer} twice.")
        else:
            found[layer] = name
    return {layer: name for layer, name in found.items() if name != WGS84}


def option(datums: Mapping[str, str]) -> str:
    """What to give as datum= for this; the inverse of `datums_of`."""
    if [*datums] == [BUILDINGS]:
        return datums[BUILDINGS]
    return ",".join(f"{layer}={datums[layer]}" for layer in LAYERS if layer in datums)


def in_words(datums: Mapping[str, str]) -> str:
    """Which layers are in which shifted system, or none are, as half a sentence."""
    told = [
        f"the {layer} are in {CALLED[name]} ({WHOSE[name]})"
        for layer, name in datums.items()
    ]
    return " and ".join(told) or "no layer is out of such a map"


def turned(frame: Any, datum: str, *, back: bool = False) -> Any:
    """A frame turned out of a shifted system, or `back` into it, in the same CRS."""
    turn = from_wgs84 if back else to_wgs84
    crs = frame.crs
    degrees = [pyproj.Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)]
    degrees.append(pyproj.Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True))
    there, home = (one.transform for one in degrees)

    def move(xy: Floats) -> Floats:
        lonlat = turn(np.column_stack(there(*xy.T)), datum)
        return np.asarray(np.column_stack(home(*lonlat.T)), np.float64)

    shapes = with_moved(frame.geometry.to_numpy(), move)
    return frame.set_geometry(type(frame.geometry)(shapes, frame.index, crs=crs))


def _shifted(lonlat: Floats, datum: str) -> Floats:
    gcj = lonlat + _gcj_shift(lonlat)
    return gcj if datum == GCJ02 else _baidu(gcj)


def _gcj_shift(lonlat: Floats) -> Floats:
    """Degrees that GCJ-02 adds."""
    x, y = (lonlat - [105.0, 35.0]).T
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y
    root = np.sqrt(np.abs(x))
    both = _waves((20, 6 * x), (20, 2 * x))
    east += 0.1 * root + both + _waves((20, x), (40, x / 3), (150, x / 12))
    east += _waves((300, x / 30))
    north += 0.2 * root + both + _waves((20, y), (40, y / 3), (160, y / 12))
    north += _waves((320, y / 30))
    latitude = np.radians(lonlat[:, 1])
    bulge = 1 - _ECCENTRICITY * np.sin(latitude) ** 2
    east_radius = _AXIS / np.sqrt(bulge) * np.cos(latitude)
    north_radius = _AXIS * (1 - _ECCENTRICITY) / bulge**1.5
    radians = np.column_stack([east / east_radius, north / north_radius])
    return np.asarray(np.degrees(radians), np.float64)


def _baidu(gcj: Floats) -> Floats:
    """Degrees of BD-09 of those of GCJ-02."""
    x, y = gcj.T
    far = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_WAVE)
    turned = np.column_stack([far * np.cos(angle), far * np.sin(angle)])
    return np.asarray(turned + _BAIDU, np.float64)


def _waves(*terms: tuple[float, Floats]) -> Floats:
    """Metres of waves: their height, and where in half waves."""
    waves = np.stack([high * np.sin(at * np.pi) for high, at in terms])
    return np.asarray(waves.sum(axis=0) * 2 / 3, np.float64)


def _with(lonlat: Floats, inner: NDArray[np.bool_], values: Floats) -> Floats:
    result = np.array(lonlat, np.float64)
    result[inner] = values
    return result
