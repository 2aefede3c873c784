"""Whose a folder is: one run at a time writes to it.

A lock says so, which ends with the process, however that ends. Whoever has it first
brings to an end what a run that was cut off has left there.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock
from time import monotonic, sleep
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout

from zoning.errors import InputError
from zoning.planfile.journal import JOURNAL, clear, recover
from zoning.stopping import held

SPACE = ".zoning"  # in the folder while somebody is at work; then it goes
LOCK, WHO = "lock", "who.json"
AT_ONCE = 0.2  # seconds until a lock is taken to be another's
_TRIES = 20  # to come after a run that ends just now
MOMENT = 20.0  # seconds that files take to be put in place at most
_LOCKLESS = {
    getattr(errno, name)
    for name in ("ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP")
    if hasattr(errno, name)
}
_ROOM = "Make room there (old files, or the limit of this account)"
_REMEDIES = {
    getattr(errno, name): remedy
    for remedy, names in (
        (_ROOM, ("ENOSPC", "EDQUOT", "EFBIG")),
        ("Have its owner let you write there", ("EPERM", "EROFS")),
        ("See that you may write there, and that no file is open", ("EACCES",)),
        ("Close other programs", ("EMFILE", "ENFILE")),
        ("Give a folder", ("ENOTDIR", "EEXIST")),
    )
    for name in names
    if hasattr(errno, name)
}
alone = RLock()  # threads of this process take turns


class BusyError(InputError):
    """Another run is at work in the folder."""


@dataclass(frozen=True)
class Claim:
    """A folder that is ours to write to.

    Parameters
    ----------
    space
        Where files are built.
    note
        What there is to tell: that nothing keeps another run out, as a rule nothing.
    """

    space: Path
    note: str = ""


@contextmanager
def claimed(folder: str | Path) -> Iterator[Claim]:
    """Within this block the folder is ours; it is made if it is not there.

    Claims of one process do not get in each other's way. With the last one everything
    that is not output goes, and the folder where nothing came of it.

    Raises
    ------
    InputError
        It cannot be written to, another run is at work in it, or what a run before
        left there cannot be brought to an end.
    """
    if not str(folder).strip() or "\0" in str(folder):
        msg = f"{str(folder)!r} is no name of a folder. Give one, such as 'plan'."
        raise InputError(msg)
    taken: list[_Hold] = []
    made: list[Path] = []
    try:
        with held():
            try:
                target = Path(os.path.realpath(folder))
                made += _missing(target)
                taken.append(_take(target))
            except OSError as error:
                raise InputError(cannot_write(Path(folder), error)) from error
        yield taken[0].claim
    finally:
        with held():
            for hold in taken:
                _leave(hold)
            for place in made:
                with suppress(OSError):
                    place.rmdir()  # nothing came of it


def cannot_write(target: Path, error: OSError) -> str:
    """Why nothing can be written to a folder, and what to do."""
    reason = error.strerror or str(error)
    name = f" ({Path(error.filename).name})" if error.filename else ""
    remedy = _REMEDIES.get(error.errno or 0, "Close files that are open there")
    return (
        f"Nothing can be written to {target}: {reason}{name}. {remedy}, or choose "
        "another folder."
    )


def settle(folder: str | Path) -> None:
    """Before a folder is read: what a run that was cut off has left is put in place.

    Raises
    ------
    InputError
        It cannot be.
    """
    try:
        space = Path(os.path.realpath(folder)) / SPACE
    except (OSError, ValueError):
        return  # there is no such folder, as whoever reads will find
    begun = monotonic()
    while os.path.lexists(space):
        is_half = (space / JOURNAL).exists()
        try:
            with claimed(folder):
                return
        except BusyError:
            if not (is_half or (space / JOURNAL).exists()):
                return
            if monotonic() - begun > MOMENT:
                raise
            sleep(0.01)
        except InputError as error:
            if not is_half:
                return  # whoever only reads need not tidy
            msg = (
                f"In {folder} the last run was cut off while it put files in place: "
                "some are new, some old. Whoever may write there need only type "
                f"`zoning check {folder}`. {error}"
            )
            raise InputError(msg) from error


@dataclass(frozen=True)
class _Hold:
    claim: Claim
    lock: BaseFileLock | None  # none where the disk knows of no locks


def _take(target: Path) -> _Hold:
    """Have the folder, and what is left there of a run before put in order."""
    space = target / SPACE
    lock = _lock(space)
    with alone:
        is_first = not lock.is_locked
        for left in reversed(range(_TRIES)):
            try:
                _make(space)
                lock.acquire()
            except FileNotFoundError:
                if left:  # whoever had it has just gone, and its space as well
                    continue
                raise
            except Timeout as error:
                raise BusyError(_busy(target, _holder(space))) from error
            except (OSError, NotImplementedError) as error:
                if getattr(error, "errno", errno.ENOSYS) not in _LOCKLESS:
                    raise
                hold = _Hold(Claim(space, _unlocked(target, error)), None)
            else:
                hold = _Hold(Claim(space), lock)
            break
        try:
            if is_first:
                (space / WHO).write_text(json.dumps(_who()), "utf-8")
                recover(space, target)
        except BaseException:
            _leave(hold)
            raise
    return hold


def _lock(space: Path) -> BaseFileLock:
    """The one lock of a folder in this process, which counts who holds it."""
    return FileLock(
        space / LOCK, timeout=AT_ONCE, thread_local=False, is_singleton=True
    )


def _make(space: Path) -> None:
    """The space; whoever may write to the folder may write there as well."""
    with suppress(FileNotFoundError):  # it may go while it is looked at
        first = next(place for place in space.parents if place.exists())
        if not stat.S_ISDIR(first.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", str(first))
    if space.is_symlink():
        raise NotADirectoryError(errno.ENOTDIR, "a link, no folder", str(space))
    with suppress(FileExistsError):
        space.mkdir(parents=True)
        shutil.copymode(space.parent, space)


def _leave(hold: _Hold) -> None:
    """Let go of the folder; with the last claim its space goes."""
    lock, space = hold.lock, hold.claim.space
    with alone:
        if lock is not None and lock.lock_counter > 1:
            lock.release()
            return
        clear(space)
        is_gone = _unlink(space / WHO) and _unlink(space / LOCK)
        if lock is not None:
            lock.release()
        if not is_gone:  # some systems keep a file as long as it is open
            _unlink(space / LOCK)
        with suppress(OSError):
            space.rmdir()


def _unlink(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _who() -> dict[str, Any]:
    """What others are told of this process."""
    name, command = Path(sys.argv[0] or "python").name, sys.argv[1:2]
    return {
        "process": os.getpid(),
        "machine": platform.node(),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
        "command": " ".join([Path(name).stem.replace("__main__", "zoning"), *command]),
    }


def _holder(space: Path) -> dict[str, Any]:
    """What the run at work says of itself; nothing where it cannot be read."""
    try:
        table = json.loads((space / WHO).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _busy(target: Path, who: Mapping[str, Any]) -> str:
    told, remedy = "Another run", "Wait until it ends"
    if who:
        told += f" (`{who.get('command')}`, process {who.get('process')}"
        if who.get("machine") != platform.node():
            told += f" on {who.get('machine')}"
        told += f", since {who.get('since')})"
        remedy += f", end it (Ctrl-C where it runs, or `kill {who.get('process')}`)"
    return (
        f"{told} is at work in {target}; two would write over each other's files. "
        f"{remedy}, or give another folder. Nothing was touched."
    )


def _unlocked(target: Path, error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or "it knows of none"
    return (
        f"The disk of {target} has no locks ({reason}): see to it that no other run "
        "writes there at the same time."
    )


def _missing(target: Path) -> list[Path]:
    """Folders that have to be made for this one, innermost first."""
    return [place for place in (target, *target.parents) if not place.exists()]
