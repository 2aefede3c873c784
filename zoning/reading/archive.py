"""Zip archives: what is in them is unpacked apart, and read as if it were a file.

Nothing is unpacked beside the archive, under the name it has in there, or beyond a
limit; archives within archives stay closed.
"""

from __future__ import annotations

import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from zoning.errors import InputError
from zoning.reading.choosing import Layer, likeliest, require_known
from zoning.reading.kinds import (
    COMPANIONS,
    SHAPEFILE,
    ZIP,
    Kind,
    by_content,
    by_ending,
)
from zoning.reading.local import File
from zoning.reading.ogr import reason
from zoning.reading.readers import SEVERAL, layers_as, read_as
from zoning.text.encodings import decoded
from zoning.text.issues import Issues
from zoning.text.lists import first_few

MOST_MEMBERS, MOST_BYTES = 20_000, 4 * 2**30
MOST_TIMES, FREE_BYTES = 200, 100 * 2**20  # larger than packed; below, no matter
_HIDDEN = ("__MACOSX", ".")  # how folders and files begin that nobody put there


@dataclass(frozen=True)
class _Member:
    """What can be read of an archive: a file, of a shapefile all its parts."""

    name: str
    kind: Kind
    parts: tuple[ZipInfo, ...]

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


def read_archive(file: File, named: str, what: str, log: Issues) -> tuple[Any, bool]:
    """Table of one layer in an archive: the one named, or else the likeliest.

    Returns
    -------
    tuple
        The table, and whether its coordinate system is only the format's default.

    Raises
    ------
    InputError
        It is no archive, holds nothing to be read, or too much.
    OSError, RuntimeError, ValueError
        What is in it cannot be read.
    """
    try:
        with ZipFile(file.path) as archive:
            members = _members(archive, file)
            if len(members) > 1 and named:
                members = [m for m in members if named in (m.stem, m.name)] or members
                named = "" if len(members) == 1 else named
            if len(members) == 1:
                with _unpacked(archive, members[0], file) as inner:
                    return _read(members[0], inner, named, what, log)
            return _read_one_of(archive, members, file, named, what, log)
    except (BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        msg = f"{file} cannot be unpacked ({error}). Pack it again as a plain zip."
        raise InputError(msg) from error


def _members(archive: ZipFile, file: File) -> list[_Member]:
    infos = {
        name: info for info in archive.infolist() if (name := _name(info)) is not None
    }
    if len(infos) > MOST_MEMBERS:
        msg = f"{file} holds {len(infos):,} files; at most {MOST_MEMBERS:,} are taken."
        raise InputError(msg)
    found = []
    for name, info in sorted(infos.items()):
        kind = by_ending(name)
        if kind is not None and kind != ZIP:
            parts = _parts(name, infos) if kind == SHAPEFILE else (info,)
            found.append(_Member(name, kind, parts))
    plain = [m for m in found if not m.name.lower().endswith(".json")]  # others' notes
    if found:
        return plain or found
    msg = (
        f"{file} is an archive of {first_few(infos, 5) or 'nothing'}: no layer that "
        "can be read. Unpack it, and give what is in it."
    )
    raise InputError(msg)


def _name(info: ZipInfo) -> str | None:
    """Name of a file in an archive as it was meant; None for folders and traces."""
    name = info.filename
    if not info.flag_bits & 0x800:  # not said to be UTF-8: of some Windows
        try:
            name = decoded(name.encode("cp437")).text
        except UnicodeError:
            name = info.filename
    name = name.replace("\\", "/")
    parts = [part for part in PurePosixPath(name).parts if part not in (".", "..")]
    hidden = any(part.startswith(_HIDDEN) for part in parts)
    return None if hidden or name.endswith("/") else name


def _parts(name: str, infos: dict[str, ZipInfo]) -> tuple[ZipInfo, ...]:
    """The .shp of this name and what stands beside it."""
    base = name[: -len(".shp")].lower()
    ends = {base + end for end in (".shp", *COMPANIONS)}
    return tuple(info for other, info in infos.items() if other.lower() in ends)


@contextmanager
def _unpacked(archive: ZipFile, member: _Member, file: File) -> Iterator[File]:
    """The file of a member in a folder that is gone afterwards."""
    _require_small(member.parts, file)
    with TemporaryDirectory() as folder:
        for info in member.parts:
            end = PurePosixPath(str(_name(info))).suffix.lower()
            with (
                archive.open(info) as packed,
                (Path(folder) / f"a{end}").open("wb") as out,
            ):
                shutil.copyfileobj(packed, out)
        end = PurePosixPath(member.name).suffix.lower()
        yield File(Path(folder) / f"a{end}", f"{file}/{member.name}")


def _require_small(parts: Sequence[ZipInfo], file: File) -> None:
    """Refuse what is locked, and what is made to fill the disk."""
    if any(info.flag_bits & 1 for info in parts):
        msg = f"{file} is locked by a password. Unpack it, and give what is in it."
        raise InputError(msg)
    size = sum(info.file_size for info in parts)
    packed = sum(info.compress_size for info in parts)
    if size > MOST_BYTES or (size > FREE_BYTES and size > MOST_TIMES * packed):
        msg = (
            f"{file} would unpack {packed / 2**20:,.1f} MB to {size / 2**20:,.0f} MB; "
            f"at most {MOST_BYTES / 2**20:,.0f} MB and {MOST_TIMES} times are "
            "unpacked. If it is sound, unpack it, and give what is in it."
        )
        raise InputError(msg)


def _read(
    member: _Member, inner: File, named: str, what: str, log: Issues
) -> tuple[Any, bool]:
    return read_as(by_content(inner.path) or member.kind, inner, named, what, log)


def _read_one_of(
    archive: ZipFile,
    members: Sequence[_Member],
    file: File,
    named: str,
    what: str,
    log: Issues,
) -> tuple[Any, bool]:
    """The likeliest layer of several members, or the one named."""
    found: dict[str, tuple[Layer, _Member, str]] = {}
    stems = [member.stem for member in members]
    for member in members:
        unlike = member.stem if stems.count(member.stem) == 1 else member.name
        for layer in _layers(archive, member, file, log):
            alone = member.kind not in SEVERAL
            name = unlike if alone else f"{unlike}/{layer.name}"
            found[name] = replace(layer, name=name), member, layer.name
    if named:
        require_known(named, found, file)
    elif found:
        layers = [layer for layer, *_ in found.values()]
        named = likeliest(layers, what, file, log).name
    else:
        msg = f"{file} holds no layer that can be read: see the notes."
        raise InputError(msg)
    _, member, inside = found[named]
    with _unpacked(archive, member, file) as inner:
        return _read(member, inner, inside if member.kind in SEVERAL else "", what, log)


def _layers(archive: ZipFile, member: _Member, file: File, log: Issues) -> list[Layer]:
    """Layers of a member; a note where it cannot be read, for others may be."""
    with _unpacked(archive, member, file) as inner:
        try:
            kind = by_content(inner.path) or member.kind
            return layers_as(kind, inner, member.stem)
        except (InputError, OSError, RuntimeError, ValueError) as error:
            told = str(error) if isinstance(error, InputError) else reason(error)
            log.notes.append(f"{inner} was passed over: {told}")
            return []
