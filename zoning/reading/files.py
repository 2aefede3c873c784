"""Tables of buildings, barriers and streets, out of files of several kinds."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import geopandas
import pandas as pd

from zoning.errors import InputError
from zoning.reading.archive import read_archive
from zoning.reading.choosing import MARK
from zoning.reading.coordinates import with_crs
from zoning.reading.earth import called, off_the_map, why_off
from zoning.reading.exact import whole_numbers
from zoning.reading.kinds import (
    FLATGEOBUF,
    GEOPACKAGE,
    KML,
    PARQUET,
    SHAPEFILE,
    ZIP,
    Kind,
    by_content,
    by_ending,
    else_told,
    endings,
    part_of,
)
from zoning.reading.local import File, local
from zoning.reading.ogr import reason
from zoning.reading.points import with_places
from zoning.reading.readers import read_as
from zoning.reading.shapefile import parts_of
from zoning.reading.sorting import sort_out
from zoning.reading.tables import TABLES, read_table
from zoning.text.issues import Issues, capital

Table: TypeAlias = str | Path | geopandas.GeoDataFrame
Tables: TypeAlias = Table | Sequence[Table]

_DRAWN = (GEOPACKAGE, SHAPEFILE, FLATGEOBUF, PARQUET, KML)  # no table is like these
_FAULTS = (OSError, RuntimeError, ValueError, LookupError, NameError, sqlite3.Error)


def load(tables: Tables, what: str, crs: Any, log: Issues) -> Any:
    """One GeoDataFrame of one or several tables, or None if one has a fault."""
    return _joined(load_each(tables, what, crs, log), what, log)


def load_layers(
    given: Mapping[str, Tables | None], crs: Any, log: Issues
) -> dict[str, Any]:
    """Buildings and what lies around them, each as one GeoDataFrame.

    Parameters
    ----------
    given
        Tables of buildings, barriers and streets, or None; among several of buildings
        may be some of the others, which are known by what they hold.
    crs
        Of tables that do not say theirs.
    log
        Takes faults and notes.

    Returns
    -------
    dict
        Buildings, and barriers and streets where there are any. None is for a table
        that has a fault.
    """
    each = {
        what: load_each(tables, what, crs, log)
        for what, tables in given.items()
        if tables is not None or what == "buildings"
    }
    several = each["buildings"]
    sound = [frame for frame in several if frame is not None]
    if len(sound) == len(several):
        names = [_called(table, "buildings") for table in _listed(given["buildings"])]
        sorted_out = sort_out(sound, names, log)
        each["buildings"] = sorted_out.pop("buildings")
        for what, more in sorted_out.items():
            if more:
                each[what] = [*each.get(what, ()), *more]
    return {what: _joined(frames, what, log) for what, frames in each.items()}


def load_each(tables: Tables | None, what: str, crs: Any, log: Issues) -> list[Any]:
    """Each of one or several tables, None for one that has a fault."""
    listed = [*_listed(tables)]
    paths = [str(table) for table in listed if isinstance(table, str | Path)]
    log.faults += [
        f"{path} is given {number} times for {what}. Give it once."
        for path, number in Counter(map(os.path.normpath, paths)).items()
        if number > 1
    ]
    return [_load_one(table, what, crs, log) for table in listed]


def _joined(loaded: Sequence[Any], what: str, log: Issues) -> Any:
    """One GeoDataFrame of all; None if there is none, or one has a fault."""
    if not loaded:
        log.faults.append(f"The list of {what} is empty. Give at least one file.")
    if not loaded or any(frame is None for frame in loaded):
        return None
    frame = stacked(loaded, what, log)
    if not len(frame):
        told = log.faults if what == "buildings" else log.notes
        told.append(f"There are no {what}: the table is empty.")
    return frame


def paths_of(*several: Tables | None) -> tuple[str, ...]:
    """Paths of the files among tables."""
    return tuple(
        str(table).partition(MARK)[0]
        for tables in several
        for table in _listed(tables)
        if isinstance(table, str | Path)
    )


def digest(paths: Sequence[str]) -> str:
    """SHA-256 over the bytes of files and their companions; "" where there are none."""
    if not paths:
        return ""
    found = hashlib.sha256()
    for path in paths:
        for part in _parts(Path(path)):
            found.update(part.read_bytes())
    return found.hexdigest()


def _parts(path: Path) -> list[Path]:
    shapefile = path.suffix.lower() == ".shp"
    return sorted(parts_of(path).values()) if shapefile else [path]


def _listed(tables: Tables | None) -> Iterator[Any]:
    if isinstance(tables, list | tuple):
        yield from tables
    elif tables is not None:
        yield tables


def _load_one(table: Table, what: str, crs: Any, log: Issues) -> Any:
    silent, name = False, _called(table, what)
    if isinstance(table, str | Path):
        frame, silent = _read_file(str(table), what, log)
        if frame is None:
            return None
    else:
        frame = table
    if type(frame) is pd.DataFrame:
        frame, silent = with_places(frame, name, log)
        if frame is None:
            return None
    if not isinstance(frame, geopandas.GeoDataFrame) or not _has_geometry(frame):
        log.faults.append(
            f"{capital(name)} has no geometry. Give {what} as a layer of points, "
            "lines or footprints."
        )
        return None
    if not frame.columns.is_unique:
        twice = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})
        log.faults.append(
            f"{capital(name)} has columns of the same name: {', '.join(twice)}. "
            "Rename them."
        )
        return None
    frame = whole_numbers(frame.reset_index(drop=frame.index.name is None))
    return with_crs(frame, name, crs, silent=silent, log=log)


def _called(table: Table, what: str) -> str:
    return str(table) if isinstance(table, str | Path) else f"the table of {what}"


def _has_geometry(frame: geopandas.GeoDataFrame) -> bool:
    return frame._geometry_column_name in frame.columns


def stacked(frames: Sequence[Any], what: str, log: Issues) -> Any:
    """Rows of all frames, in the coordinate system of the first that has one."""
    if len(frames) == 1:
        return frames[0]
    base = next((frame.crs for frame in frames if frame.crs is not None), None)
    alike = []
    for frame in frames:
        if base is not None and frame.crs is None:
            log.notes.append(
                f"Some {what} have no CRS; theirs is taken to be {called(base)} as "
                "that of the others."
            )
            frame = frame.set_crs(base)
        if base is not None and frame.crs != base:
            off = off_the_map(frame)
            if off.any():
                log.faults.append(
                    f"{off.sum():,} of the {what} in {called(frame.crs)} have "
                    f"coordinates that are impossible. {why_off(frame, off)}"
                )
            frame = frame.to_crs(base)
        if frame.geometry.name != "geometry":
            frame = frame.rename_geometry("geometry")
        alike.append(frame)
    columns = list(dict.fromkeys(c for frame in alike for c in frame.columns))
    filled = [_filled(frame) for frame in alike if len(frame)] or alike[:1]
    stacked = pd.concat(filled, ignore_index=True).reindex(columns=columns)
    return geopandas.GeoDataFrame(stacked, geometry="geometry", crs=base)


def _filled(frame: Any) -> Any:
    """The frame without empty columns: pandas no longer tells their type."""
    return frame[[c for c in frame if c == "geometry" or frame[c].notna().any()]]


def _read_file(name: str, what: str, log: Issues) -> tuple[Any, bool]:
    """Table of a file and whether its coordinate system is only the format's default.

    The table is None if the file has a fault.
    """
    path, _, layer = name.partition(MARK)
    try:
        file = local(path)
        if file.path.suffix.lower() in TABLES and by_content(file.path) not in _DRAWN:
            return read_table(file.path, layer, log), False
        kind = _kind(file, log)
        if kind == ZIP:
            return read_archive(file, layer, what, log)
        return read_as(kind, file, layer, what, log)
    except InputError as error:
        log.faults.append(str(error))
    except _FAULTS as error:
        log.faults.append(
            f"{path} cannot be read ({reason(error)}). Check the path, and that the "
            "file opens in a map program."
        )
    return None, False


def _kind(file: File, log: Issues) -> Kind:
    """What a file is by its first bytes, with a note where its ending differs.

    Raises
    ------
    InputError
        It is of no kind that can be read.
    """
    whole = part_of(file.path)
    if whole:
        msg = f"{file} is a part of a shapefile. Give the part that ends in .shp: "
        raise InputError(f"{msg}{file.path.with_name(whole)}.")
    by_name, found = by_ending(file.path.name), by_content(file.path)
    if found is not None and found != by_name:
        log.notes.append(f"{file} is {found.name} by its content, and read as such.")
    kind = found or by_name
    told = else_told(file.path)
    if kind is None or (found is None and told):
        msg = (
            f"{file} cannot be read{told and f': {told}'}; it is of no kind that can "
            f"be read ({', '.join((*endings(), *TABLES))}). Save it as GeoJSON or "
            "GeoPackage, a list of buildings as .xlsx or .csv."
        )
        raise InputError(msg)
    return kind
