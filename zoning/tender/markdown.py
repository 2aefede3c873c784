"""Words of others in a page of Markdown: shown as they are, never obeyed."""

from __future__ import annotations

import re
from unicodedata import category

_TAGS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS = re.compile(
    r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])"
)  # _ within words is plain
_BEGINS = re.compile(r"^[0-9]*(?=[-+#=.)])")  # of a list, a heading, a ruler
_LINKS = re.compile(r":(?=//)|(?<=www)\.|(?<=mailto):", re.IGNORECASE)


def plain(words: str) -> str:
    r"""Words on one line that Markdown and HTML leave alone.

    Examples
    --------
    >>> print(plain("<b>A</b> | [x](http://y)"))
    &lt;b&gt;A&lt;/b&gt; \| \[x\](http\://y)
    """
    line = " ".join("".join(map(_visible, words)).split())
    line = _MARKS.sub(lambda mark: "\\" + mark[0], line)
    line = re.sub("[&<>]", lambda sign: _TAGS[sign[0]], line)
    line = _LINKS.sub(lambda sign: "\\" + sign[0], line)
    return _BEGINS.sub(lambda begin: begin[0] + "\\", line)


def _visible(sign: str) -> str:
    """Controls and turns of direction are blanks."""
    return " " if category(sign) in ("Cc", "Cf", "Zl", "Zp") else sign
