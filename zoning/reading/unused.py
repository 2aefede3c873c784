"""Columns of the buildings that rules know and that were not asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from zoning.reading.headers import HEADERS, columns_for
from zoning.reading.roles import FOUND, column_names


def note_unused(frame: Any, used: Collection[str]) -> Iterator[str]:
    """One note on columns whose headers are known and that nothing reads.

    Parameters
    ----------
    frame
        The table of buildings.
    used
        Columns that are read, by header.
    """
    known = [str(name) for name in column_names(frame) if name not in used]
    asked_for = [role for role in HEADERS if role not in FOUND]
    likely = [(role, columns_for(role, known)) for role in asked_for]
    told = [f"{', '.join(columns)} as {role!r}" for role, columns in likely if columns]
    if told:
        yield (
            f"Columns that look usable were not asked for: {'; '.join(told)}. They are "
            'read where a rule names them, or by columns = ["pin"] in a scenario.'
        )
