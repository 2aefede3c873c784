"""What a table of a planner's file may hold, and what is made of it."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf
from typing import Any, TypeAlias

from zoning.errors import InputError
from zoning.text.amounts import MOST_AMOUNT, is_number, is_whole
from zoning.text.issues import did_you_mean
from zoning.text.json_schema import Schema, list_of, number, whole

# Takes the buildings that were read and the name of a column.
Maker: TypeAlias = Callable[[Any, str], tuple[Any, ...]]

AT_THE_TOP = (
    "legal_area",
    "max_gap",
    "columns",
    "only",
    "crs",
    "datum",
    "currency",
)  # keys in no table


@dataclass(frozen=True)
class ByColumn:
    """Rules to be made of a column of the buildings once they are read."""

    column: str
    make: Maker

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that are read."""
        return (self.column,)


@dataclass(frozen=True)
class Kind:
    """What a value of a table must be.

    Parameters
    ----------
    called
        In words: "a number".
    read
        The value as rules take it, or None where it is nothing of this kind.
    schema
        The same as a JSON Schema, for editors and other programs.
    """

    called: str
    read: Callable[[Any], Any]
    schema: Schema

    def within(self, low: float, high: float) -> Kind:
        """The same, of which the schema tells the range that `make` holds it to."""
        return replace(self, schema={**self.schema, "minimum": low, "maximum": high})


@dataclass(frozen=True)
class Form:
    """What one table may hold, and what is made of it.

    Parameters
    ----------
    make
        Takes the values by name.
    needs, may
        Keys that must and that can be there.
    by
        Makes rules of a column instead: the table then holds ``column`` alone.
    once
        The table stands in a file only once.
    """

    make: Callable[..., Any]
    needs: Mapping[str, Kind]
    may: Mapping[str, Kind] = field(default_factory=dict)
    by: Maker | None = None
    once: bool = False

    @property
    def keys(self) -> dict[str, Kind]:
        """Every key, with what its value must be."""
        column = {} if self.by is None else {"column": WORD}
        return {**self.needs, **self.may, **column}

    def read(self, table: Any, where: str, faults: list[str]) -> Any:
        """What a table asks for, or None where it has a fault."""
        told = [*self._faults(table, where)]
        faults += told
        if told:
            return None
        values = {key: self.keys[key].read(value) for key, value in table.items()}
        if self.by is not None and "column" in values:
            return ByColumn(values["column"], self.by)
        try:
            return self.make(**values)
        except InputError as error:
            faults.append(f"{where}: {error}")
            return None

    def _faults(self, table: Any, where: str) -> Iterator[str]:
        if not isinstance(table, Mapping):
            yield f"{where} must be a table; it is {reprlib.repr(table)}."
            return
        for key, value in table.items():
            if key not in self.keys:
                yield f"{where} has no key {key!r}. {self._hint(key)}"
            elif self.keys[key].read(value) is None:
                need = self.keys[key].called
                told = reprlib.repr(value)
                if is_number(value, -inf, inf) and not is_number(value):
                    told += f", and at most {MOST_AMOUNT:g} can be"
                yield f"{where}: {key} must be {need}; it is {told}."
        if self.by is not None and "column" in table:
            extra = [key for key in table if key in {*self.needs, *self.may}]
            if extra:
                yield f"{where} has column and {' and '.join(extra)}; leave one out."
        else:
            missing = [key for key in self.needs if key not in table]
            if missing:
                other = "" if self.by is None else ", or column alone"
                yield f"{where} needs {' and '.join(self.needs)}{other}."

    def _hint(self, key: str) -> str:
        if key in AT_THE_TOP:
            return f"Write {key} at the top of the file, before any table."
        return f"{did_you_mean(key, self.keys)}Its keys are {', '.join(self.keys)}."


def _number(value: Any) -> float | None:
    return value if is_number(value) else None


def _whole(value: Any) -> int | None:
    return int(value) if is_whole(value) else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _word(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _name(value: Any) -> str | None:
    """A zone or a building; what is called 3 may be written without quotes."""
    number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if number else _word(value)


def _names(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    names = [_name(one) for one in value]
    return None if None in names else tuple(name for name in names if name)


def _groups(value: Any) -> tuple[tuple[str, ...], ...] | None:
    if not isinstance(value, list):
        return None
    groups = [_names(one) for one in value]
    return None if None in groups else tuple(some for some in groups if some)


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if type(value) is date else None


_A_WORD: Schema = {"type": "string", "pattern": r"\S"}
_A_NAME: Schema = {"type": ["string", "integer"], "pattern": r"\S"}
_A_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}

NUMBER = Kind("a number", _number, number(-MOST_AMOUNT, MOST_AMOUNT))
WHOLE = Kind("a whole number", _whole, whole(-MOST_AMOUNT, MOST_AMOUNT))
FLAG = Kind("true or false", _flag, {"type": "boolean"})
WORD = Kind("a word in quotes", _word, _A_WORD)
NAME = Kind("a name in quotes", _name, _A_NAME)
DAY = Kind("a day such as 2026-07-01", _day, _A_DAY)
GROUPS = Kind(
    'a list of lists such as [["1", "2"]]', _groups, list_of(list_of(_A_NAME))
)
NAMES = Kind('a list such as ["a", "b"]', _names, list_of(_A_NAME))
