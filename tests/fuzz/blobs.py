"""Bytes, changed without a thought of what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from tests.fuzz import hostile

_MAGIC = (
    *(b"PK\x03\x04", b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"fgb\x03fgb\x00"),
    *(b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x1f\x8b\x08", b"%PDF-1.7\n"),
    *(b"<?xml version='1.0'?>", b"<OGRVRTDataSource>", b"<kml>", b"!table\n", b"\x1e"),
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"\x00")
_CODES = ("utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030", "big5", "latin-1")
_DIGITS = re.compile(rb"\d+(?:\.\d+)?")


def _place(content: bytes, chance: Random) -> int:
    return chance.randrange(len(content) + 1)


def _part(content: bytes, chance: Random) -> tuple[int, int]:
    """A stretch, mostly a short one, at times up to all."""
    start = _place(content, chance)
    longest = chance.choice((1, 4, 30, 300, len(content)))
    return start, min(len(content), start + chance.randrange(longest + 1))


def flip(content: bytes, chance: Random) -> bytes:
    made = bytearray(content)
    for _ in range(min(len(made), chance.choice((1, 1, 2, 8, 60)))):
        made[chance.randrange(len(made))] = chance.choice(
            (0, 255, chance.randrange(256))
        )
    return bytes(made)


def truncate(content: bytes, chance: Random) -> bytes:
    return content[: _place(content, chance)]


def cut_out(content: bytes, chance: Random) -> bytes:
    start, end = _part(content, chance)
    return content[:start] + content[end:]


def splice(content: bytes, chance: Random) -> bytes:
    start, end = _part(content, chance)
    at = _place(content, chance)
    return content[:at] + content[start:end] + content[at:]


def repeat(content: bytes, chance: Random) -> bytes:
    start, end = _part(content, chance)
    times = chance.choice((2, 5, 200))
    return content[:start] + content[start:end][:2_000] * times + content[end:]


def blank(content: bytes, chance: Random) -> bytes:
    start, end = _part(content, chance)
    return content[:start] + bytes(end - start) + content[end:]


def begin(content: bytes, chance: Random) -> bytes:
    return chance.choice((*_MAGIC, *_MARKS)) + content


def magic(content: bytes, chance: Random) -> bytes:
    first = chance.choice(_MAGIC)
    return first + content[len(first) :]


def end(content: bytes, chance: Random) -> bytes:
    return content + chance.choice(
        (b"\x00" * 9, b"{", b"]]", content, b"\x1a", b"\n," * 9)
    )


def encode(content: bytes, chance: Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(_CODES), chance.choice(("replace", "ignore")))


def lines(content: bytes, chance: Random) -> bytes:
    return content.replace(
        b"\n", chance.choice((b"\r", b"\r\n", b"\n\n", b"\x0b", b""))
    )


def figure(content: bytes, chance: Random) -> bytes:
    """Another number in the place of one."""
    found = [*_DIGITS.finditer(content)]
    if not found:
        return content + b"9"
    one = chance.choice(found)
    made = str(hostile.number(chance)).encode()
    return content[: one.start()] + made + content[one.end() :]


def letters(content: bytes, chance: Random) -> bytes:
    """A hostile word anywhere."""
    at = _place(content, chance)
    return content[:at] + hostile.word(chance).encode("utf-8", "replace") + content[at:]


def nothing(content: bytes, chance: Random) -> bytes:
    return chance.choice((b"", b" ", b"\n", b"{}", b"[]", b"null", b"0", content[:1]))


def deepen(content: bytes, chance: Random) -> bytes:
    """Lists or elements without end."""
    at, times = _place(content, chance), chance.choice((99, 5_000, 100_000))
    return content[:at] + chance.choice((b"[", b'{"a":', b"<a>", b"(")) * times


Change = Callable[[bytes, Random], bytes]
ANY: tuple[Change, ...] = (
    *(flip, flip, truncate, cut_out, cut_out, splice, repeat, blank, begin, magic, end),
    nothing,
)
TEXT: tuple[Change, ...] = (
    *ANY,
    encode,
    lines,
    deepen,
    figure,
    figure,
    figure,
    letters,
)


def mutated(content: bytes, chance: Random, changes: tuple[Change, ...] = ANY) -> bytes:
    """One to three changes, one after the other."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = chance.choice(changes)(content, chance)
    return content
