"""Tables of buildings, barriers and streets, out of files of several kinds."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import geopandas
import pandas as pd

from zoning.findings import Findings, capital
from zoning.reading.coordinates import called, with_crs
from zoning.reading.exact import exact, whole_numbers

Table: TypeAlias = str | Path | geopandas.GeoDataFrame
Tables: TypeAlias = Table | Sequence[Table]

SUFFIXES = (".geojson", ".json", ".gpkg", ".shp")
_LAYER = "|layername="  # between the path of a GeoPackage and one of its layers
_COMPANIONS = (".cpg", ".dbf", ".prj", ".shp", ".shx")
_HEAD = 4_000  # bytes


def load(tables: Tables, what: str, crs: Any, log: Findings) -> Any:
    """One GeoDataFrame of one or several tables, or None if one has a fault."""
    loaded = [_load_one(table, what, crs, log) for table in _listed(tables)]
    if not loaded:
        log.faults.append(f"The list of {what} is empty. Give at least one file.")
    if not loaded or any(frame is None for frame in loaded):
        return None
    frame = _stack(loaded, what, log)
    if not len(frame):
        told = log.faults if what == "buildings" else log.notes
        told.append(f"There are no {what}: the table is empty.")
    return frame


def paths_of(*several: Tables | None) -> tuple[str, ...]:
    """Paths of the files among tables."""
    return tuple(
        str(table).partition(_LAYER)[0]
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
    if path.suffix.lower() != ".shp":
        return [path]
    siblings = path.parent.glob(f"{path.stem}.*")
    return sorted(p for p in siblings if p.suffix.lower() in _COMPANIONS)


def _listed(tables: Tables | None) -> Iterator[Any]:
    if isinstance(tables, list | tuple):
        yield from tables
    elif tables is not None:
        yield tables


def _load_one(table: Table, what: str, crs: Any, log: Findings) -> Any:
    silent = False
    if isinstance(table, str | Path):
        frame, silent = _read_file(str(table), what, log)
        name = str(table)
        if frame is None:
            return None
    else:
        frame, name = table, f"the table of {what}"
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


def _has_geometry(frame: geopandas.GeoDataFrame) -> bool:
    return frame._geometry_column_name in frame.columns


def _stack(frames: list[Any], what: str, log: Findings) -> Any:
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


def _read_file(name: str, what: str, log: Findings) -> tuple[Any, bool]:
    """Table of a file and whether its coordinate system is only the format's default.

    The table is None if the file has a fault.
    """
    path, _, layer = name.partition(_LAYER)
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        log.faults.append(
            f"{path} is of no kind that can be read ({', '.join(SUFFIXES)}). Save "
            f"{what} as GeoJSON or GeoPackage."
        )
        return None, False
    try:
        silent = suffix in (".geojson", ".json") and b'"crs"' not in _head(path)
        options = _options(path, suffix, layer, log)
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            frame = geopandas.read_file(path, on_invalid="ignore", **options)
            frame = exact(frame, path, options)
    except (OSError, RuntimeError, ValueError, LookupError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        log.faults.append(
            f"{path} cannot be read ({reason.rstrip('. ')}). Check the path, and that "
            "the file opens in a map program."
        )
        return None, False
    log.notes += dict.fromkeys(f"{path}: {w.message}" for w in heard)
    return frame, silent


def _head(path: str) -> bytes:
    """Where a GeoJSON file would name its coordinate system."""
    with Path(path).open("rb") as file:
        return file.read(_HEAD)


def _options(path: str, suffix: str, layer: str, log: Findings) -> dict[str, str]:
    """What the reader must be told: the layer, and the encoding of a shapefile."""
    if suffix == ".gpkg":
        layers = geopandas.list_layers(path).name.tolist()
        if not layer and len(layers) > 1:
            log.notes.append(
                f"{path} has layers {', '.join(layers)}; {layers[0]} was read. Choose "
                f"another by '{path}|layername=NAME'."
            )
        return {"layer": layer or layers[0]} if layers else {}
    if suffix == ".shp":
        return _encoding(Path(path), log)
    return {}


def _encoding(path: Path, log: Findings) -> dict[str, str]:
    """Guess how the text of a shapefile is encoded where no .cpg file says it."""
    sibling = {p.suffix.lower(): p for p in path.parent.glob(f"{path.stem}.*")}
    if ".cpg" in sibling or ".dbf" not in sibling:
        return {}
    content = sibling[".dbf"].read_bytes()
    start = int.from_bytes(content[8:10], "little")
    names = [content[i : i + 11] for i in range(32, start - 11, 32)]
    text = b"".join(names) + content[start:]
    if text.isascii():
        return {"encoding": "UTF-8"}
    for encoding in ("UTF-8", "GB18030"):
        if _decodes(text, encoding):
            log.notes.append(
                f"{path} does not say how its text is encoded (no .cpg file); "
                f"{encoding} fits and was used."
            )
            return {"encoding": encoding}
    log.notes.append(
        f"{path} does not say how its text is encoded (no .cpg file), and neither "
        "UTF-8 nor GB18030 fits; names may be garbled."
    )
    return {"encoding": "ISO-8859-1"}


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
