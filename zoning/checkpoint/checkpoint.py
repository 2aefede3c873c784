"""A folder where searches keep what they found, and find it again.

Each search has a file of its own, named by what is asked. Searches of one problem that
follow one another, as in an analysis, are counted: when all is done again, each finds
what it had found, those that had ended take no time, and the others go on.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Timer
from time import monotonic
from typing import Any

from zoning.checkpoint.digest import search_digest
from zoning.checkpoint.kept import Kept
from zoning.checkpoint.kept_file import DRAFT, TAIL, DamagedError, read_kept, write_kept
from zoning.clock import perf_counter
from zoning.errors import InputError
from zoning.problem import Problem
from zoning.stopping import held
from zoning.text.arguments import PATH, Kind

SPACE = ".run"  # in the folder of the output
COMMAND = "command.json"  # in it: what was typed
EVERY = 5.0  # seconds between two writes of a file, at least
STRANGE = "what is kept here is of other problems: nothing of it is used"
FOUND = "kept"  # what a search that goes on says first


class Checkpoint:
    """What searches found, kept in ``.run`` of a folder.

    Parameters
    ----------
    folder
        That of the output; made if it is not there.

    Raises
    ------
    InputError
        Nothing can be written there.
    """

    def __init__(self, folder: str | Path) -> None:
        out = Path(PATH.of("folder", folder))
        self.space, self._made = out / SPACE, not out.exists()
        try:
            self.space.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(_cannot_keep(self.space, error)) from error
        self.earlier = 0.0  # seconds that searches took in earlier runs
        self.notes: list[str] = []  # what could not be read, or kept
        self.goes_on = False  # some search found what it had kept
        self.stopped = False  # a signal ended one before its time
        self._asked: Counter[str] = Counter()
        self._strange = any(self.space.glob(f"*{TAIL}"))

    @property
    def kept(self) -> tuple[Kept, ...]:
        """What each search has kept, as far as it can be read; in their order."""
        paths = sorted(self.space.glob(f"*{TAIL}"), key=lambda x: x.stat().st_mtime_ns)
        found = map(self._read, paths)
        return tuple(one for one in found if one is not None)

    def remove(self) -> None:
        """Forget it all: there is nothing to go on with."""
        ours = (f"*{TAIL}", f"*{DRAFT}", COMMAND)
        for path in [path for one in ours for path in self.space.glob(one)]:
            path.unlink(missing_ok=True)
        with suppress(OSError):  # other files are in it
            self.space.rmdir()
            if self._made:
                self.space.parent.rmdir()

    def begin(self, problem: Problem, strategy: object) -> Keeper:
        """What keeps a search of this problem, and what was kept of it.

        Raises
        ------
        InputError
            A rule is of somebody's own: it may be another one the next time.
        """
        own = [rule for rule in problem.rules if rule.is_own]
        if own:
            msg = (
                f"The rule that {own[0]} is of your own, and what its code says may "
                "change from run to run, so nothing that is proved under it can be "
                "kept. Leave out checkpoint, or the rule."
            )
            raise InputError(msg)
        name = search_digest(problem, strategy)
        turn = self._asked[name]
        self._asked[name] += 1
        known = self._read(self._path(name, turn))
        if known is None and turn:
            former = self._read(self._path(name, turn - 1))
            known = None if former is None else former.begun_anew()
        is_strange = self._strange and not self.goes_on and known is None
        self._strange = False
        told = FOUND if known is not None else STRANGE if is_strange else ""
        return Keeper(self, self._path(name, turn), known, told)

    def join(self, copy: Checkpoint) -> None:
        """Know of what a worker's copy of this one has kept."""
        self._asked |= copy._asked  # the larger of both counts
        self.notes += [note for note in copy.notes if note not in self.notes]
        self.goes_on |= copy.goes_on

    def _path(self, name: str, turn: int) -> Path:
        return self.space / f"{name}-{turn}{TAIL}"

    def _read(self, path: Path) -> Kept | None:
        """What a file holds; None where there is none, or it is damaged."""
        if not path.exists():
            return None
        try:
            return read_kept(path)
        except DamagedError as error:
            if str(error) not in self.notes:
                self.notes.append(str(error))
            return None


@dataclass
class Keeper:
    """Writes what one search finds to its file, at most so often.

    Parameters
    ----------
    checkpoint
        Where it is kept.
    path
        The file.
    known
        What it held when the search began, or None.
    told
        What the search says of that; "" where there is nothing to say.
    """

    checkpoint: Checkpoint
    path: Path
    known: Kept | None
    told: str
    _latest: Kept | None = None
    _written: float = -EVERY
    _timer: Timer | None = None
    _lock: Any = field(default_factory=Lock)

    def goes_on(self) -> None:
        """The search goes on from what was known."""
        assert self.known is not None
        self.checkpoint.goes_on = True
        self.checkpoint.earlier += self.known.seconds

    def refuse(self) -> None:
        """What was known is not of this problem after all; the search begins anew."""
        self._tell(
            f"{self.path} holds a plan that breaks rules now, or costs otherwise than "
            "when it was kept. Nothing of it is used, and its search begins anew."
        )

    def __call__(self, kept: Kept) -> None:
        """Take note of what was found; it is written now, or when it is due."""
        self._latest = kept
        if self._timer is not None or not kept.says_something:
            return
        due = self._written + EVERY - monotonic()
        if due <= 0:
            self._write()
        else:
            self._timer = Timer(due, self._write)
            self._timer.daemon = True
            self._timer.start()

    def close(self, kept: Kept) -> None:
        """Write the last of it."""
        self.checkpoint.stopped |= not kept.ended
        with held():
            if self._timer is not None:
                self._timer.cancel()
            self._latest = kept
            self._write()

    def _write(self) -> None:
        """Write what is latest, if it is not there yet."""
        with held(), self._lock:
            self._timer, self._written = None, monotonic()
            kept, self._latest = self._latest, None
            if kept is None:
                return
            try:
                write_kept(self.path, kept)
            except OSError as error:
                self._tell(_cannot_keep(self.path.parent, error))

    def _tell(self, note: str) -> None:
        if note not in self.checkpoint.notes:
            self.checkpoint.notes.append(note)


def now(checkpoint: Checkpoint | None) -> float:
    """Seconds on a clock that has counted those of earlier runs as well."""
    return perf_counter() + (0.0 if checkpoint is None else checkpoint.earlier)


def _cannot_keep(space: Path, error: OSError) -> str:
    return (
        f"What is found cannot be kept in {space}: {error.strerror or error}. A search "
        "that is cut off begins anew."
    )


Folder = str | Path | Checkpoint | None  # what is given as `checkpoint`


def checkpoint_of(folder: Folder) -> Checkpoint | None:
    """Where searches keep what they find; None: nowhere."""
    if folder is None or isinstance(folder, Checkpoint):
        return folder
    return Checkpoint(PATH.read(folder))


CHECKPOINT = Kind("a folder, a Checkpoint, or None", checkpoint_of, "'plan'")
