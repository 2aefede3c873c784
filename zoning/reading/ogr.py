"""The one door to OGR: what it warns of is told in a planner's words.

OGR opens whatever it recognises, by any name: catalogues of other files, addresses on
the network, whole pipelines. So it is only given what was looked at before: `geojson`,
`kml`, `layers` and `shapefile` do.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.reading.choosing import PEEK, Layer
from zoning.reading.exact import exact
from zoning.text.issues import Issues, some

Bools = NDArray[np.bool_]

_DEEPEST = 50  # lists within lists that a value may be; more cannot be written again
_RING = "Non closed ring"  # told with the rows, below
# what OGR says, and what that means; the first that is found in it
_WORDS = (
    (
        re.compile("gpkg_geometry_columns"),
        "the layer holds shapes of another kind than it declares; all were read.",
    ),
    (
        re.compile("curve|linear|circular|compound|surface", re.I),
        "some shapes have true arcs; they were drawn as short straight lines.",
    ),
    (
        re.compile("measured", re.I),
        "some coordinates have measures along the line; these were left out.",
    ),
    (
        re.compile("as JSON; leaving as string"),
        "some columns hold lists or tables in a few rows; they are kept as text.",
    ),
)
_NOT_IT = re.compile("not recognized as being in a supported file format")


def frame_of(source: Any, called: object, log: Issues, **options: Any) -> Any:
    """Table of a source that was found to be what its ending says.

    Parameters
    ----------
    source
        What OGR is to open: a path or a stream of bytes.
    called
        What messages call it.
    log
        Takes notes.
    options
        Layer and encoding, as `geopandas.read_file` knows them.

    Raises
    ------
    InputError
        A column holds lists within lists that nobody could write again.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        frame = _read(source, "ignore", options)
        if _has_shapes(frame) and frame.geometry.isna().any():
            frame = _with_closed_rings(frame, source, called, log, options)
        if isinstance(source, str):
            frame = exact(frame, source, options)
    log.notes += dict.fromkeys(
        f"{called}: {_said(str(warning.message))}"
        for warning in heard
        if _RING not in str(warning.message)
    )
    refuse_deep(frame, called)
    return _without_lists_of_one(frame)


def layers_of(path: Path) -> list[Layer]:
    """What the layers of a GeoPackage are; its tables if none has shapes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # told when one of them is read
        found = geopandas.list_layers(path.resolve())
        drawn = found[found.geometry_type.notna()]
        names = (drawn if len(drawn) else found).name.astype(str).tolist()
        return [_peeked(str(path.resolve()), name) for name in names]


def _peeked(path: str, name: str) -> Layer:
    rows = pyogrio.read_info(path, layer=name, force_feature_count=True)["features"]
    first = pyogrio.read_dataframe(
        path, layer=name, max_features=PEEK, on_invalid="ignore"
    )
    return Layer.of(name, first, int(rows))


def reason(error: Exception) -> str:
    """Why OGR could not read it, without names it made up."""
    if isinstance(error, RecursionError):
        return "it holds lists within lists without end"
    if isinstance(error, NameError):  # what the reader ends in, then
        return "its coordinate system cannot be understood"
    if isinstance(error, LookupError | UnicodeError):  # from the depth of a reader
        return "it is damaged, or has nothing in it"
    told = getattr(error, "strerror", None) or str(error)
    if _NOT_IT.search(told):
        return "its content is not what its ending says"
    return re.sub(r"/vsimem/\S*?(?=['\s:;,)]|$)", "the file", told).rstrip(". ")


def _read(source: Any, on_invalid: str, options: dict[str, Any]) -> Any:
    if hasattr(source, "seek"):
        source.seek(0)
    return geopandas.read_file(
        source, engine="pyogrio", on_invalid=on_invalid, **options
    )


def _with_closed_rings(
    frame: Any, source: Any, called: object, log: Issues, options: dict[str, Any]
) -> Any:
    """The table with the outlines closed that OGR left out because they are not."""
    again = _read(source, "fix", options)
    mended: Bools = np.asarray(
        shapely.is_missing(frame.geometry.to_numpy())
        & ~shapely.is_missing(again.geometry.to_numpy())
    )
    if mended.any():
        rows = [str(number) for number in range(1, len(frame) + 1)]
        log.notes.append(
            f"{called}: outlines that do not end where they begin were closed: row(s) "
            f"{some(rows, mended)}."
        )
    return again


def _without_lists_of_one(frame: Any) -> Any:
    """OGR makes lists of all values of a column where one is a list."""
    for name in frame.columns:
        values = frame[name].tolist() if frame[name].dtype == object else []
        if any(isinstance(value, np.ndarray) for value in values):
            frame[name] = [
                value[0] if isinstance(value, np.ndarray) and len(value) == 1 else value
                for value in values
            ]
    return frame


def refuse_deep(frame: Any, called: object) -> None:
    """Refuse columns with more lists within lists than can be written again.

    Raises
    ------
    InputError
        There are such; the message tells the rows.
    """
    for name in frame.columns:
        if frame[name].dtype != object:
            continue
        deep = np.array([_depth(value, _DEEPEST) > _DEEPEST for value in frame[name]])
        if deep.any():
            rows = [str(number) for number in range(1, len(frame) + 1)]
            msg = (
                f"{called}: column {name!r} holds more than {_DEEPEST} lists within "
                f"lists in row(s) {some(rows, deep)}. Take them out of the file."
            )
            raise InputError(msg)


def _depth(value: Any, left: int) -> int:
    """How many lists lie within each other, counted up to `left` and one more."""
    if not isinstance(value, list | dict):
        return 0
    if left == 0:
        return 1
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(item, left - 1) for item in inner), default=0)


def _has_shapes(frame: Any) -> bool:
    return isinstance(frame, geopandas.GeoDataFrame)


def _said(warning: str) -> str:
    return next((told for words, told in _WORDS if words.search(warning)), warning)
