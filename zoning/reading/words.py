"""Words of a column: trimmed, what means nothing left out, what looks alike told.

A word that means "none" is no name: whoever has it has nothing in common with others
who do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

import numpy as np
import pandas as pd

from zoning.text.issues import Issues, count, some
from zoning.text.lists import first_few
from zoning.text.words import word

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
_TOLD = 5  # words written two ways that are named


def words_of(column: Any) -> list[str | None]:
    """Values as words, None where there is none; see `zoning.text.words.word`."""
    return [
        None if is_missing(value) else word(value) or None for value in column.tolist()
    ]


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
    empty = np.array([w is not None and says_nothing(w) for w in words], bool)
    if empty.any():
        told = sorted({str(words[i]) for i in np.flatnonzero(empty).tolist()})
        log.notes.append(
            f"{count(empty)} {', '.join(told)} in column {column!r}; that was taken "
            f"to mean that there is none: {some(ids, empty)}."
        )
    return [None if no else w for w, no in zip(words, empty, strict=True)]


def note_alike(words: Sequence[str | None], column: str, log: Issues) -> None:
    """Note words that may be one written in two ways: 007 and 7, 3.0 and 3."""
    groups: dict[str, list[str]] = {}
    for one in sorted({w for w in words if w is not None}):
        groups.setdefault(_likeness(one), []).append(one)
    pairs = [" and ".join(same) for same in groups.values() if len(same) > 1]
    if pairs:
        log.notes.append(
            f"Column {column!r} has {first_few(pairs, _TOLD, '; ')}: they were kept "
            "apart. If they mean the same, write them alike."
        )


def _likeness(text: str) -> str:
    """The same for words that differ only in zeros, width of letters, or case."""
    plain = "".join(normalize("NFKC", text).casefold().split())
    if plain.isdecimal():
        return str(int(plain))
    whole, point, rest = plain.partition(".")
    if point and whole.isdecimal() and not rest.strip("0"):
        return str(int(whole))
    return plain


def check_digits(values: Any, column: str, role: str, log: Issues) -> None:
    """Log a column of codes so long that decimal numbers lost their last digits."""
    long = [v for v in values.tolist() if isinstance(v, float) and abs(v) >= EXACT]
    if long:
        log.faults.append(
            f"Column {column!r} ({role}) holds codes of more than 15 digits as decimal "
            f"numbers, such as {long[0]:.6g}, whose last digits are lost "
            f"({len(long):,} building(s)). Save the column as text."
        )
