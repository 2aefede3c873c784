"""The table of buildings as it was understood, as a file of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings

import numpy as np
import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError

from zoning.errors import InputError
from zoning.planfile.atomic import atomic_write
from zoning.planfile.content import building_ids
from zoning.reading.columns import numbers_of
from zoning.reading.earth import called
from zoning.reading.headers import HEADERS
from zoning.reading.roles import Choice, choose
from zoning.reading.words import is_missing
from zoning.region import Region
from zoning.text.issues import Issues
from zoning.text.lists import first_few, so_many

SUFFIX = ".gpkg"
_BESIDE = "_before"  # behind the name of a column that would be taken for ours
_KEPT_NAMES = frozenset({"fid", "geom", "geometry"})  # of the format
# What a column of a role is called, where the most telling name is not the plainest.
_NAMES = {"use": "use"}


def require_new(path: str | Path, files: Sequence[str]) -> None:
    """Refuse a name for the table that is none, or that of an input.

    Raises
    ------
    InputError
        The message says why.
    """
    if Path(path).suffix.lower() != SUFFIX:
        msg = f"The table is written as a GeoPackage; {path} does not end in {SUFFIX}."
        raise InputError(msg)
    given = {Path(one.partition("|")[0]).resolve() for one in files}
    if Path(path).resolve() in given:
        msg = f"{path} is one of the files that are read. Give another name."
        raise InputError(msg)


def write_fixed(path: str | Path, region: Region) -> list[str]:
    """Write one row per building, with a column for each role, its shape mended.

    It is in metres, those of the input where it has any: `read` makes the same region
    of it, and no place moves by the last digit. Columns are called so that they are
    found again without an option; those of the input stand beside them, and are renamed
    where they would be found instead.

    Parameters
    ----------
    path
        A GeoPackage, replaced if it is there; never one of the input files.
    region
        As it was read from a table.

    Returns
    -------
    list of str
        What is told of it: its system, and columns that have other names in it.

    Raises
    ------
    InputError
        The name is that of an input, or the file cannot be written.
    """
    source = region.source
    require_new(path, source.files)
    if source.frame is None:
        msg = "The region was not read from a table of buildings; there is none to fix."
        raise InputError(msg)
    chosen = {one.role: one.header for one in source.choices}
    frame = source.frame.drop(columns="_unit")
    frame, renamed = _named(frame, _columns_of(region), chosen)

    def build(space: Path) -> None:
        with catch_warnings():
            filterwarnings("ignore", "'crs' was not provided")  # it is told below
            try:
                frame.to_file(
                    space / Path(path).name,
                    driver="GPKG",
                    layer="buildings",
                    engine="pyogrio",
                    FID="row",
                )
            except (DataSourceError, DataLayerError) as error:
                msg = (
                    f"{path} cannot be written: {error}. See that there is room on the "
                    "disk, or choose another folder."
                )
                raise InputError(msg) from error

    atomic_write(Path(path).parent, (Path(path).name,), build)
    told = [
        f"{path} has {so_many(len(frame), 'building')}, {_place(frame, source.crs)}."
    ]
    if renamed:
        pairs = (f"{old} is {new}" for old, new in renamed.items())
        told.append(
            f"Columns of the input have another name in {path}: {first_few(pairs)}."
        )
    return told


def _place(frame: Any, given: Any) -> str:
    """In which system: the metres that all is reckoned in, so that no place moves."""
    if frame.crs is None:
        return "in metres without a named system, as the input"
    if frame.crs == given:
        return f"in {called(frame.crs)} as the input"
    return f"in metres ({called(frame.crs)}), into which the input was projected"


def _columns_of(region: Region) -> dict[str, list[Any]]:
    """Values of each role in the order of the table, by the name of their column."""
    frame = region.source.frame
    unit_of = frame["_unit"].to_numpy()
    row = np.argsort(np.argsort(unit_of, kind="stable"))  # of `building_ids`
    ids = building_ids(region)
    known: dict[str, list[Any]] = {
        "id": ids,
        "unit": [region.names[i] for i in unit_of.tolist()],
    }
    known |= {
        role: [column[k] for k in row.tolist()]
        for role, column in region.columns.items()
    }
    header = region.source.households_column
    if header is not None:
        choice = next(
            (one for one in region.source.choices if one.header == header),
            Choice("households", header),
        )
        known["households"] = numbers_of(frame, choice, ids, Issues()).tolist()
    return {_name_of(role): values for role, values in known.items()}


def _name_of(role: str) -> str:
    return _NAMES.get(role, HEADERS.get(role, (role,))[0])


def _named(
    frame: Any, ours: Mapping[str, list[Any]], chosen: Mapping[str, str]
) -> tuple[Any, dict[str, str]]:
    """The frame with our columns first, and columns of the input with other names."""
    shape = frame.geometry.name
    given = {str(c): _writable(frame[c]) for c in frame.columns if c != shape}
    taken = {name.casefold() for name in ours} | _KEPT_NAMES
    beside: dict[str, str] = {}  # column of the input -> its name in the file
    for name in given:
        if name not in ours:
            beside[name] = _free(name, taken)
            taken.add(beside[name].casefold())
    while True:
        columns = {**ours, **{new: given[old] for old, new in beside.items()}}
        made = type(frame)(columns, geometry=frame.geometry.to_numpy(), crs=frame.crs)
        wrong = {
            one.header
            for role, one in choose(made, {}, (), Issues()).items()
            if one.header not in ours and beside.get(chosen.get(role, "")) != one.header
        }
        if not wrong:
            renamed = {old: new for old, new in beside.items() if old != new}
            return made, renamed
        for old, new in beside.items():
            if new in wrong:
                beside[old] = _free(new + _BESIDE, taken)
                taken.add(beside[old].casefold())


def _free(name: str, taken: set[str]) -> str:
    while name.casefold() in taken:
        name += _BESIDE
    return name


def _writable(column: Any) -> Any:
    """A column as the format can hold it: what is neither number nor date as text."""
    if not pd.api.types.is_object_dtype(column):
        return column.to_numpy() if column.dtype.kind in "biuf" else column.array
    return [None if is_missing(value) else str(value) for value in column.tolist()]
