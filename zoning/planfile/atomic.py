"""Put files into a folder: all of them, or none."""

from __future__ import annotations

import csv
import os
import re
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

from zoning.errors import InputError
from zoning.stopping import held

NEW, OLD = "new", "old"  # folders in the space where files are built

Paper = tuple[str, Callable[[Path], object]]  # the name of a file, and what writes it

# What a spreadsheet would reckon out instead of showing it; -5 and a lone - are shown.
_FORMULA = re.compile(r"[=@]|[+-](?![\d.,]*$)")


def atomic_write(
    folder: str | Path, names: Sequence[str], build: Callable[[Path], None]
) -> None:
    """Build files in a space of their own, then put them in place.

    Files of these names are replaced, and removed where they were not built; nothing
    else in the folder is touched. If anything fails, all stays as it was. Ctrl-C, and
    other signals to end, act when the files are in place.

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
        The folder cannot be written to.
    """
    target = Path(folder)
    with held():
        made = _first_missing(target)
        try:
            target.mkdir(parents=True, exist_ok=True)
            space = Path(tempfile.mkdtemp(dir=target, prefix=".zoning-"))
            try:
                (space / NEW).mkdir()
                build(space / NEW)
                _put_in_place(space, target, names)
            finally:
                shutil.rmtree(space, ignore_errors=True)
        except BaseException as error:
            if made is not None:
                shutil.rmtree(made, ignore_errors=True)
            if isinstance(error, OSError):
                raise InputError(_cannot_write(target, error)) from error
            raise


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


def require_writable(folder: str | Path) -> None:
    """Refuse a folder that cannot be written to, before any work is done.

    Raises
    ------
    InputError
        It cannot; the message says why.
    """
    if not str(folder).strip() or "\0" in str(folder):
        msg = f"{str(folder)!r} is no name of a folder. Give one, such as 'plan'."
        raise InputError(msg)
    target = Path(folder)
    try:
        first = next((p for p in (target, *target.parents) if p.exists()), Path("."))
        if not first.is_dir():
            raise NotADirectoryError(20, "not a folder", str(first))
        with held(), tempfile.TemporaryDirectory(dir=first, prefix=".zoning-"):
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


def _cannot_write(target: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    name = f" ({Path(error.filename).name})" if error.filename else ""
    return (
        f"Nothing can be written to {target}: {reason}{name}. Close files that are "
        "open there, or choose another folder."
    )


def _first_missing(target: Path) -> Path | None:
    """The outermost folder that has to be made for this one; None if it is there."""
    missing = [place for place in (target, *target.parents) if not place.exists()]
    return missing[-1] if missing else None


def _put_in_place(space: Path, target: Path, names: Sequence[str]) -> None:
    """Replace file by file; put everything back if one cannot be."""
    fresh, old = space / NEW, space / OLD
    built = [name for name in names if (fresh / name).exists()]
    folders = sorted({(target / name).parent for name in built})
    made = [place for place in folders if not place.exists()]
    begun: list[str] = []
    try:
        for place in made:
            place.mkdir(parents=True, exist_ok=True)
        for name in names:
            begun.append(name)
            if (target / name).exists():
                (old / name).parent.mkdir(parents=True, exist_ok=True)
                (target / name).replace(old / name)
            if name in built:
                (fresh / name).replace(target / name)
    except BaseException:
        placed = [n for n in begun if n in built and not (fresh / n).exists()]
        stuck = _put_back(old, target, begun, placed)
        for place in reversed(made):
            shutil.rmtree(place, ignore_errors=True)
        if stuck:
            raise InputError(_kept_apart(old, target, stuck)) from None
        raise


def _put_back(
    old: Path, target: Path, begun: Sequence[str], placed: Sequence[str]
) -> list[str]:
    """Undo what was begun; gives the names of what could not be put back."""
    stuck = []
    for name in reversed(begun):
        try:
            if (old / name).exists():
                (old / name).replace(target / name)
            elif name in placed:
                (target / name).unlink()
        except OSError:
            stuck.append(name)
    return stuck


def _kept_apart(old: Path, target: Path, stuck: Sequence[str]) -> str:
    """Move old files that cannot be put back to where they stay; say so."""
    aside = target / f"{old.parent.name[1:]}-{OLD}"
    old.replace(aside)
    return (
        f"{', '.join(stuck)} in {target} could neither be replaced nor put back. What "
        f"was there is in {aside}: move it back, and close files that are open."
    )
