"""Text out of bytes, as programs on Chinese computers save it."""

from __future__ import annotations

import codecs


def decoded(content: bytes) -> str:
    """Text in UTF-8, in UTF-16 where a mark says so, or else in GB18030 (GBK).

    Raises
    ------
    UnicodeDecodeError
        It is none of them.

    Examples
    --------
    >>> decoded("片区".encode("gbk"))
    '片区'
    """
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if content.startswith(marks) and content not in marks:
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")  # editors on Windows begin with a mark
    except UnicodeDecodeError:
        return content.decode("gb18030")
