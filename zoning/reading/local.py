"""Files on this machine: a name that leads elsewhere is refused before it is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path

from zoning.errors import InputError

# of the web and of stores, of libraries' own file systems; then of data bases
_ADDRESS = re.compile(r"\s*(?:[a-z][\w+.-]+:/|/vsi)", re.IGNORECASE)
_CONNECTION = re.compile(r"\s*[a-z]\w+:", re.IGNORECASE)  # C: is a disk
_FILE = re.compile(r"\s*file:", re.IGNORECASE)
_SHARE = re.compile(r"\\\\|//")
_MEANING = "!;"  # in a path, OGR's library takes them for more than letters


@dataclass(frozen=True)
class File:
    """A file that is there, and what messages call it.

    Parameters
    ----------
    path
        Where it is.
    called
        As the planner named it; a file within an archive is named after both.
    """

    path: Path
    called: str

    def __str__(self) -> str:
        return self.called

    def begins(self, with_bytes: bytes) -> bool:
        """Whether its first bytes are these."""
        with self.path.open("rb") as file:
            return file.read(len(with_bytes)) == with_bytes

    def require(self, begins: bytes, what: str) -> None:
        """Refuse content that is not what a reader is for, and paths that mean more.

        Raises
        ------
        InputError
            The first bytes are others, or the path is no mere path to OGR.
        """
        if not self.begins(begins):
            msg = (
                f"{self} cannot be read: its content is not that of a {what}. Give it "
                f"the ending of what it is, or save it again as {what}."
            )
            raise InputError(msg)
        resolved = str(self.path.resolve())
        if resolved.startswith("/vsi") or set(_MEANING).intersection(resolved):
            msg = (
                f"{self} cannot be read: the path {resolved} has one of {_MEANING} in "
                "it, or begins with /vsi. Rename it."
            )
            raise InputError(msg)


def local(name: str) -> File:
    """The file of a name.

    Raises
    ------
    OSError
        It is an address, a connection, a folder, or there is none.
    """
    path = Path(name)
    if _ADDRESS.match(name) or not path.is_file():
        raise FileNotFoundError(ENOENT, _missing(name, path))
    return File(path, name)


def _missing(name: str, path: Path) -> str:
    """Why there is no such file here."""
    if _FILE.match(name):
        return "it is an address, and nothing is fetched: give the path alone"
    if _ADDRESS.match(name) or _CONNECTION.match(name):
        return "it is an address, and nothing is fetched: save it as a file first"
    if _SHARE.match(name):
        return (
            "it is in a folder of another computer, which is not open here: copy it "
            "to this one, or give the path under which that folder is known here"
        )
    if path.is_dir():
        if path.suffix.lower() == ".gdb":
            return "it is a file geodatabase: save the layer as GeoPackage"
        return "it is a folder"
    return "No such file or directory"
