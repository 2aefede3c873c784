"""Which column of the buildings is read as what: as asked, or found by its header."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from zoning.reading.headers import FOREIGN, MEASURES, columns_for, fold, measure_in
from zoning.reading.words import words_of
from zoning.text.issues import Issues, did_you_mean
from zoning.text.numerals import numerals

NONE = "none"  # instead of a column: do without
# What is looked for without being asked for, in the order it is told.
SUMS = ("area", "households")
SHAPES = ("footprint", "floors")  # of which floor area is made where it is missing
NAMES = ("id", "unit", "name", "unit_name")
FACTS = (
    *("use", "structure", "address", "street", "fee", "rate", "parking"),
    *("subdistrict", "community", "built"),
)
FOUND = (*SUMS, *NAMES, *SHAPES, *FACTS)
_NUMBERS = (*SUMS, *SHAPES)
# floor area as measured -> as it was planned, which serves until a house is measured
_PLANNED = {fold("SCJZMJ"): fold("YCJZMJ"), fold("实测建筑面积"): fold("预测建筑面积")}
_ENOUGH = 0.5  # of the cells that say something must be numbers
_SPEC = re.compile(r"(?P<header>.+)\[(?P<measure>[^\[\]]+)\]")
_LOOKED_AT = 1_000  # rows by which a column is judged


@dataclass(frozen=True)
class Choice:
    """What a column of the input is read as.

    Parameters
    ----------
    role
        What for: ``"area"``, ``"households"``, ``"unit"``, ``"id"``, ``"fee"``, ...
    header
        The column as the file has it.
    asked
        It was asked for by name; else it was found by its header.
    measure
        What its numbers are counted in, where the header or the caller says so.
    others
        Further columns that may mean the same and were not read.
    stand_in
        The column whose numbers are taken where this one has none, or 0.
    """

    role: str
    header: str
    asked: bool = False
    measure: str = ""
    others: tuple[str, ...] = ()
    stand_in: str = ""

    @property
    def factor(self) -> float:
        """Of how many of the usual measure (m², households) 1 in the column is."""
        return MEASURES.get(self.role, {}).get(self.measure, 1)

    @property
    def asked_as(self) -> str:
        """What to ask for to get the same again."""
        said = self.measure == measure_in(self.header)
        return self.header if said else f"{self.header}[{self.measure}]"


Choices = Mapping[str, Choice]


def column_names(frame: Any) -> list[str]:
    """All columns but that of shapes."""
    return [c for c in frame.columns if c != frame.geometry.name]


def choose(
    frame: Any, asked: Mapping[str, str | None], wanted: Iterable[str], log: Issues
) -> dict[str, Choice]:
    """The column of each role that has one.

    Parameters
    ----------
    frame
        The table of buildings.
    asked
        Column for a role, with its measure in square brackets where the header does
        not tell it (``"面积[万㎡]"``); ``"none"`` where it is to have none.
    wanted
        Further facts that are needed, by the name they are kept under.
    log
        Takes faults, and what was found.
    """
    wanted = [name for name in wanted if name != "area"]  # which may be made of floors
    names = dict.fromkeys((*FOUND, *wanted, *asked))
    known = [str(name) for name in column_names(frame)]
    found: dict[str, Choice] = {}
    for role in names:
        if asked.get(role) is not None:
            choice = _asked(role, str(asked[role]), known, log)
        elif role in wanted and role in known:
            choice = Choice(role, role, asked=True, measure=measure_in(role))
        else:
            choice = _found(frame, role, known, role in wanted, log)
        if choice is not None and _is_measured(choice, log):
            found[role] = choice
    return _without_repeats(found)


def choices_from(headers: Mapping[str, str]) -> tuple[Choice, ...]:
    """Choices of which is known what was asked for, as `Choice.asked_as` tells it."""
    return tuple(_choice(role, given, ()) for role, given in headers.items())


def _choice(role: str, given: str, known: Collection[str]) -> Choice:
    """A column that was asked for, and its measure where that stands behind it."""
    spec = None if given in known else _SPEC.fullmatch(given)
    if spec is None:
        return Choice(role, given, asked=True, measure=measure_in(given))
    measure = measure_in(f"({spec['measure']})") or spec["measure"]
    return Choice(role, spec["header"], asked=True, measure=measure)


def _asked(role: str, given: str, known: list[str], log: Issues) -> Choice | None:
    """The column that was asked for; what is not there is a fault."""
    choice = _choice(role, given, known)
    if choice.header in known:
        return choice
    if given != NONE:
        log.faults.append(missing_column(given, role, known))
    return None


def missing_column(column: str, role: str, known: Iterable[str]) -> str:
    """That a column is not there, and which are."""
    known = [*map(str, known)]
    return (
        f"There is no column {column!r} ({role}). {did_you_mean(column, known)}"
        f"The columns are {', '.join(known) or 'none'}."
    )


def _found(
    frame: Any, role: str, known: list[str], needed: bool, log: Issues
) -> Choice | None:
    """The first column whose header says so and that holds what it should."""
    likely = columns_for(role, known)
    header = next((name for name in likely if _fits(frame[name], role)), None)
    if header is None:
        if needed:
            log.faults.append(missing_column(role, "columns", known))
        elif role in _NUMBERS and any(frame[name].notna().any() for name in likely):
            log.notes.append(
                f"Column {likely[0]!r} is called like {role} but holds no numbers "
                "above 0; it was not read as such."
            )
        return None
    stand_in = next((x for x in likely if fold(x) == _PLANNED.get(fold(header))), "")
    others = tuple(x for x in likely if x not in (header, stand_in))
    return Choice(role, header, False, measure_in(header), others, stand_in)


def _fits(column: Any, role: str) -> bool:
    """Whether a column of such a header holds what it says."""
    words = [w for w in words_of(column.head(_LOOKED_AT)) if w is not None]
    if not words and len(column) > _LOOKED_AT:
        words = [w for w in words_of(column) if w is not None]
    if not words or role == "unit":
        return len(set(words)) > 1
    if role not in _NUMBERS:
        return True
    if pd.api.types.is_numeric_dtype(column):  # nobody counted where all have 0
        return role != "households" or bool((column != 0).any())
    number = [one is not None and one.value is not None for one in numerals(words)]
    return bool(np.mean(number) >= _ENOUGH)


def _is_measured(choice: Choice, log: Issues) -> bool:
    """Whether the numbers of a column are in a measure that is known for it."""
    known = MEASURES.get(choice.role)
    if known is None or not choice.measure or choice.measure in known:
        return True
    told = (
        f"Column {choice.header!r} ({choice.role}) is in {choice.measure}, which is no "
        "measure of that here. "
    )
    if choice.asked or choice.measure in FOREIGN:
        log.faults.append(
            f"{told}Reckon it over, or say what it is in: "
            f"'{choice.header}[{next(iter(known))}]'."
        )
    else:
        log.notes.append(f"{told}It was not read.")
    return False


def _without_repeats(found: dict[str, Choice]) -> dict[str, Choice]:
    """No name for people where it is what things are called already."""
    for name, code in (("name", "id"), ("unit_name", "unit")):
        one = found.get(name)
        if one and code in found and not one.asked and one.header == found[code].header:
            del found[name]
    return found


def told(choices: Choices) -> Iterator[str]:
    """What was found by headers, in one sentence, and what might be meant besides."""
    by_header = [one for one in choices.values() if not one.asked]
    if not by_header:
        return
    pairs = [
        (one.role if one.role == one.header else f"{one.role} = {one.header}")
        + (f" × {one.factor:,g}" if one.factor != 1 else "")
        for one in by_header
    ]
    others = [
        f"{x} ({one.role})"
        for one in by_header
        if one.role not in NAMES
        for x in one.others
    ]
    besides = f" Not read, though called alike: {', '.join(others)}." if others else ""
    yield (
        f"Columns were found by their headers: {', '.join(pairs)}.{besides} To read "
        "others name them (area, unit, ...), or write none."
    )
