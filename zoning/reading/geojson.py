"""GeoJSON and its kin. Python reads it as JSON first, so it cannot point elsewhere.

What reaches OGR is written anew: only what a feature is made of, UTF-8, without members
that name coordinate systems (a link would be fetched, one at the end of a file missed)
and without a ``<``, by which OGR knows catalogues of other files wherever it stands.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from math import inf
from typing import Any

import pyproj

from zoning.errors import InputError
from zoning.reading.earth import WGS84
from zoning.reading.exact import as_in_json
from zoning.reading.local import File
from zoning.reading.ogr import frame_of
from zoning.text.encodings import decoded
from zoning.text.issues import Issues
from zoning.text.lists import first_few

_SHAPES = (
    *("Point", "LineString", "Polygon", "GeometryCollection"),
    *("MultiPoint", "MultiLineString", "MultiPolygon"),
)
_LONG, _LONGEST = 2**63, 10**300  # whole numbers that OGR, and a decimal, cannot hold
_CRS84 = "OGC:CRS84"
_RECORD = "\x1e"  # before each value of a JSON text sequence
_CUT = "exceededTransferLimit"
_SAVE = "Save it again as GeoJSON from a map program."
# what OGR is given of each
_FEATURE = ("type", "id", "properties")
_GEOMETRY = ("type", "coordinates")
_ESRI = ("geometryType", "hasZ", "hasM", "fields", "fieldAliases", "displayFieldName")
_ESRI_CRS = ("wkid", "latestWkid", "wkt")
_ESRI_GEOMETRY = ("x", "y", "z", "m", "points", "paths", "rings")

Table = Mapping[str, Any]


def read_geojson(file: File, log: Issues) -> tuple[Any, bool]:
    """Table of a file, and whether its coordinate system is only the format's default.

    GeoJSON, a feature a line, a list of features, and JSON of ArcGIS.

    Raises
    ------
    InputError
        The file is none of these, or holds what is not data.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    with _nothing_collected():
        return _read(file, log)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without a search for circles among values, of which JSON makes very many."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(file: File, log: Issues) -> tuple[Any, bool]:
    content = _parsed(_text(file, log), file)
    _note_cut(content, file, log)
    if _is_esri(content):
        return frame_of(_stream(_esri(content), file, log), file, log), False
    features = _features(content, file)
    data = {"type": "FeatureCollection", "features": [*map(_feature, features)]}
    frame = as_in_json(frame_of(_stream(data, file, log), file, log), features)
    said = [*_crs_members(content, features)]
    if not said:
        return frame, True
    return frame.set_crs(_only(said, file), allow_override=True), False


