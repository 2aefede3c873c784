"""The coordinate systems that layers are written in: that of the input, and WGS 84."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas
import numpy as np
import pyproj
from numpy.typing import NDArray

from zoning.reading.datum import BUILDINGS, CALLED, turned
from zoning.reading.earth import WGS84
from zoning.region import Region, Source

Shapes = NDArray[Any]

TWIN = "_wgs84"  # behind the name of a layer that is written once more, in WGS 84
_DEGREES, _METRES = 7, 2  # digits: a centimetre
_SAME = 1e-9  # degrees; 0.1 mm


@dataclass(frozen=True)
class System:
    """What a layer is written in."""

    turn: Callable[[Shapes], Shapes]
    digits: int
    members: dict[str, Any]
    """Members of GeoJSON that say so."""


def systems_of(region: Region) -> dict[str, System]:
    """Systems by what stands behind the names of the layers written in them.

    That of the input, for they are to lie upon the planner's map, and beside it WGS 84
    where that has other numbers. Only WGS 84 where GeoJSON has no name for the system.
    """
    source = region.source
    if source.frame is None or source.frame.crs is None:
        return {"": System(lambda shapes: shapes, _METRES, {"crs": None})}
    known = source.frame.crs

    def in_wgs84(shapes: Shapes) -> Shapes:
        return np.asarray(_series(shapes, known).to_crs(WGS84).to_numpy())

    plain = System(in_wgs84, _DEGREES, {})
    own = _own(source)
    return {"": plain} if own is None else {"": own, TWIN: plain}


def _own(source: Source) -> System | None:
    """The system of the input where its numbers are others than those of WGS 84."""
    known, given = source.frame.crs, source.crs
    datum = source.datums.get(BUILDINGS)
    name = None if given is None else _name(given)
    if name is None:
        given = pyproj.CRS(WGS84)
    if datum is None and (name is None or _same(given, source)):
        return None
    members: dict[str, Any] = {}
    if given != pyproj.CRS(WGS84):
        members["crs"] = {"type": "name", "properties": {"name": name}}
    if datum is not None:
        members["datum"] = CALLED[datum]

    def turn(shapes: Shapes) -> Shapes:
        series = _series(shapes, known).to_crs(given)
        if datum is None:
            return np.asarray(series.to_numpy())
        frame = turned(geopandas.GeoDataFrame(geometry=series), datum, back=True)
        return np.asarray(frame.geometry.to_numpy())

    return System(turn, _DEGREES if given.is_geographic else _METRES, members)


def _series(shapes: Shapes, crs: Any) -> Any:
    return geopandas.GeoSeries(shapes, crs=crs)


def _same(given: Any, source: Source) -> bool:
    """Whether a system has the numbers of WGS 84 where the buildings are."""
    west, south, east, north = source.frame.total_bounds
    middle = ((west + east) / 2, (south + north) / 2)
    places = [
        pyproj.Transformer.from_crs(source.frame.crs, crs, always_xy=True)
        for crs in (given, pyproj.CRS(WGS84))
    ]
    numbers = np.array([one.transform(*middle) for one in places])
    return bool(np.abs(numbers[0] - numbers[1]).max() < _SAME)


def _name(crs: Any) -> str | None:
    """What GeoJSON calls a system; None where nobody has numbered it."""
    code = crs.to_epsg(20)
    if code is None:
        return None
    known = pyproj.CRS.from_epsg(code)
    alike = crs.is_projected == known.is_projected and _alike(crs, known)
    return f"urn:ogc:def:crs:EPSG::{code}" if alike else None


def _alike(crs: Any, known: Any) -> bool:
    """Whether a numbered system gives the same degrees for the same numbers."""
    if crs.ellipsoid != known.ellipsoid:
        return False
    if crs.is_geographic:
        return bool(crs.prime_meridian == known.prime_meridian)
    area = known.area_of_use
    lonlat = ((area.west + area.east) / 2, (area.south + area.north) / 2)
    there = [
        pyproj.Transformer.from_crs(one.geodetic_crs, one, always_xy=True)
        for one in (crs, known)
    ]
    places = np.array([one.transform(*lonlat) for one in there])
    return bool(np.allclose(places[0], places[1], rtol=0, atol=1e-3))
