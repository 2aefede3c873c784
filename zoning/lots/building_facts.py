"""Facts of buildings that lots ask for: year built, company, end of its contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.lots.rules import BUILT, CONTRACT_END, CURRENT_COMPANY
from zoning.region import Region
from zoning.revenue import Income
from zoning.text.lists import first_few

Ints = NDArray[np.int64]

NEVER = 0  # ordinal of no day at all: nothing was built, no contract ends


@dataclass(frozen=True, eq=False)
class BuildingFacts:
    """The buildings of a region, in the order of its `building_ids`.

    Raises
    ------
    InputError
        A property is asked for whose column holds what is neither a year nor a day.
    """

    region: Region

    @cached_property
    def area(self) -> Ints:
        """Floor area of each, whole m²."""
        return np.asarray(np.rint(Income(self.region).area), np.int64)

    @cached_property
    def built(self) -> Ints:
        """Year each was built; 0 where not known."""
        return self._read(BUILT, _year_built, "a year such as 1985")

    @cached_property
    def contract_end(self) -> Ints:
        """Last day of each contract as a proleptic ordinal; 0 without a contract."""
        return self._read(CONTRACT_END, _last_day, "a day such as 2026-06-30 or a year")

    @cached_property
    def current_company(self) -> tuple[str | None, ...]:
        """Company that serves each today, or None."""
        given = self.region.columns.get(CURRENT_COMPANY, ())
        if not given:
            return (None,) * len(self.region.building_ids)
        return tuple(None if _empty(value) else str(value).strip() for value in given)

    def _read(self, name: str, read: Callable[[Any], int], wanted: str) -> Ints:
        ids = self.region.building_ids
        given = self.region.columns.get(name)
        if given is None:
            return np.zeros(len(ids), np.int64)
        values, faults = np.zeros(len(ids), np.int64), []
        for i, value in enumerate(given):
            if _empty(value):
                continue
            try:
                values[i] = read(value)
            except (ValueError, TypeError, OverflowError):
                faults.append(f"{ids[i]} has {value!r}")
        if faults:
            msg = (
                f"Column {name!r} must hold {wanted}, or nothing; "
                f"{first_few(faults, mark='; ')}. Correct or empty these."
            )
            raise InputError(msg)
        return values


def _empty(value: Any) -> bool:
    """Nothing was given: None, an empty word, or what pandas puts for missing."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    return bool(value != value)  # NaN and NaT alone differ from themselves


def _year(value: Any) -> int:
    if isinstance(value, date):
        return value.year
    number = float(value)
    if number != int(number) or not 1000 <= number <= 9999:
        raise ValueError
    return int(number)


def _year_built(value: Any) -> int:
    """A year, or that of a day."""
    try:
        return _year(value)
    except ValueError:
        return date.fromisoformat(str(value).strip()[:10]).year


def _last_day(value: Any) -> int:
    """A year counts to its end."""
    if isinstance(value, datetime):
        return value.date().toordinal()
    if isinstance(value, date):
        return value.toordinal()
    try:
        year = _year(value)
    except ValueError:
        return date.fromisoformat(str(value).strip()[:10]).toordinal()
    return date(year, 12, 31).toordinal()
