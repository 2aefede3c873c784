"""GeoPackages and FlatGeobuf, opened only where their first bytes are theirs.

A GeoPackage is a database besides, whose tables and views could run functions that
reach other files or the network; such are refused.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

from zoning.errors import InputError
from zoning.reading.choosing import Layer, likeliest, require_known
from zoning.reading.kinds import FLATGEOBUF, GEOPACKAGE
from zoning.reading.local import File
from zoning.reading.ogr import frame_of, layers_of
from zoning.text.issues import Issues
from zoning.text.lists import first_few

# modules of tables that are kept within the file: indexes
_OWN = ("rtree", "fts3", "fts4", "fts5")
_MODULE = re.compile(r"\busing\s*[\"'`\[]?(\w+)")
# functions of OGR that open something else
_REACHES = re.compile(r"\b(ogr_(geocode|datasource|layer)\w*|gdal_\w+|load_extension)")


def read_geopackage(file: File, named: str, what: str, log: Issues) -> Any:
    """One layer of a GeoPackage: the one named, or else the likeliest.

    Raises
    ------
    InputError
        It is none, reaches other files, or has no layer of that name.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    layers = layers_of_geopackage(file)
    if named and layers:
        require_known(named, (layer.name for layer in layers), file)
    elif layers:
        named = likeliest(layers, what, file, log).name
    chosen = {"layer": named} if named else {}
    return frame_of(str(file.path.resolve()), file, log, **chosen)


def layers_of_geopackage(file: File) -> list[Layer]:
    """What its layers are; its tables if none has shapes.

    Raises
    ------
    InputError
        It is none, or reaches other files.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    file.require(GEOPACKAGE.begins, "GeoPackage")
    _refuse_reaching(file)
    return layers_of(file.path)


def read_flatgeobuf(file: File, log: Issues) -> Any:
    """The layer of a FlatGeobuf file.

    Raises
    ------
    InputError
        It is none.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    file.require(FLATGEOBUF.begins, "FlatGeobuf file")
    return frame_of(str(file.path.resolve()), file, log)


def _refuse_reaching(file: File) -> None:
    """Refuse a database with tables or views that reach beyond the file."""
    made = _schema(file.path)
    reaching = sorted(
        str(name)
        for name, kind, page, sql in made
        if _REACHES.search(sql) or (kind == "table" and not page and not _is_index(sql))
    )
    if reaching:
        msg = (
            f"{file} has tables that are made of other files or addresses "
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
