"""Text out of bytes, as programs on Chinese computers save it."""

from __future__ import annotations

import codecs
from errno import EINVAL
from json import detect_encoding
from pathlib import Path
from typing import NamedTuple

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SPARSE = 16  # one byte of so many is 0 where two bytes make a plain letter


class Decoded(NamedTuple):
    """Text, and whether it is not in Unicode but in GB18030 (GBK)."""

    text: str
    in_gbk: bool = False


def decoded(content: bytes) -> Decoded:
    """Text in UTF-8, in UTF-16 or UTF-32 where its bytes say so, or else in GB18030.

    Raises
    ------
    UnicodeDecodeError
        It is none of them.

    Examples
    --------
    >>> decoded("片区".encode("gbk")), decoded("片区".encode())
    (Decoded(text='片区', in_gbk=True), Decoded(text='片区', in_gbk=False))
    """
    wide = _wide(content)
    if wide:
        return Decoded(content.decode(wide))
    try:
        return Decoded(content.decode("utf-8-sig"))  # editors on Windows write a mark
    except UnicodeDecodeError:
        return Decoded(content.decode("gb18030").removeprefix("\ufeff"), in_gbk=True)


def require_file(path: Path) -> None:
    """Refuse a pipe or a device, which may have no end, before it is opened.

    Raises
    ------
    OSError
        It is one.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(EINVAL, "it is a pipe or a device, not a file", str(path))


def no_text(error: UnicodeError) -> str:
    r"""Where bytes are no text, in words that go behind "it is".

    Examples
    --------
    >>> no_text(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"))
    'no text in UTF-8 or another known encoding (byte 1 is none)'
    """
    start = getattr(error, "start", 0)
    told = "no text in UTF-8 or another known encoding"
    return f"{told} (byte {start + 1:,} is none)"


def _wide(content: bytes) -> str:
    """The encoding of two or four bytes for a letter; "" where it is none."""
    if content in _MARKS:
        return ""  # a mark and no text: nothing to be taken for a file
    if content.startswith(_MARKS) or b"\0" in content[:4]:
        return detect_encoding(content)
    zeros = content[::2].count(0), content[1::2].count(0)
    if _SPARSE * sum(zeros) < len(content) or not any(zeros):
        return ""
    return "utf-16-le" if zeros[1] >= zeros[0] else "utf-16-be"
