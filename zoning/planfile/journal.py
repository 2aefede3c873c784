"""Put files in place so that a run that is cut off leaves all of them old, or all new.

What was built lies in a space inside the folder. A journal there, once written, says
that all is ready: from then on files are put in place, by whoever opens the folder
next if the run that wrote it is no more. Without a journal nothing has been touched,
and the space is taken away. All of it may be cut off as well, and begun again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from zoning.errors import InputError

JOURNAL, NEW, OLD = "journal.json", "new", "old"
_DRAFT = "journal.draft"


@dataclass(frozen=True)
class Journal:
    """What is to be done once all is built.

    Parameters
    ----------
    names
        Files in the order in which they are put in place; a / stands for a folder.
    built
        Those of them that were built; the others are taken away.
    """

    names: tuple[str, ...]
    built: tuple[str, ...]


def put_in_place(space: Path, target: Path, names: Sequence[str]) -> None:
    """Put what was built in `NEW` of a space in place, or leave all as it was.

    Raises
    ------
    InputError
        What was there could neither be replaced nor put back.
    OSError
        It could not be replaced; all is as it was.
    """
    fresh = space / NEW
    built = tuple(name for name in names if (fresh / name).exists())
    for path in (*_files(fresh), *_folders(fresh), space):
        _to_disk(path)
    journal = Journal(tuple(names), built)
    made = [*_missing((target / name).parent for name in built)]
    try:
        _write(space, journal)
        _finish(space, target, journal)
    except BaseException:
        stuck = _put_back(space, target, journal)
        for place in made:
            with suppress(OSError):
                place.rmdir()
        told = _kept_apart(space / OLD, target, stuck) if stuck else ""
        (space / JOURNAL).unlink(missing_ok=True)
        if told:
            raise InputError(told) from None
        raise


def recover(space: Path, target: Path) -> None:
    """Bring to an end what a run that is no more has left in a space.

    Raises
    ------
    InputError
        The journal is none of ours, or files that it names cannot be put in place.
    """
    if (space / JOURNAL).exists():
        journal = _read(space, target)
        try:
            _finish(space, target, journal)
        except OSError as error:
            raise InputError(_cannot_finish(target, error)) from error
    clear(space)


def clear(space: Path) -> None:
    """Take away what was built, unless it is still to be put in place."""
    if not (space / JOURNAL).exists():
        for name in (NEW, OLD):
            shutil.rmtree(space / name, ignore_errors=True)
        with suppress(OSError):
            (space / _DRAFT).unlink()


def _write(space: Path, journal: Journal) -> None:
    draft = space / _DRAFT
    draft.write_text(json.dumps(asdict(journal)), "utf-8")
    _to_disk(draft)
    draft.replace(space / JOURNAL)
    _to_disk(space)


def _read(space: Path, target: Path) -> Journal:
    try:
        table = json.loads((space / JOURNAL).read_text("utf-8"))
        journal = Journal(tuple(table["names"]), tuple(table["built"]))
        sound = all(_is_inside(space, target, name) for name in journal.names)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound or not {*journal.built} <= {*journal.names}:
        msg = (
            f"{space / JOURNAL} is damaged, or of another program: what the last run "
            f"into {target} left undone cannot be brought to an end. Look what is in "
            f"{space}, and take that folder away."
        )
        raise InputError(msg)
    return journal


def _is_inside(space: Path, target: Path, name: str) -> bool:
    """Whether a name is that of a file in the folder, whatever links lie in it."""
    ways = PurePosixPath(name), PureWindowsPath(name)
    if not name or any(way.anchor or ".." in way.parts for way in ways):
        return False
    return all(
        (place / name).parent.resolve().is_relative_to(root.resolve())
        for root, place in ((space, space / NEW), (space, space / OLD), (target,) * 2)
    )


def _finish(space: Path, target: Path, journal: Journal) -> None:
    """Put in place what is not there yet; the journal goes when all of it is."""
    for name in journal.names:
        _place(space, target, name, name in journal.built)
    folders = {(target / name).parent for name in journal.names}
    for folder in sorted(folders - {target}, reverse=True):
        with suppress(OSError):
            folder.rmdir()  # nothing is left in it
    for folder in (target, *sorted(folders)):
        if folder.exists():
            _to_disk(folder)
    (space / JOURNAL).unlink()
    _to_disk(space)


def _place(space: Path, target: Path, name: str, is_built: bool) -> None:
    """One file: the old one is kept in the space, should another have to go back."""
    fresh, old, there = space / NEW / name, space / OLD / name, target / name
    if is_built and fresh.exists():
        there.parent.mkdir(parents=True, exist_ok=True)
        _keep(there, old)
        fresh.replace(there)
    elif not is_built and there.exists() and not old.exists():
        old.parent.mkdir(parents=True, exist_ok=True)
        there.replace(old)


def _keep(there: Path, old: Path) -> None:
    """Have a file under another name as well, so that at no moment there is none."""
    if old.exists() or not there.exists():
        return
    old.parent.mkdir(parents=True, exist_ok=True)
    try:
        if there.is_symlink():
            there.replace(old)
        else:
            os.link(there, old)
    except OSError:  # a folder, or disks that give a file one name only
        there.replace(old)


def _put_back(space: Path, target: Path, journal: Journal) -> list[str]:
    """Undo what was begun; gives the names of what could not be put back.

    What was new goes back as well: should this be cut off, it is found there.
    """
    stuck = []
    for name in reversed(journal.names):
        fresh, old, there = space / NEW / name, space / OLD / name, target / name
        try:
            if name in journal.built and not fresh.exists():
                there.replace(fresh)
            if old.exists() and not (there.exists() and there.samefile(old)):
                there.parent.mkdir(parents=True, exist_ok=True)
                old.replace(there)
        except OSError:
            stuck.append(name)
    return stuck


def _kept_apart(old: Path, target: Path, stuck: Sequence[str]) -> str:
    """Move old files that cannot be put back to where they stay; say so."""
    several = (target / f"zoning-{OLD}{tail}" for tail in ("", *range(2, 1_000)))
    aside = next(place for place in several if not place.exists())
    old.replace(aside)
    return (
        f"{', '.join(stuck)} in {target} could neither be replaced nor put back. What "
        f"was there is in {aside}: move it back, and close files that are open."
    )


def _cannot_finish(target: Path, error: OSError) -> str:
    name = f" ({Path(error.filename).name})" if error.filename else ""
    return (
        f"The last run into {target} was cut off while it put files in place, and they "
        f"cannot be put there now: {error.strerror or error}{name}. Close files that "
        "are open there, see that you may write there, and type the command again."
    )


def _missing(folders: Iterable[Path]) -> Iterator[Path]:
    """Folders that are not there yet, innermost first."""
    found = {
        place
        for folder in folders
        for place in (folder, *folder.parents)
        if not place.exists()
    }
    return iter(sorted(found, reverse=True))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _folders(folder: Path) -> list[Path]:
    return [*(path for path in folder.rglob("*") if path.is_dir()), folder]


def _to_disk(path: Path) -> None:
    """See that a file, or the names in a folder, outlast a power cut.

    Some systems let nobody open a folder, some disks know of no such thing.
    """
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":
        return
    number = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        with suppress(OSError) if is_folder else nullcontext():
            os.fsync(number)
    finally:
        os.close(number)
