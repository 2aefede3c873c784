"""What the values of a plan.json must be, told before anything is made of them."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from zoning.costs import FIGURES
from zoning.result import Status
from zoning.text.amounts import MOST_AMOUNT, is_number

LARGEST = MOST_AMOUNT
MOST = 2**63 - 1  # what counts can hold at all
LARGEST_FIGURE = 10**9  # of the cost model; more is a slip of the pen
LEAST_CAPACITY = 1e-6  # less is a slip of the pen too
LARGEST_LOT = 1_000  # zones
STATUSES = (str(Status.OPTIMAL), str(Status.FEASIBLE))


class Field(NamedTuple):
    """A key, what its value must be in words, and whether a value is so.

    A * in the path stands for every entry of a list or table.
    """

    path: str
    wanted: str
    fits: Callable[[Any], bool]


def _whole(path: str, low: int, high: int) -> Field:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and is_number(value, low, high)

    return Field(path, f"a whole number from {low:,} to {high:,}", fits)


def _number(path: str, low: float, high: float) -> Field:
    told = f"a number from {low:,} to {high:,}"
    return Field(path, told, lambda value: is_number(value, low, high))


def _text(path: str) -> Field:
    return Field(path, "a text", lambda value: isinstance(value, str))


def _name(path: str) -> Field:
    def fits(value: Any) -> bool:
        return isinstance(value, str) or is_number(value, -MOST, MOST)

    return Field(path, "a text or a number", fits)


def _texts(path: str) -> Field:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)

    return Field(path, "a list of texts", fits)


def _positions(path: str) -> Field:
    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(type(one) is int for one in value)

    return Field(path, "a list of whole numbers", fits)


def _table(path: str) -> Field:
    return Field(path, "a table of keys", lambda value: isinstance(value, dict))


def _list(path: str) -> Field:
    return Field(path, "a list", lambda value: isinstance(value, list))


def _status(path: str) -> Field:
    return Field(path, " or ".join(STATUSES), lambda value: value in STATUSES)


def _or_null(field: Field) -> Field:
    def fits(value: Any) -> bool:
        return value is None or field.fits(value)

    return Field(field.path, f"{field.wanted}, or null", fits)


# The outer before the inner: what is no table has no keys to look into.
FIELDS = (
    _table("input"),
    _texts("input.files"),
    _or_null(_text("input.sha256")),
    _or_null(_text("input.unit_column")),
    _or_null(_text("input.id_column")),
    _or_null(_text("input.crs")),
    _list("cut_by"),
    _texts("cut_by.*.*"),
    _table("before_rules"),
    *(_positions(f"before_rules.{key}.*") for key in ("edges", "bridges", "cut_edges")),
    _texts("before_rules.cut_by.*.*"),
    _table("parameters"),
    _whole("parameters.num_zones", 1, LARGEST),
    _or_null(_number("parameters.tolerance", 0, 1)),
    _or_null(_whole("parameters.fair_share", 0, LARGEST)),
    _table("parameters.bands"),
    _table("parameters.bands.*"),
    *(_whole(f"parameters.bands.*.{end}", 0, MOST) for end in ("low", "high")),
    _texts("parameters.sums"),
    _whole("parameters.lot_size", 1, LARGEST_LOT),
    _whole("parameters.lot_count", 0, LARGEST),
    _or_null(_number("parameters.lot_tolerance", 0, 1)),
    _or_null(_number("parameters.gap_limit", 0, LARGEST)),
    _table("parameters.costs"),
    *(_number(f"parameters.costs.{name}", 0, LARGEST_FIGURE) for name in FIGURES),
    _list("parameters.resources"),
    _table("parameters.resources.*"),
    _text("parameters.resources.*.name"),
    _number("parameters.resources.*.capacity", LEAST_CAPACITY, LARGEST),
    _number("parameters.resources.*.wage", 0, LARGEST_FIGURE),
    _number("parameters.resources.*.other", 0, LARGEST_FIGURE),
    _number("parameters.resources.*.minimum", 0, LARGEST_FIGURE),
    _list("parameters.rules"),
    _table("parameters.rules.*"),
    _status("status"),
    _whole("bound", 0, LARGEST),
    _number("gap", 0, 1),
    _number("seconds", 0, LARGEST),
    _text("reason"),
    _list("units"),
    _table("units.*"),
    _text("units.*.name"),
    _texts("units.*.buildings"),
    *(_number(f"units.*.{axis}", -LARGEST, LARGEST) for axis in "xy"),
    *(_whole(f"units.*.{key}", 0, LARGEST) for key in ("area", "load", "direct")),
    *(_positions(f"{key}.*") for key in ("edges", "bridges", "cut_edges")),
    _table("columns"),
    _list("columns.*"),
    _list("zones"),
    _table("zones.*"),
    _whole("zones.*.id", -MOST, MOST),
    _name("zones.*.name"),
    _positions("zones.*.units"),
    _table("travel"),
    _or_null(_table("lots")),
    _table("digests"),
    _list("lots.lots"),
    _table("lots.lots.*"),
    _whole("lots.lots.*.id", -MOST, MOST),
    _positions("lots.lots.*.zones"),
)
_CHOSEN = (
    _status("lots.status"),
    _whole("lots.bound", 0, LARGEST),
    _number("lots.gap", 0, 1),
    _text("lots.reason"),
)


def wrong_fields(table: Mapping[str, Any]) -> list[str]:
    """Every value that is not what its key asks for, in words; missing keys are not.

    Examples
    --------
    >>> wrong_fields({"status": "abc"})
    ["status is 'abc'; it must be optimal or feasible."]
    """
    lots = table.get("lots")
    fields = FIELDS
    if isinstance(lots, dict) and lots.get("lots") and lots.get("cost"):
        fields += _CHOSEN
    return [
        f"{path} is {reprlib.repr(value)}; it must be {field.wanted}."
        for field in fields
        for path, value in _values(table, field.path.split("."))
        if not field.fits(value)
    ]


def _values(
    value: Any, keys: Sequence[str], path: str = ""
) -> Iterator[tuple[str, Any]]:
    """What stands at a path, and where; nothing where a key is missing on the way."""
    if not keys:
        yield path, value
    elif keys[0] == "*" and isinstance(value, list):
        for at, one in enumerate(value):
            yield from _values(one, keys[1:], f"{path}[{at}]")
    elif isinstance(value, dict):
        for key in value if keys[0] == "*" else {keys[0]} & value.keys():
            yield from _values(value[key], keys[1:], f"{path}.{key}".lstrip("."))
