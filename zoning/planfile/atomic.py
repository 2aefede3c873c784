"""Put files into a folder: all of them, or none."""

from __future__ import annotations

import csv
import os
import re
import shutil
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

from zoning.errors import InputError
from zoning.planfile.claim import alone, cannot_write, claimed
from zoning.planfile.journal import NEW, clear, put_in_place, recover
from zoning.stopping import held

Paper = tuple[str, Callable[[Path], object]]  # the name of a file, and what writes it

# What a spreadsheet would reckon out instead of showing it; -5 and a lone - are shown.
_FORMULA = re.compile(r"[=@]|[+-](?![\d.,]*$)")


def atomic_write(
    folder: str | Path, names: Sequence[str], build: Callable[[Path], None]
) -> None:
    """Build files in a space of their own, then put them in place.

    Files of these names are replaced, and removed where they were not built, as are
    folders inside of which nothing is left; nothing else in the folder is touched. If
    anything fails, all stays as it was. Ctrl-C, and other signals to end, act when the
    files are in place. Where the process is killed, or the power fails, the next that
    opens the folder (`zoning.planfile.claim.settle`) finds all old or all new.

    Parameters
    ----------
    folder
        Made if it is not there.
    names
        Names of the files in the order in which they are put in place; a / in a name
        stands for a folder inside.
    build
        Writes them into the folder it is given.

    Raises
    ------
    InputError
        The folder cannot be written to, or another run is at work in it.
    """
    with held(), alone, claimed(folder) as claim:
        space, target = claim.space, claim.space.parent
        try:
            recover(space, target)
            fresh = space / NEW
            fresh.mkdir()
            shutil.copymode(target, fresh)
            build(fresh)
            put_in_place(space, target, names)
        except OSError as error:
            raise InputError(cannot_write(Path(folder), error)) from error
        finally:
            clear(space)


def build_each(folder: Path, papers: Iterable[Paper]) -> list[str]:
    """Build papers that can be done without; tell which could not be built, and why.

    What was searched for long is not to be lost for the want of a picture.
    """
    told = []
    for name, build in papers:
        try:
            build(folder / name)
        except Exception as error:
            if os.environ.get("ZONING_DEBUG"):
                traceback.print_exc()
            (folder / name).unlink(missing_ok=True)
            told.append(f"{name} could not be made. {in_short(error)}")
    return told


def in_short(error: Exception) -> str:
    """What went wrong in one sentence: of the machine, or of this library."""
    if isinstance(error, OSError):
        return f"{error.strerror or error}."
    if isinstance(error, MemoryError):
        return "The memory of this machine is too small for it."
    return f"This is a bug ({type(error).__name__}: {error}); please report it."


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
        writer.writerow({name: _cell(name) for name in writer.fieldnames})
        writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        numbers = all(isinstance(item, int) for item in value)
        value = (" " if numbers else "; ").join(map(str, value))
    if isinstance(value, str) and _is_reckoned(value):
        return f"'{value}"
    return "" if value is None else value


def _is_reckoned(word: str) -> bool:
    """Whether a spreadsheet may take a word for a formula, wide signs included."""
    narrow = normalize("NFKC", word)
    bare = narrow.lstrip().lstrip("\u200b\u200e\u200f\u2060\ufeff\0")
    return word[:1] in ("\t", "\r") or _FORMULA.match(bare) is not None
