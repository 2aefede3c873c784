"""Columns of the buildings that look usable and were not asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from zoning.reading.columns import column_names
from zoning.reading.facts import ALIASES, plain_header

# What columns that are no facts may be called -> how they are asked for.
_ROLES: Mapping[str, tuple[str, ...]] = {
    "--households": ("households", "户数", "总户数", "户籍数"),
    "--unit": ("compound", "compound_id", "小区", "小区名称", "小区编号", "院落"),
}


def note_unused(
    frame: Any, used: Collection[str | None], facts: Collection[str]
) -> Iterator[str]:
    """One note on columns whose headers are known and that nothing reads.

    Parameters
    ----------
    frame
        The table of buildings.
    used
        Columns that were asked for, by any option.
    facts
        Further facts that were read.
    """
    roles: dict[str, list[str]] = {}
    for column in map(str, column_names(frame)):
        if column in used or column in facts:
            continue
        header = plain_header(column)
        for role, names in _ROLES.items():
            if header.lower() in names:
                roles.setdefault(f"by {role}", []).append(column)
        for fact, names in ALIASES.items():
            if header in (fact, *names) and fact not in facts:
                roles.setdefault(f"as {fact!r}", []).append(column)
    told = [f"{', '.join(columns)} {how}" for how, columns in roles.items()]
    if told:
        yield (
            f"Columns that look usable were not asked for: {'; '.join(told)}. Facts "
            'are kept where a scenario lists them (columns = ["fee", "rate"]) or a '
            "rule names them; money needs fee, rate and parking."
        )
