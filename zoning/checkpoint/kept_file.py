"""`Kept` as a file that is whole or not there.

A line of text says what the file is and what the rest of it must come to; the rest is
what `numpy.savez` writes, with numbers and words as JSON in one of the arrays. Nothing
in it is ever run.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zlib
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from zoning.checkpoint.kept import Kept, Phase
from zoning.errors import InputError

TAIL, DRAFT = ".kept", ".draft"
FORMAT = "zoning-kept/1"
KEY = 16  # bytes by which a neighbourhood is known
_ARRAYS = ("zone_of", "nearest", "multipliers")
# what content ends in that is none of `numpy.savez`, or of other things
_UNLIKE = (
    *(OSError, ValueError, TypeError, LookupError, AttributeError, EOFError),
    BadZipFile,
    zlib.error,
    NotImplementedError,  # packed in a way that is not known
    MemoryError,  # arrays that say they are beyond measure
)


class DamagedError(InputError):
    """A file is not as it was written."""


def write_kept(path: Path, kept: Kept) -> None:
    """Write what is kept: if this is cut off, what was there before stays.

    Raises
    ------
    OSError
        The disk does not take it.
    """
    write_whole(path, _to_bytes(kept))


def read_kept(path: Path) -> Kept:
    """The reverse of `write_kept`.

    Raises
    ------
    DamagedError
        The file is not as it was written, or cannot be read.
    """
    try:
        head, _, content = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise DamagedError(_told(path, error.strerror or str(error))) from error
    name, _, digest = head.partition(b" ")
    if name.decode("ascii", "replace") != FORMAT:
        raise DamagedError(_told(path, f"it does not begin with {FORMAT}"))
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise DamagedError(_told(path, "its content is not what was written"))
    try:
        return _from_bytes(content)
    except _UNLIKE as error:
        raise DamagedError(_told(path, "another release wrote it")) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file through a draft, to the disk; under its name it is always whole."""
    draft = path.with_name(path.name + DRAFT)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    with suppress(OSError):  # not every system lets a folder be opened
        place = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def _to_bytes(kept: Kept) -> bytes:
    phase = kept.phase
    known = {name: getattr(kept, name, None) for name in _ARRAYS[:2]}
    known["multipliers"] = phase.multipliers
    told = {x.name: getattr(kept, x.name) for x in fields(Kept)}
    plain = {k: v for k, v in told.items() if k not in (*known, "phase")}
    plain |= {name: getattr(phase, name) for name in ("price", "most")}
    plain["priced"] = phase.bound
    tried = np.frombuffer(b"".join(sorted(phase.tried)), np.uint8).reshape(-1, KEY)
    words = np.frombuffer(json.dumps(plain).encode(), np.uint8)
    arrays = {name: array for name, array in known.items() if array is not None}
    with io.BytesIO() as file:
        np.savez(file, told=words, tried=tried, **arrays)
        content = file.getvalue()
    return f"{FORMAT} {hashlib.sha256(content).hexdigest()}\n".encode() + content


def _from_bytes(content: bytes) -> Kept:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    plain: dict[str, Any] = json.loads(arrays["told"].tobytes())
    phase = Phase(
        plain.pop("price"),
        plain.pop("most"),
        plain.pop("priced"),
        arrays.get("multipliers"),
        frozenset(row.tobytes() for row in arrays["tried"]),
    )
    plain["passed"] = tuple(plain["passed"])
    found: dict[str, Any] = {name: arrays.get(name) for name in _ARRAYS[:2]}
    return Kept(**plain, **found, phase=phase)


def _told(path: Path, why: str) -> str:
    return (
        f"{path} is damaged: {why}. What was kept there is lost, and its search begins "
        "anew."
    )
