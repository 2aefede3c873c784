"""What a cell means that should say yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

from zoning.errors import InputError
from zoning.text.lists import first_few

YES = frozenset({"true", "yes", "y", "是", "有", "√", "✓", "✔"})
NO = frozenset({"", "false", "no", "n", "否", "无", "没有", "×", "-", "none", "nan"})


def says_yes(value: Any) -> bool | None:
    """Whether a value means yes; None if neither yes nor no. An empty cell is no.

    Examples
    --------
    >>> [says_yes(value) for value in (True, 2, "Y", "有", 0, None, "maybe", -1)]
    [True, True, True, True, False, False, None, None]
    """
    word = "" if value is None else normalize("NFKC", str(value)).strip().lower()
    try:
        number = float(word)
    except ValueError:
        return True if word in YES else False if word in NO else None
    if number != number:
        return False
    return number > 0 if number >= 0 else None


def buildings_that_say_yes(region: Any, column: str) -> Sequence[str]:
    """Ids of the buildings whose value in a column means yes, in their order.

    Raises
    ------
    InputError
        There is no such column, or a value is neither yes nor no.
    """
    if column not in region.columns:
        have = ", ".join(region.columns) or "none"
        msg = (
            f"There is no column {column!r}; the buildings have {have}. Name it when "
            "reading, or add it to the buildings."
        )
        raise InputError(msg)
    values = dict(zip(region.building_ids, region.columns[column], strict=True))
    said = {name: says_yes(value) for name, value in values.items()}
    wrong = [f"{name} has {values[name]!r}" for name in said if said[name] is None]
    if wrong:
        msg = (
            f"Column {column!r} must say yes or no; {first_few(wrong)}. "
            "Write 1, true, yes, y, 是, 有 or 0, false, no, n, 否, 无, or nothing."
        )
        raise InputError(msg)
    return [name for name, yes in said.items() if yes]
