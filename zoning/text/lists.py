"""Lists in words: the first few of many things, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 10  # things named in one message, unless said otherwise


def first_few(things: Iterable[object], most: int = MOST, mark: str = ", ") -> str:
    """The first things in words, and how many more there are.

    Parameters
    ----------
    most
        So many are named.
    mark
        What stands between them.

    Examples
    --------
    >>> first_few(["a", "b", "c"], 2), first_few(range(4), 2, "; "), first_few([])
    ('a, b and 1 more', '0; 1; and 2 more', '')
    """
    every = list(things)
    words = mark.join(str(thing) for thing in every[:most])
    rest = len(every) - most
    if rest <= 0:
        return words
    return f"{words}{mark.rstrip().strip(',')} and {rest:,} more"


def so_many(count: int, what: str) -> str:
    """How many of them in words.

    Examples
    --------
    >>> so_many(1, "unit"), so_many(1_200, "unit")
    ('1 unit', '1,200 units')
    """
    return f"{count:,} {what}{'' if count == 1 else 's'}"
