"""The table of buildings as it is understood: ids, numbers, facts, and in metres."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.costs import CostModel
from zoning.reading.columns import values_of
from zoning.reading.compounds import told_repeated
from zoning.reading.estimates import floor_areas, households_of
from zoning.reading.facts import Facts, facts_of
from zoning.reading.headers import FOREIGN, columns_for, measure_in
from zoning.reading.ids import ids_of
from zoning.reading.roles import NONE, SUMS, Choice, choose, told
from zoning.reading.rows import rows_of
from zoning.reading.shapes import shapes_in_metres
from zoning.reading.unused import note_unused
from zoning.reading.use import chosen
from zoning.reading.words import check_digits, words_of
from zoning.text.issues import Issues

Floats = NDArray[np.float64]

# What columns are called that hold numbers as they were reckoned.
_OWN = {"area": "floor_area_m2", "households": "households"}


@dataclass(frozen=True)
class Asked:
    """What was asked for of the columns.

    Parameters
    ----------
    roles
        Header for a role, or ``"none"``; None: to be found.
    columns
        Facts to keep.
    sums
        Further columns to sum.
    only
        Which uses are wanted; see `zoning.reading.use.chosen`.
    """

    roles: Mapping[str, str | None]
    columns: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    only: str | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """Buildings, one a row.

    Parameters
    ----------
    frame
        All columns of the input, in metres; numbers that are reckoned in columns of
        their own.
    ids
        What buildings are called.
    values
        Numbers to sum over units, by the name of the sum.
    facts
        Further facts by the name they are kept under.
    choices
        Which column was read as what.
    columns
        Columns of `frame` that hold floor area and households as they are used.
    """

    frame: Any
    ids: list[str]
    values: dict[str, Floats]
    facts: dict[str, Facts]
    choices: dict[str, Choice]
    columns: Mapping[str, str]

    @property
    def unit_column(self) -> str | None:
        """The column that names units."""
        return self.choices["unit"].header if "unit" in self.choices else None


def table_of(given: Any, asked: Asked, costs: CostModel, log: Issues) -> Table:
    """The buildings of a file as they are understood; faults go to the log.

    Parameters
    ----------
    given
        The table as it was read.
    asked
        What was asked for of its columns.
    costs
        Whose resources are counted by some of the sums.
    log
        Takes faults and notes.
    """
    wanted = (*asked.columns, *asked.sums)
    choices = choose(given, asked.roles, wanted, log)
    log.notes += told(choices)
    kept = chosen(given, choices, asked.only, log)
    rows = np.array(rows_of(given), np.int64)[kept].tolist()
    given = given if kept.all() else given[kept].reset_index(drop=True)
    ids = ids_of(given, rows, choices, log)
    if "unit" in choices:
        header = choices["unit"].header
        check_digits(given[header], header, "unit", log)
    read = values_of(given, ids, choices, asked.sums, costs, log)
    log.notes += _told_repeated(given, choices, read)
    frame = shapes_in_metres(given, ids, log)
    values = dict(read)
    faults_told = asked.roles.get("area") not in (None, NONE) or _is_refused(given)
    if "area" in choices or not faults_told:
        values["area"] = floor_areas(read.get("area"), frame, given, choices, ids, log)
    if "households" in values and "area" in values:
        values["households"] = households_of(values, choices, ids, log)
    facts = facts_of(given, ids, choices, asked.columns, values, log)
    used = {one.header for one in choices.values()}
    log.notes += note_unused(given, used)
    frame, columns = _with_own_columns(frame, choices, read, values)
    return Table(frame, ids, values, facts, choices, columns)


def _is_refused(given: Any) -> bool:
    """Whether areas are in a measure that is refused."""
    likely = columns_for("area", [str(name) for name in given.columns])
    return any(measure_in(name) in FOREIGN for name in likely[:1])


def _told_repeated(
    given: Any, choices: Mapping[str, Choice], read: Mapping[str, Floats]
) -> Iterator[str]:
    """Sums that seem to be those of whole compounds."""
    if "unit" not in choices:
        return
    compounds = words_of(given[choices["unit"].header])
    for role in SUMS:
        if role in read and role in choices:
            yield from told_repeated(compounds, read[role], choices[role].header, role)


def _with_own_columns(
    frame: Any,
    choices: Mapping[str, Choice],
    read: Mapping[str, Floats],
    values: Mapping[str, Floats],
) -> tuple[Any, dict[str, str]]:
    """The frame with numbers that are not simply those of a column, and where."""
    columns = {}
    for role, own in _OWN.items():
        if role not in values:
            continue
        simply = role in choices and choices[role].factor == 1
        if simply and np.array_equal(read[role], values[role], equal_nan=True):
            columns[role] = choices[role].header
            continue
        while own in frame.columns:
            own += "_"
        columns[role] = own
        frame = frame.assign(**{own: np.round(values[role], 6)})
    return frame, columns
