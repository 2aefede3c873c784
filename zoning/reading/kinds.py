"""What kind of file it is, by its first bytes; by its ending only where these are mute.

A file is read as what it is: endings are wrong more often than bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

_HEAD = 4096  # bytes that are looked at
_BLANK = b" \t\r\n\x00\x1e\xef\xbb\xbf\xff\xfe"  # before text, or between its bytes


@dataclass(frozen=True)
class Kind:
    """A kind of file that can be read.

    Parameters
    ----------
    name
        What it is called, with its article.
    endings
        Of names of such files, in small letters.
    begins
        First bytes; none for text.
    """

    name: str
    endings: tuple[str, ...]
    begins: bytes = b""


GEOJSON = Kind(
    "JSON",
    (".geojson", ".json", ".geojsonl", ".geojsons", ".geojsonseq", ".jsonl", ".ndjson"),
)
KML = Kind("KML", (".kml",))
GEOPACKAGE = Kind("a GeoPackage", (".gpkg",), b"SQLite format 3\x00")
SHAPEFILE = Kind("a shapefile", (".shp",), b"\x00\x00\x27\x0a")
FLATGEOBUF = Kind("FlatGeobuf", (".fgb",), b"fgb\x03fgb")
PARQUET = Kind("GeoParquet", (".parquet", ".geoparquet", ".pq"), b"PAR1")
ZIP = Kind("a zip archive", (".zip", ".shz", ".kmz"), b"PK\x03\x04")
KINDS = (GEOJSON, GEOPACKAGE, SHAPEFILE, FLATGEOBUF, PARQUET, KML, ZIP)

COMPANIONS = (".dbf", ".shx", ".prj", ".cpg")  # of a .shp, which they stand beside
_PARTS = (*COMPANIONS, ".sbn", ".sbx", ".qix", ".shp.xml")
# what others begin with, and what they are
_OTHERS = (
    (rb"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", "an archive that is not zip"),
    (rb"AC10", "a CAD drawing (DWG)"),
    (rb"\s*0\s+SECTION", "a CAD drawing (DXF)"),
    (rb"%PDF", "a PDF"),
    (rb"\x89PNG|\xff\xd8\xff|II\*\x00|MM\x00\*", "a picture"),
    (rb"!table", "a table of MapInfo"),
    (rb"(?i)<!doctype html|<html", "a web page: a download that failed may be one"),
    (rb"<OGRVRT", "a catalogue of other files"),
    (rb"<qgis|<!DOCTYPE qgis", "a project of QGIS"),
    (rb"<gpx", "a track of GPS"),
    (rb"<osm", "a map of OpenStreetMap"),
    (rb"<\w+:FeatureCollection", "GML"),
    (rb"<", "XML, but not KML"),
)


def by_content(path: Path) -> Kind | None:
    """The kind that the first bytes tell, or None."""
    head = _head(path)
    for kind in KINDS:
        if kind.begins and head.startswith(kind.begins):
            return None if kind is ZIP and _is_office(path) else kind
    text = head.replace(b"\x00", b"").lstrip(_BLANK)
    if text[:1] in (b"{", b"["):
        return GEOJSON
    if re.match(rb"<", text) and re.search(rb"<(\w+:)?kml\b", text):
        return KML
    return None


def by_ending(name: str) -> Kind | None:
    """The kind that the name of a file tells, or None."""
    return next((k for k in KINDS if name.lower().endswith(k.endings)), None)


def else_told(path: Path) -> str:
    """What a file is that is of no kind that can be read, or ""."""
    if not path.stat().st_size:
        return "it is empty"
    head = _head(path)
    if head.startswith(ZIP.begins):
        return "it is a table or text of Office"
    text = head.replace(b"\x00", b"").lstrip(_BLANK)
    found = (
        told
        for begins, told in _OTHERS
        if re.match(begins, head) or re.match(begins, text)
    )
    return next((f"it is {told}" for told in found), "")


def part_of(path: Path) -> str:
    """The .shp that a file is a part of by its ending, or ""."""
    end = next((end for end in _PARTS if path.name.lower().endswith(end)), "")
    return path.name[: -len(end)] + ".shp" if end else ""


def endings() -> Iterator[str]:
    """Every ending that is known, in the order of the kinds."""
    for kind in KINDS:
        yield from kind.endings


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _is_office(path: Path) -> bool:
    try:
        with ZipFile(path) as archive:
            inner = archive.namelist()
    except (BadZipFile, NotImplementedError):
        return False
    return "[Content_Types].xml" in inner or "mimetype" in inner
