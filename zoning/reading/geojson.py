"""GeoJSON and its kin. Python reads it as JSON first, so it cannot point elsewhere.

What reaches OGR is data written anew, UTF-8, without the member that names a coordinate
system: as a link it would be fetched, and past the head of a file it would be missed.
"""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pyproj

from zoning.errors import InputError
from zoning.findings import Findings
from zoning.reading.exact import as_in_json
from zoning.reading.ogr import frame_of

_SHAPES = (
    *("Point", "LineString", "Polygon", "GeometryCollection"),
    *("MultiPoint", "MultiLineString", "MultiPolygon"),
)
_TOLD = 10  # rows named in one message
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CRS84 = "OGC:CRS84"
_WGS84 = "EPSG:4326"
_SAVE = "Save it again as GeoJSON from a map program."


def read_geojson(path: Path, log: Findings) -> tuple[Any, bool]:
    """Table of a file, and whether its coordinate system is only the format's default.

    GeoJSON, a feature a line, a list of features, TopoJSON, and JSON of ArcGIS.

    Raises
    ------
    InputError
        The file is none of these, or holds what is not data.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    table = _parsed(_text(path, log), path)
    named = isinstance(table, dict) and "crs" in table
    crs = _crs(table["crs"], path) if named else None
    data = _only_data(table, path)
    content = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
    frame = frame_of(BytesIO(content), path, log)
    plain = data.get("type") == "FeatureCollection"
    if plain:
        frame = as_in_json(frame, data["features"])
    if named:
        return frame.set_crs(crs, allow_override=True), False
    return frame, plain


def _text(path: Path, log: Findings) -> str:
    """Content as text: UTF-8, what its first bytes say, or else GB18030."""
    content = path.read_bytes()
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decoded(content, encoding, path)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = _decoded(content, "gb18030", path)
    log.notes.append(f"{path} is not UTF-8 as GeoJSON should be; it was read as GBK.")
    return text


def _decoded(content: bytes, encoding: str, path: Path) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        msg = f"{path} is text neither in UTF-8 nor in GBK. Save it again as UTF-8."
        raise InputError(msg) from error


def _parsed(text: str, path: Path) -> Any:
    """The content of one JSON value, or of one in each line."""
    try:
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            lines = [line.strip(" \x1e") for line in text.splitlines()]
            if sum(map(bool, lines)) < 2:
                raise error from None
            return [json.loads(line) for line in lines if line]
    except ValueError as error:
        msg = f"{path} cannot be read, for it is not valid JSON ({error}). {_SAVE}"
        raise InputError(msg) from error


def _only_data(content: Any, path: Path) -> dict[str, Any]:
    """The content as a list of features, without what else may stand in the file."""
    kind = content.get("type") if isinstance(content, dict) else None
    if kind == "Topology" or _is_esri(content):
        return {name: value for name, value in content.items() if name != "crs"}
    if kind in _SHAPES:
        content = [{"type": "Feature", "properties": {}, "geometry": content}]
    elif kind == "Feature":
        content = [content]
    elif kind == "FeatureCollection":
        content = content.get("features")
    if not isinstance(content, list):
        msg = f"{path} is JSON but not GeoJSON: it has no list of features. {_SAVE}"
        raise InputError(msg)
    wrong = [at for at, one in enumerate(content, 1) if not _is_feature(one)]
    if wrong:
        more = f" and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        msg = (
            f"{path} has in its list of features what is none, at position "
            f"{', '.join(map(str, wrong[:_TOLD]))}{more}. Correct it, or take it out."
        )
        raise InputError(msg)
    return {"type": "FeatureCollection", "features": content}


def _is_esri(content: Any) -> bool:
    """The answer of an ArcGIS server to a query."""
    return (
        isinstance(content, dict)
        and "type" not in content
        and isinstance(content.get("features"), list)
        and all(isinstance(x, dict) and "attributes" in x for x in content["features"])
    )


def _is_feature(one: Any) -> bool:
    if not isinstance(one, dict) or one.get("type") != "Feature":
        return False
    return isinstance(one.get("properties"), dict | None) and isinstance(
        one.get("geometry"), dict | None
    )


def _crs(said: Any, path: Path) -> Any:
    """The coordinate system a file names, None where it says that it has none."""
    if said is None:
        return None
    told = said.get("properties") if isinstance(said, dict) else None
    if isinstance(told, dict):
        kind = str(said.get("type")).lower()
        name = told.get("name") if kind == "name" else told.get("code")
        if kind in ("name", "epsg") and isinstance(name, str | int):
            try:
                crs = pyproj.CRS.from_user_input(name)
            except pyproj.exceptions.CRSError:
                pass
            else:
                return pyproj.CRS(_WGS84) if crs == pyproj.CRS(_CRS84) else crs
    msg = (
        f'{path} names a coordinate system that is none, in its member "crs": '
        f"{json.dumps(said, ensure_ascii=False)[:100]}. Links are not followed. Write "
        'a name like "urn:ogc:def:crs:EPSG::4490", or take it out and give crs=.'
    )
    raise InputError(msg)
