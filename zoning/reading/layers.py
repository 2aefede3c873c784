"""GeoPackages and shapefiles, opened only where they are what their ending says.

Either is told by its first bytes. A GeoPackage is a database besides, whose tables and
views could run functions that reach other files or the network; such are refused.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pyproj

from zoning.errors import InputError
from zoning.reading.dbf import AS_BYTES, encoding_of, readable
from zoning.reading.ogr import frame_of, layers_of
from zoning.text.issues import Issues
from zoning.text.lists import first_few

_GEOPACKAGE = b"SQLite format 3\x00"
_SHAPEFILE = b"\x00\x00\x27\x0a"
# modules of tables that are kept within the file: indexes
_OWN = ("rtree", "fts3", "fts4", "fts5")
_MODULE = re.compile(r"\busing\s*[\"'`\[]?(\w+)")
# functions of OGR that open something else
_REACHES = re.compile(r"\b(ogr_(geocode|datasource|layer)\w*|gdal_\w+|load_extension)")
_MEANING = "!;"  # in a path, OGR's library takes them for more than letters


def read_geopackage(path: Path, layer: str, log: Issues) -> Any:
    """One layer of a GeoPackage, the first if none is named.

    Raises
    ------
    InputError
        It is none, or reaches other files.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    _require(path, _GEOPACKAGE, "GeoPackage")
    _refuse_reaching(path)
    layers = layers_of(path)
    if not layer and len(layers) > 1:
        log.notes.append(
            f"{path} has layers {', '.join(layers)}; {layers[0]} was read. Choose "
            f"another by '{path}|layername=NAME'."
        )
    chosen = {"layer": layer or layers[0]} if layers else {}
    return frame_of(str(path.resolve()), path, log, **chosen)


def read_shapefile(path: Path, log: Issues) -> Any:
    """The layer of a shapefile, its text as it was meant.

    Raises
    ------
    InputError
        It is none.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    _require(path, _SHAPEFILE, "shapefile")
    encoding = encoding_of(path, log)
    opened_as = "UTF-8" if encoding is None else AS_BYTES
    _require_system(path)
    frame = frame_of(str(path.resolve()), path, log, encoding=opened_as)
    return frame if encoding is None else readable(frame, encoding, path, log)


def _require(path: Path, begins: bytes, what: str) -> None:
    with path.open("rb") as file:
        found = file.read(len(begins))
    if found != begins:
        msg = (
            f"{path} cannot be read: its content is not that of a {what}. Give it the "
            f"ending of what it is, or save it again as {what}."
        )
        raise InputError(msg)
    resolved = str(path.resolve())
    if resolved.startswith("/vsi") or set(_MEANING).intersection(resolved):
        msg = (
            f"{path} cannot be read: the path {resolved} has one of {_MEANING} in it, "
            "or begins with /vsi. Rename it."
        )
        raise InputError(msg)


def _require_system(path: Path) -> None:
    """Refuse a shapefile whose coordinate system is damaged."""
    for end in (".prj", ".PRJ"):
        beside = path.with_suffix(end)
        text = beside.read_text("utf-8", "replace") if beside.is_file() else ""
        if "[" not in text:  # of old programs, line by line
            continue
        try:
            pyproj.CRS.from_wkt(text.strip())
        except pyproj.exceptions.CRSError as error:
            msg = (
                f"{beside} holds no coordinate system that can be understood. Restore "
                "it, or take it away and give crs=."
            )
            raise InputError(msg) from error


def _refuse_reaching(path: Path) -> None:
    """Refuse a database with tables or views that reach beyond the file."""
    made = _schema(path)
    reaching = sorted(
        str(name)
        for name, kind, page, sql in made
        if _REACHES.search(sql) or (kind == "table" and not page and not _is_index(sql))
    )
    if reaching:
        msg = (
            f"{path} has tables that are made of other files or addresses "
            f"({first_few(reaching, 5)}); nothing but the file itself is read. Save "
            "its layer as a GeoPackage of its own."
        )
        raise InputError(msg)


def _schema(path: Path) -> list[tuple[str, str, int, str]]:
    """Name, kind, first page (0: none of its own) and SQL of all but triggers."""
    # a database left open by another program needs a place for its log; where there
    # is no log, none is needed to read what is there
    logs = (path.with_name(f"{path.name}-{end}") for end in ("wal", "journal"))
    logged = any(log.exists() for log in logs)
    mode = "mode=ro" if logged else "immutable=1"
    base = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)
    try:
        return base.execute(
            "select name, type, coalesce(rootpage, 0), lower(coalesce(sql, '')) "
            "from sqlite_master where type <> 'trigger'"
        ).fetchall()
    finally:
        base.close()


def _is_index(sql: str) -> bool:
    """A virtual table of a module that keeps it within the file, without tricks."""
    modules = _MODULE.findall(sql)
    return bool(modules) and set(modules) <= {*_OWN} and not re.search(r"/\*|--", sql)
