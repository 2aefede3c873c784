"""Put files into a folder: all of them, or none."""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoning.errors import InputError

# What a spreadsheet would reckon out instead of showing it; -5 and a lone - are shown.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,]*$)")


def put(
    folder: str | Path, names: Sequence[str], build: Callable[[Path], None]
) -> None:
    """Build files in a space of their own, then put them in place.

    Files of these names are replaced, and removed where they were not built; nothing
    else in the folder is touched. If anything fails, all stays as it was.

    Parameters
    ----------
    folder
        Made if it is not there.
    names
        Names of the files in the order in which they are put in place.
    build
        Writes them into the folder it is given.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    target = Path(folder)
    made = not target.exists()
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target, prefix=".zoning-") as space:
            fresh = Path(space) / "new"
            fresh.mkdir()
            build(fresh)
            _put_in_place(fresh, target, Path(space) / "old", names)
    except OSError as error:
        if made:
            shutil.rmtree(target, ignore_errors=True)
        raise InputError(_cannot_write(target, error)) from error


def require_writable(folder: str | Path) -> None:
    """Refuse a folder that cannot be written to, before any work is done.

    Raises
    ------
    InputError
        It cannot; the message says why.
    """
    target = Path(folder)
    first = next((p for p in (target, *target.parents) if p.exists()), Path("."))
    try:
        if not first.is_dir():
            raise NotADirectoryError(20, "not a folder", str(first))
        with tempfile.TemporaryDirectory(dir=first, prefix=".zoning-"):
            pass
    except OSError as error:
        raise InputError(_cannot_write(target, error)) from error


def write_csv(
    path: Path, rows: Sequence[Mapping[str, Any]], heads: Sequence[str] = ()
) -> None:
    """A table that spreadsheets open with every script: UTF-8 with a mark.

    Parameters
    ----------
    heads
        The columns; those of the first row if not given.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(heads or rows[0]))
        writer.writeheader()
        writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        numbers = all(isinstance(item, int) for item in value)
        value = (" " if numbers else "; ").join(map(str, value))
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return "" if value is None else value


def _cannot_write(target: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    name = f" ({Path(error.filename).name})" if error.filename else ""
    return (
        f"Nothing can be written to {target}: {reason}{name}. Close files that are "
        "open there, or choose another folder."
    )


def _put_in_place(fresh: Path, target: Path, old: Path, names: Sequence[str]) -> None:
    """Replace file by file; put everything back if one cannot be."""
    old.mkdir()
    done: list[str] = []
    try:
        for name in names:
            if (target / name).exists():
                (target / name).replace(old / name)
            done.append(name)
            if (fresh / name).exists():
                (fresh / name).replace(target / name)
    except OSError:
        for name in reversed(done):
            if (old / name).exists():
                (old / name).replace(target / name)
            else:
                (target / name).unlink(missing_ok=True)
        raise
