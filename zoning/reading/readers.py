"""One reader for each kind of file, and what layers a file of that kind has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zoning.reading.choosing import Layer
from zoning.reading.geojson import read_geojson
from zoning.reading.kinds import (
    FLATGEOBUF,
    GEOPACKAGE,
    KML,
    PARQUET,
    SHAPEFILE,
    Kind,
    by_ending,
)
from zoning.reading.kml import layers_of_kml, read_kml
from zoning.reading.layers import (
    layers_of_geopackage,
    read_flatgeobuf,
    read_geopackage,
)
from zoning.reading.local import File
from zoning.reading.parquet import read_parquet
from zoning.reading.shapefile import read_shapefile
from zoning.text.issues import Issues

SEVERAL = (GEOPACKAGE, KML)  # kinds whose files may hold several layers


def read_as(
    kind: Kind, file: File, named: str, what: str, log: Issues
) -> tuple[Any, bool]:
    """Table of a file, and whether its coordinate system is only the format's default.

    Parameters
    ----------
    kind
        Any but archives.
    named
        Of its layers this one; "" for the likeliest to be `what`.
    """
    if kind in (GEOPACKAGE, FLATGEOBUF) and by_ending(file.path.name) != kind:
        with _under(kind.endings[0], file) as copy:
            return read_as(kind, copy, named, what, log)
    if kind == GEOPACKAGE:
        return read_geopackage(file, named, what, log), False
    if kind == KML:
        return read_kml(file, named, what, log), False
    if named and named != file.path.stem:
        log.notes.append(f"{file} has one layer alone, which was read; not {named!r}.")
    if kind == SHAPEFILE:
        return read_shapefile(file, log), False
    if kind == FLATGEOBUF:
        return read_flatgeobuf(file, log), False
    return read_parquet(file, log) if kind == PARQUET else read_geojson(file, log)


def layers_as(kind: Kind, file: File, name: str) -> list[Layer]:
    """What layers a file has; `name` is that of a file with one alone."""
    if kind == GEOPACKAGE:
        return layers_of_geopackage(file)
    if kind == KML:
        return layers_of_kml(file)
    frame, _ = read_as(kind, file, "", "", Issues())
    return [Layer.of(name, frame)]


@contextmanager
def _under(ending: str, file: File) -> Iterator[File]:
    """A copy under the ending of what it is, by which OGR goes as well."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / f"{file.path.stem}{ending}"
        shutil.copyfile(file.path, copy)
        log = file.path.with_name(f"{file.path.name}-wal")
        if log.is_file():  # of a data base that another program has open
            shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
        yield File(copy, file.called)
