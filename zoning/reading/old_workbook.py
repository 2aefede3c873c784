"""Old workbooks (.xls, .et), read by calamine in a process of its own.

calamine is compiled code that believes what such a file says of itself: one whose table
of sectors runs in a circle takes all memory there is, and then ends the process it is
in. So that is another one, in which time and memory are bounded.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

_SECONDS, _MEMORY = 60, 2 * 2**30


class OldSheet(NamedTuple):
    """A sheet as calamine gives it; ranges are (top, left), (bottom, right) from 0."""

    number: int
    rows: list[list[Any]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]
    is_hidden: bool


class OldWorkbook(NamedTuple):
    """Names of all sheets, and those that are sheets of cells."""

    names: list[str]
    sheets: list[OldSheet]


def old_workbook(path: Path) -> OldWorkbook | None:
    """The sheets of an old workbook; None if it is locked by a password.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is damaged.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", __file__],
            input=path.read_bytes(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        msg = "it has no end"
        raise ValueError(msg) from error
    if done.returncode:
        msg = "it is damaged"
        raise ValueError(msg)
    names, sheets = pickle.loads(done.stdout)
    if names is None:
        return None
    return OldWorkbook(names, [OldSheet(*sheet) for sheet in sheets])


def _main() -> None:
    """Write names and sheets of the workbook that comes in; None for one locked."""
    with suppress(ImportError):  # on Windows
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        within = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (within, most))
    import python_calamine as calamine

    try:
        # by content: from a path it would go by the ending
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    except calamine.PasswordError:
        pickle.dump((None, []), sys.stdout.buffer)
        return
    found = []
    for at, told in enumerate(book.sheets_metadata):
        if told.typ == calamine.SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(at)
            rows = sheet.to_python(skip_empty_area=False)
            hidden = told.visible != calamine.SheetVisibleEnum.Visible
            found.append((at, rows, [*(sheet.merged_cell_ranges or ())], hidden))
    pickle.dump((book.sheet_names, found), sys.stdout.buffer)


if __name__ == "__main__":
    _main()
