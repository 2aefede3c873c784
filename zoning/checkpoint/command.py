"""What was typed, kept beside what its searches found, so that it can go on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from pathlib import Path

from zoning.checkpoint.checkpoint import COMMAND, SPACE
from zoning.checkpoint.kept_file import write_whole
from zoning.errors import InputError
from zoning.reading.files import digest, paths_of
from zoning.text.encodings import require_file

RESUMABLE = ("plan", "frontier", "alternatives")
_PACKAGES = ("zoning", "ortools", "highspy", "numba", "numpy", "scipy")
_ENDS = "--"  # behind it nothing is an option


@dataclass(frozen=True)
class Command:
    """A command that may be gone on with.

    Parameters
    ----------
    typed
        The words after ``zoning``.
    folder
        Where it was typed.
    versions
        Of this package and those that proofs hang on.
    files
        The digest of each file it reads, by its name as it was typed.
    """

    typed: tuple[str, ...]
    folder: str
    versions: Mapping[str, str]
    files: Mapping[str, str]

    @classmethod
    def now(cls, typed: Iterable[str], files: Iterable[str]) -> Command:
        """What is typed here, at this moment."""
        known = {name: _digest(Path(name)) for name in files}
        return cls(tuple(typed), os.getcwd(), _versions(), known)

    def write(self, out: str | Path) -> None:
        """Keep it in the folder of its output.

        Raises
        ------
        InputError
            It cannot be written there.
        """
        path = Path(out) / SPACE / COMMAND
        try:
            write_whole(path, json.dumps(asdict(self), indent=1).encode())
        except OSError as error:
            msg = f"Nothing can be written to {path}: {error.strerror or error}."
            raise InputError(msg) from error

    def changed_files(self) -> list[str]:
        """Files that are not what they were, or not there any more."""
        here = Path(self.folder)
        return [x for x, was in self.files.items() if _digest(here / x) != was]

    def changed_versions(self) -> list[str]:
        """Packages that are not those of the run that was cut off, in words."""
        return [
            f"{name} {self.versions.get(name, 'none')} is now {version}"
            for name, version in _versions().items()
            if version != self.versions.get(name, "none")
        ]

    def with_option(self, option: str, value: str) -> Command:
        """The same with another value of an option."""
        end = self.typed.index(_ENDS) if _ENDS in self.typed else len(self.typed)
        kept: list[str] = []
        words = iter(self.typed[:end])
        for word in words:
            if word == option:
                next(words, None)
            elif not word.startswith(f"{option}="):
                kept.append(word)
        return replace(self, typed=(*kept, option, value, *self.typed[end:]))


def read_command(out: str | Path) -> Command:
    """What was typed for a folder.

    Raises
    ------
    InputError
        There is nothing to go on with, or what is there cannot be used.
    """
    path = Path(out) / SPACE / COMMAND
    able = ", ".join(RESUMABLE)
    if not path.exists():
        msg = (
            f"There is nothing to go on with in {out}: it has no {SPACE}/{COMMAND}. "
            f"Commands with a long search ({able}) keep it there until they come to "
            "their end, or are stopped. Give the folder that --out named; or, if the "
            "search came to its end, type the command again."
        )
        raise InputError(msg)
    try:
        require_file(path)
        table = json.loads(path.read_text("utf-8"))
        command = Command(
            tuple(map(_word, table["typed"])),
            _word(table["folder"]),
            {_word(x): _word(y) for x, y in table["versions"].items()},
            {_word(x): _word(y) for x, y in table["files"].items()},
        )
        sound = command.typed[0] in RESUMABLE
    except (
        OSError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
    ):
        sound = False
    if not sound:
        msg = (
            f"{path} is damaged, so it cannot be told what was typed. Type the command "
            "again: it begins anew."
        )
        raise InputError(msg)
    if not Path(command.folder).is_dir():
        msg = (
            f"The folder where the command was typed, {command.folder}, is no more, "
            "and names of its files are told from there. Put it back, or type the "
            "command again: it begins anew."
        )
        raise InputError(msg)
    return command


def _word(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _digest(path: Path) -> str:
    """Of a file and its companions; "" where it is none, or cannot be read."""
    files = paths_of(path)
    try:
        return digest(files) if all(Path(one).is_file() for one in files) else ""
    except (OSError, ValueError):
        return ""


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"
    return found
