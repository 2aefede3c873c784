"""Scenarios and profiles that come with the package, asked for by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from zoning.errors import InputError

ONE_RULE = "inner-mongolia-2000"  # the only written rule on floor area that we know of
_FOLDER = Path(__file__).with_name("shipped")
_PROFILES = Path(__file__).with_name("profiles")


def files_in(folder: Path) -> Mapping[str, Path]:
    """The files of settings in a folder of the package, by name."""
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def shipped_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that come with the package."""
    return tuple(files_in(_FOLDER))


def scenario_file(asked: str | Path) -> Path:
    """The file at a path, or else the one that comes with the package by this name.

    Raises
    ------
    InputError
        It is neither; the message lists the names there are.
    """
    return _file(asked, "scenario", files_in(_FOLDER))


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the package and are files."""
    return tuple(files_in(_PROFILES))


def profile_file(asked: str | Path) -> Path:
    """The file of a profile, by its path or by the name it comes with.

    Raises
    ------
    InputError
        It is neither; the message lists the names there are.
    """
    return _file(asked, "profile", files_in(_PROFILES))


def _file(asked: str | Path, what: str, known: Mapping[str, Path]) -> Path:
    path = Path(asked)
    if not path.is_file() and str(asked) in known:
        return known[str(asked)]
    if not path.exists():
        msg = (
            f"Cannot read the {what} file {path}: there is no such file, and no {what} "
            f"of this name comes with zoning. Those that do: {', '.join(known)}."
        )
        raise InputError(msg)
    return path
