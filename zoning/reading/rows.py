"""The rows of a planner's table, as the spreadsheet counts them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

_ROWS = "rows"  # among the attributes of a table: first and last of rows without gap


def with_rows(frame: Any, rows: Sequence[int]) -> Any:
    """The table, remembering which row of its file each row is."""
    starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(rows)) if b != a + 1)]
    ends = [*(start - 1 for start in starts[1:]), len(rows) - 1]
    spans = zip(starts, ends, strict=True) if rows else ()
    frame.attrs[_ROWS] = tuple((rows[a], rows[b]) for a, b in spans)
    return frame


def rows_of(frame: Any) -> list[int]:
    """Which row of its file each row is; counted from 1 where no file tells.

    Examples
    --------
    >>> import pandas as pd
    >>> rows_of(with_rows(pd.DataFrame({"a": [1, 2, 3]}), [4, 5, 9]))
    [4, 5, 9]
    """
    spans = frame.attrs.get(_ROWS, ())
    rows = [row for first, last in spans for row in range(first, last + 1)]
    return rows if len(rows) == len(frame) else [*range(1, len(frame) + 1)]
