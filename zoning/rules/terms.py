"""What rules ask of units in numbers: the forms that every search knows.

A rule compiles itself to these (`Rule.terms`); `zoning.rules.compiled` puts those of
all rules into one. A rule that none of them fits has none: then searches pass it over,
which leaves their bounds true, and the checker rejects what breaks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from zoning.region import Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CentersTerm:
    """Only these units may be centers."""

    units: Ints


@dataclass(frozen=True, eq=False)
class SidesTerm:
    """A unit served from a center of another side costs `price` yuan a year more."""

    side: NDArray[np.int64]
    price: int


@dataclass(frozen=True)
class WaysTerm:
    """Metres of way allowed; metres beyond which a unit costs `price` more."""

    hard: float
    soft: float
    price: int


@dataclass(frozen=True, eq=False)
class ApartTerm:
    """No two of these units share a zone."""

    units: Ints


@dataclass(frozen=True, eq=False)
class TogetherTerm:
    """These units share a zone."""

    units: Ints


@dataclass(frozen=True, eq=False)
class PinTerm:
    """These units are in the zone of this name."""

    name: str
    units: Ints


@dataclass(frozen=True, eq=False)
class LockTerm:
    """A zone that stays as it is; no bands are asked of a frozen one."""

    name: str
    units: Ints
    frozen: bool


@dataclass(frozen=True)
class ShareTerm:
    """The share of the zone of this name in times a usual zone's."""

    name: str
    factor: float


@dataclass(frozen=True, eq=False)
class SpreadTerm:
    """Lowest and highest value of each unit, and how far a zone may spread."""

    low: Floats
    high: Floats
    most: float


@dataclass(frozen=True)
class FormerTerm:
    """The name of the zone each unit was in, or None.

    `price` is yuan for a m² that changes; `most` the m² that may, or None.
    """

    names: tuple[str | None, ...]
    price: Fraction
    most: int | None


@dataclass(frozen=True, eq=False)
class SumTerm:
    """The sum of a value of units over each zone is from `low` to `high`.

    Parameters
    ----------
    name
        What is summed, for messages: "schools".
    values
        A whole number for each unit; below 0 only where there is no `high`.
    low, high
        Both ends included; None: no limit.
    """

    name: str
    values: Ints
    low: int = 0
    high: int | None = None

    @classmethod
    def one_where(cls, name: str, values: Ints, where: NDArray[np.bool_]) -> SumTerm:
        """At least 1 in each zone that holds a unit of `where`; values are >= 0.

        As one sum: where M units are of `where`, a zone with s of them and v of the
        values has ``M v - s``, which is below 0 just where s > 0 and v = 0.
        """
        many = np.asarray(where, bool)
        return cls(name, int(many.sum()) * np.asarray(values, np.int64) - many)


Term: TypeAlias = (
    CentersTerm
    | SidesTerm
    | WaysTerm
    | ApartTerm
    | TogetherTerm
    | PinTerm
    | LockTerm
    | ShareTerm
    | SpreadTerm
    | FormerTerm
    | SumTerm
)
