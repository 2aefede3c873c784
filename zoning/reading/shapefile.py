"""Shapefiles, whatever parts of them there are; nothing is written beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyogrio
import pyproj

from zoning.errors import InputError
from zoning.reading.dbf import AS_BYTES, encoding_of, readable
from zoning.reading.kinds import COMPANIONS, SHAPEFILE
from zoning.reading.local import File
from zoning.reading.ogr import frame_of
from zoning.text.issues import Issues

_RESTORE = "SHAPE_RESTORE_SHX"  # OGR's option: the index is made where it is missing


def read_shapefile(file: File, log: Issues) -> Any:
    """The layer of a shapefile, its text as it was meant.

    Raises
    ------
    InputError
        It is none.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    file.require(SHAPEFILE.begins, "shapefile")
    parts = parts_of(file.path)
    if ".dbf" not in parts:
        log.notes.append(
            f"{file} has no .dbf file beside it, which holds the columns: there are "
            "shapes alone. Put it there if you have it."
        )
    if ".shx" not in parts:
        log.notes.append(
            f"{file} has no .shx file beside it; that was made again for reading."
        )
    if ".prj" in parts:
        _require_system(parts[".prj"], file)
    encoding = encoding_of(parts, file, log)
    opened_as = "UTF-8" if encoding is None else AS_BYTES
    with _complete(parts) as path:
        frame = frame_of(str(path), file, log, encoding=opened_as)
    return frame if encoding is None else readable(frame, encoding, file, log)


def parts_of(path: Path) -> dict[str, Path]:
    """The .shp and what stands beside it, by ending in small letters."""
    found = {".shp": path}
    for beside in sorted(path.parent.iterdir()):
        end = beside.suffix.lower()
        alike = beside.stem == path.stem or beside.stem == path.name
        if alike and end in COMPANIONS and beside.is_file():
            found.setdefault(end, beside)
    return found


@contextmanager
def _complete(parts: Mapping[str, Path]) -> Iterator[Path]:
    """Where OGR finds all parts: as they are, or copied where one lacks or is odd."""
    shp = parts[".shp"]
    plain = all(p == shp.with_suffix(p.suffix) for p in parts.values())
    if ".shx" in parts and plain and {p.suffix for p in parts.values()} == {*parts}:
        yield shp.resolve()
        return
    with TemporaryDirectory() as folder:
        for end, part in parts.items():
            shutil.copyfile(part, Path(folder) / f"layer{end}")
        before = pyogrio.get_gdal_config_option(_RESTORE)
        pyogrio.set_gdal_config_options({_RESTORE: True})
        try:
            yield Path(folder) / "layer.shp"
        finally:
            pyogrio.set_gdal_config_options({_RESTORE: before})


def _require_system(path: Path, file: File) -> None:
    """Refuse a shapefile whose coordinate system is damaged."""
    text = path.read_text("utf-8", "replace")
    if "[" not in text:  # of old programs, line by line
        return
    try:
        pyproj.CRS.from_wkt(text.strip())
    except pyproj.exceptions.CRSError as error:
        msg = (
            f"{Path(str(file)).with_suffix(path.suffix)} holds no coordinate system "
            "that can be understood. Restore it, or take it away and give crs=."
        )
        raise InputError(msg) from error
