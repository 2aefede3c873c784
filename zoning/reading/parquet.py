"""GeoParquet, by the package pyarrow, which only such files need.

It is handed an open file, never a name: by a name it would fetch addresses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyproj
import shapely

from zoning.errors import InputError
from zoning.reading.earth import WGS84
from zoning.reading.kinds import PARQUET
from zoning.reading.local import File
from zoning.reading.ogr import refuse_deep
from zoning.text.issues import Issues

MOST_ROWS, MOST_BYTES = 20_000_000, 8 * 2**30
_SHAPES = ("geometry", "geom", "wkb_geometry", "shape", "the_geom")
_CRS84 = "OGC:CRS84"  # what the format takes where it names none
_EXACT = {"integer_object_nulls": True}  # whole numbers with gaps stay whole
_SAVE = "Save it again as GeoParquet or GeoPackage."


def read_parquet(file: File, log: Issues) -> tuple[Any, bool]:
    """Table of a file, and whether its coordinate system is only the format's default.

    Raises
    ------
    InputError
        It is none, needs a package, holds no shapes, or too much.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    file.require(PARQUET.begins, "GeoParquet file")
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        msg = (
            f"{file} is GeoParquet, for which the package pyarrow must be there. "
            "Install it by: pip install 'zoning[parquet]'. Or save the file as "
            "GeoPackage."
        )
        raise InputError(msg) from error
    with file.path.open("rb") as stream:
        whole = ParquetFile(stream)
        _require_small(whole.metadata, file)
        told = _told(whole.metadata.metadata or {}, file)
        if told is None:
            frame = _without_word(whole.read().to_pandas(**_EXACT), file, log)
        else:
            stream.seek(0)
            frame = _as_told(stream, file)
    frame = _plain(frame, file, log)
    refuse_deep(frame, file)
    silent = told is not None and "crs" not in told
    crs = frame.crs
    if crs is not None and (silent or crs == pyproj.CRS(_CRS84)):
        frame = frame.set_crs(WGS84, allow_override=True)
    return frame, silent


def _require_small(metadata: Any, file: File) -> None:
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    size = sum(group.total_byte_size for group in groups)
    if metadata.num_rows > MOST_ROWS or size > MOST_BYTES:
        msg = (
            f"{file} holds {metadata.num_rows:,} rows of {size / 2**20:,.0f} MB; at "
            f"most {MOST_ROWS:,} and {MOST_BYTES / 2**20:,.0f} MB are read. Cut out "
            "what is planned."
        )
        raise InputError(msg)


def _told(metadata: Mapping[bytes, bytes], file: File) -> Mapping[str, Any] | None:
    """What the file says of its column of shapes; None where it says nothing."""
    if b"geo" not in metadata:
        return None
    try:
        geo = json.loads(metadata[b"geo"])
        told = geo["columns"][geo["primary_column"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        told = None
    if isinstance(told, dict):
        return told
    msg = f"{file} is Parquet that does not say which column holds its shapes. {_SAVE}"
    raise InputError(msg)


def _as_told(stream: Any, file: File) -> Any:
    try:
        return geopandas.read_parquet(stream, to_pandas_kwargs=_EXACT)
    except (TypeError, AttributeError, KeyError) as error:
        msg = f"{file} says of its shapes what cannot be understood ({error}). {_SAVE}"
        raise InputError(msg) from error


def _without_word(frame: Any, file: File, log: Issues) -> Any:
    """The table of a file that does not say where its shapes are."""
    names = {str(name).lower(): name for name in frame.columns}
    found = next((names[name] for name in _SHAPES if name in names), None)
    if found is None:
        msg = (
            f"{file} is Parquet without shapes: none of its columns is called "
            f"{', '.join(_SHAPES)}. {_SAVE}"
        )
        raise InputError(msg)
    try:
        shapes = shapely.from_wkb(frame[found].to_numpy(dtype=object))
    except (TypeError, shapely.errors.ShapelyError) as error:
        msg = f"{file}: column {found!r} holds no shapes (WKB). {_SAVE}"
        raise InputError(msg) from error
    log.notes.append(
        f"{file} does not say which column holds its shapes; {found} was taken."
    )
    shaped = frame.drop(columns=found).assign(**{str(found): shapes})
    return geopandas.GeoDataFrame(shaped, geometry=str(found))


def _plain(frame: Any, file: File, log: Issues) -> Any:
    """The table with values as other kinds of files have them."""
    shapes = frame.geometry.name
    kept, left = {}, []
    for name in frame.columns:
        column = frame[name]
        first = column.dropna().head(1).tolist()
        if name != shapes and first and _is_no_value(first[0]):
            left.append(str(name))
        elif isinstance(column.dtype, pd.CategoricalDtype):
            kept[name] = column.astype(object)
        elif first and isinstance(first[0], Decimal):
            kept[name] = column.astype(float)
        elif first and isinstance(first[0], np.ndarray):
            lists = [
                one.tolist() if isinstance(one, np.ndarray) else one for one in column
            ]
            kept[name] = pd.Series(lists, index=column.index, dtype=object)
    if left:
        log.notes.append(
            f"{file}: columns {', '.join(left)} hold boxes, bytes or further shapes; "
            "these were left out."
        )
    return frame.drop(columns=left).assign(**kept)


def _is_no_value(value: Any) -> bool:
    """A box around a shape, a second shape, or bytes."""
    box = isinstance(value, dict) and {"xmin", "ymin", "xmax", "ymax"} <= {*value}
    return box or isinstance(value, bytes | shapely.Geometry)
