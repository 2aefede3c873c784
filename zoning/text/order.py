"""The order in which people list names: 2 before 10."""

from __future__ import annotations

import re


def by_name(name: object) -> tuple[tuple[int, int, str], ...]:
    """Sorts names as people do, numbers in them by size; unlike names never tie.

    Examples
    --------
    >>> sorted(["B10", "B2", "10", "2", "A"], key=by_name)
    ['2', '10', 'A', 'B2', 'B10']
    """
    parts = re.findall(r"\d+|\D+", str(name))
    return (*map(_rank, parts), (-1, 0, str(name)))  # 1 and 01


def _rank(part: str) -> tuple[int, int, str]:
    """Numbers by how long they are, then digit by digit: they may be of any length."""
    if not part.isdecimal():
        return (1, 0, part)
    digits = "".join(str(int(digit)) for digit in part).lstrip("0")
    return (0, len(digits), digits)
