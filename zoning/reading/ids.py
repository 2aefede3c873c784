"""What buildings are called: ids of a column, or their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from zoning.reading.headers import fold
from zoning.reading.roles import Choice, Choices
from zoning.reading.words import check_digits, note_alike, words_of
from zoning.text.issues import Issues, count, some

# Headers whose words must differ; others may number the houses of each compound anew.
_UNIQUE = frozenset(
    map(fold, ("id", "fid", "osm_id", "building_id", "gid", "objectid"))
)


def ids_of(frame: Any, rows: Sequence[int], choices: Choices, log: Issues) -> list[str]:
    """One text per building.

    Numbers that begin anew in each compound are told together with it; where that does
    not tell buildings apart either, they are called by row.

    Parameters
    ----------
    frame
        The table of buildings.
    rows
        Number of the row of each in the file, from 1.
    choices
        What its columns are.
    log
        Takes faults and notes.
    """
    numbers = [str(row) for row in rows]
    choice = choices.get("id")
    if choice is None:
        first = numbers[0] if numbers else "1"
        log.notes.append(f"No id column; buildings are called by row, from {first}.")
        return numbers
    column = choice.header
    words = words_of(frame[column])
    if not choice.asked and fold(column) not in _UNIQUE and not _differ(words):
        return _other_ids(frame, numbers, choices, choice, log)
    check_digits(frame[column], column, "id", log)
    note_alike(words, column, log)
    ids = [word or f"row {n}" for word, n in zip(words, numbers, strict=True)]
    missing = np.array([word is None for word in words])
    if missing.any():
        log.faults.append(
            f"{count(missing)} no id in column {column!r}: {some(ids, missing)}. "
            "Fill them in or name another column by id=."
        )
    twice = pd.Series(ids).duplicated(keep=False).to_numpy()
    if twice.any():
        log.faults.append(
            f"{count(twice)} an id in column {column!r} that another has too: "
            f"{some(ids, twice)}. Ids must differ: take out buildings listed twice, "
            "or name another column by id=."
        )
    return ids


def _differ(words: Sequence[str | None]) -> bool:
    return None not in words and len(set(words)) == len(words)


def _other_ids(
    frame: Any, numbers: list[str], choices: Choices, choice: Choice, log: Issues
) -> list[str]:
    """Ids where the words of the likely column are not all different."""
    for column in choice.others:
        words = words_of(frame[column])
        if _differ(words):
            log.notes.append(
                f"Column {choice.header!r} does not tell buildings apart; they are "
                f"called by {column!r}."
            )
            check_digits(frame[column], column, "id", log)
            note_alike(words, column, log)
            return [str(word) for word in words]
    if "unit" in choices:
        unit = choices["unit"].header
        pairs = zip(words_of(frame[unit]), words_of(frame[choice.header]), strict=True)
        ids = [None if b is None else f"{a or ''} {b}".strip() for a, b in pairs]
        if _differ(ids):
            log.notes.append(
                f"Column {choice.header!r} numbers buildings anew in each {unit!r}; "
                "they are called by both."
            )
            return [str(name) for name in ids]
    seen = [word or "empty" for word in words_of(frame[choice.header])]
    twice = pd.Series(seen).duplicated(keep=False).to_numpy()
    alike = twice | (np.array(seen, object) == "empty")
    log.notes.append(
        f"Column {choice.header!r} does not tell buildings apart "
        f"({some(seen, alike)}); they are "
        f"called by row, from {numbers[0]}."
    )
    return numbers
