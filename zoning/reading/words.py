"""Words of a column: trimmed, what means nothing left out, what looks alike told.

A word that means "none" is no name: whoever has it has nothing in common with others
who do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from unicodedata import normalize

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype, is_string_dtype

from zoning.text.issues import Issues, count, some
from zoning.text.lists import first_few
from zoning.text.words import word

T = TypeVar("T")

# What the column that identifies a building is usually called.
ID_NAMES = (
    *("id", "fid", "osm_id", "building_id", "gid", "objectid", "code"),
    *("楼栋编号", "楼号", "幢号", "编号"),
)
EXACT = 2**53  # a decimal number holds every whole number below, not all above
_NOTHING = frozenset(
    {
        *("无", "没有", "暂无", "未知", "不详", "不明", "未填", "未填写", "空", "缺"),
        *("n/a", "na", "#n/a", "nan", "null", "nil", "none", "unknown", "<na>"),
    }
)
_ONE_KIND = ("string", "integer", "date")  # of objects that differ where unequal
_TOLD = 5  # words written two ways that are named


def words_of(column: Any) -> list[str | None]:
    """Values as words, None where there is none; see `zoning.text.words.word`."""
    return each(column, lambda value: word(value) or None)


def each(column: Any, read: Callable[[Any], T]) -> list[T | None]:
    """What is read of each value of a column, None where there is no value.

    Values are read once each, however many rows have them; only where a column mixes
    kinds, and true is not told from 1, row by row.
    """
    mixed = column.dtype == object and infer_dtype(column) not in _ONE_KIND
    if mixed:
        return [None if is_missing(value) else read(value) for value in column.tolist()]
    code, distinct = pd.factorize(column)
    found = [*map(read, distinct.tolist()), None]
    return [found[at] for at in code.tolist()]


def is_missing(value: Any) -> bool:
    """No value at all; a list or table, as JSON may hold, is one."""
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))


def says_nothing(text: str) -> bool:
    """Whether a word means that there is none: 无, N/A, -, ?.

    Examples
    --------
    >>> [says_nothing(text) for text in ("无", "N/A", "—", "0", "无锡路")]
    [True, True, True, False, False]
    """
    plain = normalize("NFKC", text).strip().lower().strip("()[]<>")
    return plain in _NOTHING or not any(map(str.isalnum, plain))


def without_nothing(
    words: Sequence[str | None], column: str, ids: Sequence[str], log: Issues
) -> list[str | None]:
    """Words as they are, None for those that mean nothing; a note tells which."""
    nothing = {w for w in set(words) if w is not None and says_nothing(w)}
    empty = np.array([w in nothing for w in words], bool)
    if empty.any():
        log.notes.append(
            f"{count(empty)} {', '.join(sorted(nothing))} in column {column!r}; that "
            f"was taken to mean that there is none: {some(ids, empty)}."
        )
    return [None if no else w for w, no in zip(words, empty, strict=True)]


def note_alike(words: Sequence[str | None], column: str, log: Issues) -> None:
    """Note words that may be one written in two ways: 007 and 7, 3.0 and 3."""
    distinct = pd.Series(sorted({w for w in words if w is not None}), dtype=object)
    like = distinct.map(likeness)
    groups = distinct[like.duplicated(keep=False)].groupby(like, sort=False)
    pairs = [" and ".join(same) for _, same in groups]
    if pairs:
        log.notes.append(
            f"Column {column!r} has {first_few(pairs, _TOLD, '; ')}: they were kept "
            "apart. If they mean the same, write them alike."
        )


def likeness(text: str) -> str:
    """The same for words that differ only in zeros, width of letters, or case."""
    plain = text if text.isascii() else normalize("NFKC", text)
    plain = "".join(plain.casefold().split())
    if plain.isdecimal():
        return str(int(plain))
    whole, point, rest = plain.partition(".")
    if point and whole.isdecimal() and not rest.strip("0"):
        return str(int(whole))
    return plain


def check_digits(values: Any, column: str, role: str, log: Issues) -> None:
    """Log a column of codes so long that decimal numbers lost their last digits."""
    if is_string_dtype(values):
        return
    long = [v for v in values.tolist() if isinstance(v, float) and abs(v) >= EXACT]
    if long:
        log.faults.append(
            f"Column {column!r} ({role}) holds codes of more than 15 digits as decimal "
            f"numbers, such as {long[0]:.6g}, whose last digits are lost "
            f"({len(long):,} building(s)). Save the column as text."
        )
