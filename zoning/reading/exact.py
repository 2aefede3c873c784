"""What readers of layers lose: digits of long codes, ids beside the properties.

A table keeps a column of whole numbers with a gap as decimals, which hold 15 digits;
building codes have 18 and more. They are read again where the file has them exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyogrio

from zoning.reading.words import EXACT, ID_NAMES


def exact(frame: Any, path: str, options: Mapping[str, str]) -> Any:
    """The table of a layer, its long codes exact.

    Parameters
    ----------
    frame
        What was read of the file.
    path, options
        The file, and how it was read.
    """
    lossy = _decimal(frame)
    if not lossy:
        return frame
    info = pyogrio.read_info(path, **options)
    kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
    whole = [name for name in lossy if str(kinds.get(name, "")).startswith("int")]
    if not whole or any('"' in name for name in (*whole, info["layer_name"])):
        return frame  # a quotation mark in a name could end it, and name another file
    asked = ", ".join(f'CAST("{name}" AS CHARACTER(40)) AS "{name}"' for name in whole)
    text = pyogrio.read_dataframe(
        path,
        sql=f'SELECT {asked} FROM "{info["layer_name"]}"',
        sql_dialect="OGRSQL",
        read_geometry=False,
    )
    if len(text) != len(frame):
        return frame
    found = {name: [_number(one) for one in text[name].tolist()] for name in whole}
    return frame.assign(**{k: _objects(v, frame.index) for k, v in found.items()})


def whole_numbers(frame: Any) -> Any:
    """The frame with long codes as Python's numbers: stacking tables loses no digit."""
    long = [
        name
        for name in frame.columns
        if pd.api.types.is_integer_dtype(frame[name])
        and (frame[name].abs() >= EXACT).any()
    ]
    return frame.astype(dict.fromkeys(long, object)) if long else frame


def _decimal(frame: Any) -> list[str]:
    """Columns of decimals so large that they may be codes."""
    return [
        name
        for name in frame.columns
        if pd.api.types.is_float_dtype(frame[name])
        and (frame[name].abs() >= EXACT).any()
    ]


def _number(text: Any) -> int | None:
    return None if pd.isna(text) or not str(text).strip() else int(text)


def as_in_json(frame: Any, features: Sequence[Mapping[str, Any]]) -> Any:
    """The table of features, its codes and ids exact, and ids beside their properties.

    A column that usually identifies buildings is preferred to those ids.
    """
    lossy = _decimal(frame)
    known = {str(name).lower() for name in frame.columns}
    nameless = not known & set(ID_NAMES)
    if not lossy and not nameless:
        return frame
    if len(features) != len(frame):
        return frame
    rows = [one.get("properties") or {} for one in features]
    more = {
        name: _objects([row.get(name) for row in rows], frame.index) for name in lossy
    }
    beside = [one.get("id") for one in features]
    if nameless and any(value is not None for value in beside):
        more["id"] = _objects(beside, frame.index)
    return frame.assign(**more)


def _objects(values: Sequence[Any], index: Any) -> Any:
    """A column that pandas makes no decimals of."""
    return pd.Series(values, index=index, dtype=object)
