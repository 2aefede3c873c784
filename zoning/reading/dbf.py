"""How the text of a shapefile is encoded, and its letters as they were meant.

Old programs cut text by bytes, in the middle of a letter, and say the wrong encoding or
none. So each name and cell is looked at by itself, and half a letter at its end is left
out. OGR hands over bytes: as Latin 1, where every byte is a letter.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoning.reading.local import File
from zoning.text.issues import Issues

AS_BYTES = "ISO-8859-1"  # one letter a byte
_GUESSED = ("UTF-8", "GB18030")  # in this order: much is both, nothing Chinese is
_PAGES = {"65001": "utf-8", "936": "gb18030", "54936": "gb18030", "950": "big5"}
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030"}
_LATIN = ("iso8859-1", "cp1252")  # said by programs that do not know better
_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*[\xa1-\xf7]?")  # GB 2312
_PAIR = re.compile(rb"[\x80-\xff]{2}")


def encoding_of(parts: Mapping[str, Path], file: File, log: Issues) -> str | None:
    """How the text of a .shp is encoded, by what it says and what fits; None: ASCII."""
    if ".dbf" not in parts:
        return None
    words = [word for word in _words(parts[".dbf"].read_bytes()) if not word.isascii()]
    if not words:
        return None
    said = _said(parts.get(".cpg"))
    known = _known(said)
    if known is not None and _fits(words, known):
        return known
    why = "does not say how its text is encoded (no .cpg file)"
    if said:
        why = f"says that its text is in {said} (.cpg file), which does not fit"
    for encoding in _GUESSED:
        if _fits(words, encoding):
            log.notes.append(f"{file} {why}; {encoding} fits and was used.")
            return encoding
    log.notes.append(
        f"{file} {why}, and neither UTF-8 nor GB18030 fits; names may be garbled."
    )
    return AS_BYTES


def readable(frame: Any, encoding: str, file: File, log: Issues) -> Any:
    """The table with its text decoded, without half a letter at an end."""
    shapes = frame.geometry.name if hasattr(frame, "geometry") else None
    table, cut = frame.copy(), []
    for column in frame.columns:
        values = frame[column].tolist()
        if column == shapes or not any(isinstance(value, str) for value in values):
            continue
        read = [_meant(value, encoding) for value in values]
        table[column] = [word for word, _ in read]
        if any(halved for _, halved in read):
            cut.append(_meant(column, encoding)[0])
    if cut:
        log.notes.append(
            f"{file}: text ends in the middle of a letter, for the column is too "
            f"narrow, in {', '.join(cut)}; half letters were left out."
        )
    return table.set_axis(_unlike(table.columns, encoding, file, log), axis=1)


def _unlike(
    columns: Iterable[str], encoding: str, file: File, log: Issues
) -> list[str]:
    """Names of columns as they were meant; those cut to the same are numbered."""
    names: list[str] = []
    for column in columns:
        name = _meant(column, encoding)[0]
        again = 2
        while name in names:
            name, again = f"{_meant(column, encoding)[0]}_{again}", again + 1
        names.append(name)
    met = [
        name
        for name, column in zip(names, columns, strict=True)
        if name != _meant(column, encoding)[0]
    ]
    if met:
        log.notes.append(
            f"{file}: names of columns, cut to ten bytes, are alike; by their order "
            f"the later are called {', '.join(met)}."
        )
    return names


def _words(content: bytes) -> Iterable[bytes]:
    """Names of columns and cells of text in a dBase table, each once."""
    start, width = (int.from_bytes(content[i : i + 2], "little") for i in (8, 10))
    rows = (len(content) - start) // width if width else 0
    table = np.frombuffer(content, f"S{width}", rows, start) if rows > 0 else ()
    at = 1  # after the mark of deleted rows
    for field in range(32, min(start, len(content)) - 31, 32):
        name, size = content[field : field + 11], content[field + 16]
        if name[:1] == b"\r":
            return
        yield name.partition(b"\x00")[0]
        if content[field + 11] == ord("C") and rows > 0:
            yield from {row[at : at + size].rstrip(b" \x00") for row in table}
        at += size


def _said(path: Path | None) -> str:
    """What a .cpg file says."""
    return (
        "" if path is None else path.read_bytes()[:60].decode("ascii", "ignore").strip()
    )


def _known(said: str) -> str | None:
    """Encoding that is meant by what a .cpg file says: "ANSI 936" is GBK."""
    number = re.search(r"\d{3,5}$", said)
    page = number[0] if number else ""
    latin = f"iso8859-{page[4:]}" if page.startswith("8859") else ""
    for name in (_PAGES.get(page, latin), said, f"cp{page}"):
        try:
            found = codecs.lookup(name).name
        except LookupError:
            continue
        return _WIDER.get(found, found)
    return None


def _fits(words: list[bytes], encoding: str) -> bool:
    """Every word can be read so, but for half a letter at its end."""
    if encoding in _LATIN and any(map(_PAIR.search, words)):
        return not (_fits(words, "UTF-8") or all(map(_PAIRS.fullmatch, words)))
    try:
        for word in words:
            codecs.getincrementaldecoder(encoding)().decode(word)
    except UnicodeDecodeError:
        return False
    return True


def _meant(value: Any, encoding: str) -> tuple[Any, bool]:
    """A value with its bytes decoded, and whether half a letter was left out."""
    if not isinstance(value, str):
        return value, False
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    word = decoder.decode(value.encode(AS_BYTES, "replace"))
    return word, bool(decoder.getstate()[0])