def _stream(data: Table, file: File, log: Issues) -> BytesIO:
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    try:
        return BytesIO(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        before = text[max(error.start - 20, 0) : error.start]
        log.notes.append(
            f"{file} has half a letter after {before!r}; a question mark was put in "
            "the place of such."
        )
    return BytesIO(text.encode("utf-8", "replace"))


def _text(file: File, log: Issues) -> str:
    """Content as text, with a note where it is not in Unicode."""
    try:
        text, in_gbk = decoded(file.path.read_bytes())
    except UnicodeDecodeError as error:
        msg = f"{file} is text neither in UTF-8 nor in GBK. Save it again as UTF-8."
        raise InputError(msg) from error
    if in_gbk:
        log.notes.append(
            f"{file} is not UTF-8 as GeoJSON should be; it was read as GBK."
        )
    return text


def _parsed(text: str, file: File) -> Any:
    """The content of one JSON value, or of one in each line or record."""
    try:
        if not text.startswith(_RECORD):
            return json.loads(text)
        fault = None
    except ValueError as error:
        fault = error
    mark = _RECORD if fault is None else "\n"
    parts = [part.strip() for part in text.split(mark)]
    if fault is not None and sum(map(bool, parts)) < 2:
        msg = f"{file} cannot be read, for it is not valid JSON ({fault}). {_SAVE}"
        raise InputError(msg) from fault
    return [*_each(parts, fault, file)]


def _each(parts: Sequence[str], fault: ValueError | None, file: File) -> Iterator[Any]:
    """The value of each line, or of each record where nothing was wrong before."""
    for at, part in enumerate(parts, 0 if fault is None else 1):
        try:
            if part:
                yield json.loads(part)
        except ValueError as error:
            where = "record" if fault is None else "line"
            told = error if at > 1 or fault is None else fault
            msg = (
                f"{file} cannot be read, for it is not valid JSON ({told}; of one "
                f"value a {where}, {where} {at} is none). {_SAVE}"
            )
            raise InputError(msg) from error


def _features(content: Any, file: File) -> list[Any]:
    """The features of a file, whatever they are wrapped in."""
    kind = content.get("type") if isinstance(content, dict) else None
    if kind in _SHAPES:
        content = [{"type": "Feature", "properties": {}, "geometry": content}]
    elif kind == "Feature":
        content = [content]
    elif kind == "FeatureCollection":
        content = content.get("features")
    if not isinstance(content, list):
        msg = f"{file} is JSON but not GeoJSON: it has no list of features. {_SAVE}"
        raise InputError(msg)
    wrong = [at for at, one in enumerate(content, 1) if not _is_feature(one)]
    if wrong:
        msg = (
            f"{file} has in its list of features what is none, at position "
            f"{first_few(wrong)}. Correct it, or take it out."
        )
        raise InputError(msg)
    return content


def _note_cut(content: Any, file: File, log: Issues) -> None:
    """Tell where a server says that it sent only the first features."""
    more = content.get("properties") if isinstance(content, dict) else None
    if any(isinstance(x, dict) and x.get(_CUT) is True for x in (content, more)):
        log.notes.append(
            f"{file} is not whole: the server that made it sent the first features "
            f"only ({_CUT}). Fetch the others too, page by page."
        )


def _is_feature(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and one.get("type") == "Feature"
        and isinstance(one.get("properties"), dict | None)
        and isinstance(one.get("geometry"), dict | None)
    )


def _feature(given: Table) -> dict[str, Any]:
    kept = _some(given, _FEATURE)
    if kept.get("properties"):
        columns = kept["properties"].items()
        kept["properties"] = {name: _within(value) for name, value in columns}
    return {**kept, "geometry": _geometry(given.get("geometry"))}


def _within(value: Any) -> Any:
    """A value, as a decimal if it is a whole number too long for OGR."""
    if type(value) is not int or abs(value) < _LONG:
        return value
    return float(value) if abs(value) < _LONGEST else inf


def _geometry(given: Any) -> Any:
    if not isinstance(given, dict):
        return None
    kept = _some(given, _GEOMETRY)
    if isinstance(given.get("geometries"), list):
        kept["geometries"] = [_geometry(one) for one in given["geometries"]]
    return kept


def _some(given: Table, keys: Sequence[str]) -> dict[str, Any]:
    return {key: given[key] for key in keys if key in given}


def _is_esri(content: Any) -> bool:
    """The answer of an ArcGIS server to a query."""
    return (
        isinstance(content, dict)
        and "type" not in content
        and isinstance(content.get("features"), list)
        and all(isinstance(x, dict) and "attributes" in x for x in content["features"])
    )


def _esri(content: Table) -> Table:
    crs = content.get("spatialReference")
    kept = _some(content, _ESRI)
    if isinstance(crs, dict):
        kept["spatialReference"] = _some(crs, _ESRI_CRS)
    kept["features"] = [
        {
            "attributes": one["attributes"],
            "geometry": _some(one.get("geometry") or {}, _ESRI_GEOMETRY) or None,
        }
        for one in content["features"]
    ]
    return kept


def _crs_members(content: Any, features: Sequence[Table]) -> Iterator[Any]:
    """What is said of coordinate systems: of all, of a feature, or of its geometry."""
    given: list[Table] = [content] if isinstance(content, dict) else []
    given += [one for one in features if one is not content]
    while given:
        one = given.pop()
        if "crs" in one:
            yield one["crs"]
        inner = [one.get("geometry"), *(one.get("geometries") or ())]
        given += [geometry for geometry in inner if isinstance(geometry, dict)]


def _only(said: Sequence[Any], file: File) -> Any:
    """The one coordinate system that is named, None where it is said there is none."""
    known = {json.dumps(one, sort_keys=True): one for one in said}
    found = [_crs(one, file) for one in known.values()]
    if any(one != found[0] for one in found):
        names = ", ".join("none" if one is None else one.name for one in found)
        msg = f"{file} names several coordinate systems: {names}. Save it in one."
        raise InputError(msg)
    return found[0]


def _crs(said: Any, file: File) -> Any:
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
                return pyproj.CRS(WGS84) if crs == pyproj.CRS(_CRS84) else crs
    msg = (
        f'{file} names a coordinate system that is none, in its member "crs": '
        f"{json.dumps(said, ensure_ascii=False)[:100]}. Links are not followed. Write "
        'a name like "urn:ogc:def:crs:EPSG::4490", or take it out and give crs=.'
    )
    raise InputError(msg)
