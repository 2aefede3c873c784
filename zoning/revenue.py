"""What buildings bring in: fees that are paid, and parking, without any search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.costs import MONTHS, MOST, MOST_RATE
from zoning.errors import InputError
from zoning.region import Ints, Region
from zoning.text.lists import first_few

Floats = NDArray[np.float64]
Factor = float | Floats
# columns of buildings that money comes from, and the most a value may be
COLUMNS = {"area": MOST, "fee": MOST_RATE, "rate": 1.0, "parking": MOST}


def revenue(region: Region) -> Ints:
    """What each unit brings in at the region's figures, whole yuan a year.

    Fee × collection × floor area of every building, and its parking spaces. Columns of
    the region say what is known of a building: ``fee`` (yuan/m²·month), ``rate`` (share
    of the fee that is paid), ``parking`` (spaces), ``area`` (m²). Where nothing is
    known the figures of the cost model hold, there is no parking, and buildings of a
    unit share its area equally.

    Raises
    ------
    InputError
        A fee, rate, area or number of spaces is not a number in its range.
    """
    income = Income(region)
    return income.fees() + income.parking


@dataclass(frozen=True, eq=False)
class Income:
    """What each building of a region may bring in, and each unit does."""

    region: Region

    def __post_init__(self) -> None:
        faults = [*self._faults()]
        if faults:
            raise InputError(" ".join(faults))

    def _faults(self) -> Iterator[str]:
        empty = [
            name
            for name, mine in zip(self.region.names, self.region.buildings, strict=True)
            if not mine
        ]
        if empty:
            yield f"These units have no buildings: {first_few(empty)}. Drop them."
        ids = self.region.building_ids
        for name, most in COLUMNS.items():
            values = self.region.columns.get(name, ())
            bad = [
                f"{ids[i]} has {value!r}"
                for i, value in enumerate(values)
                if not _is_usable(value, most)
            ]
            if bad:
                rule = f"from 0 to {most:,.0f}{' (0.6 is 60 %)' if most == 1 else ''}"
                yield (
                    f"Column {name!r} must hold numbers {rule}, or nothing where not "
                    f"known; {first_few(bad)}. Correct or empty them."
                )

    @cached_property
    def area(self) -> Floats:
        """Floor area of each building, m²."""
        known = self._known("area")
        gaps = np.isnan(known)
        if not gaps.any():
            return known
        spare = self.region.area - self.by_unit(np.where(gaps, 0.0, known))
        share = np.maximum(spare, 0.0) / np.maximum(self.by_unit(gaps.astype(float)), 1)
        return np.where(gaps, share[self.region.unit_of_building], known)

    @cached_property
    def fee(self) -> Floats:
        """Fee of each building, yuan/m²·month."""
        known = self._known("fee")
        return np.where(np.isnan(known), self.region.costs.fee, known)

    @cached_property
    def rate(self) -> Floats:
        """Share of the fee that each building pays."""
        known = self._known("rate")
        return np.where(np.isnan(known), self.region.costs.collection, known)

    def fees(self, *, fee: Factor = 1.0, collection: Factor = 1.0) -> Ints:
        """What each unit pays in fees, whole yuan a year.

        Parameters
        ----------
        fee, collection
            Every fee and every rate times so much; nobody pays more than all. Columns
            of several factors (n × 1) give a row each.
        """
        paid = (self.fee * fee) * np.minimum(1.0, self.rate * collection)
        return np.asarray(np.rint(self.by_unit(MONTHS * self.area * paid)), np.int64)

    @cached_property
    def parking(self) -> Ints:
        """What the parking spaces of each unit bring in, whole yuan a year."""
        costs = self.region.costs
        spaces = self.by_unit(np.nan_to_num(self._known("parking")))
        price = MONTHS * costs.parking * costs.parking_collection
        return np.asarray(np.rint(price * spaces), np.int64)

    def by_unit(self, values: Floats) -> Floats:
        """Sum over the buildings of each unit of a value per building (last axis)."""
        sizes = [len(mine) for mine in self.region.buildings]
        first = np.cumsum([0, *sizes[:-1]])
        return np.asarray(np.add.reduceat(values, first, axis=-1), np.float64)

    def _known(self, name: str) -> Floats:
        """A column as numbers; what is not known is not a number."""
        ids = self.region.building_ids
        values = self.region.columns.get(name, (None,) * len(ids))
        return np.array([_number(value) for value in values], np.float64)


def _is_usable(value: Any, most: float) -> bool:
    try:
        number = _number(value)
    except (ValueError, TypeError):
        return False
    return isnan(number) or (isfinite(number) and 0 <= number <= most)


def _number(value: Any) -> float:
    """What a cell holds; not a number where it is empty.

    Raises
    ------
    ValueError, TypeError
        It holds something else.
    """
    if isinstance(value, bool):
        raise TypeError
    if value is None or (isinstance(value, str) and not value.strip()):
        return float("nan")
    return float(value)
