"""What a cell of a table says, as a word: an id, a name."""

from __future__ import annotations

import re

_BREAK = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*")


def word(value: object) -> str:
    r"""A value as people read it: 7.0 is 7, a line break within is a space.

    Examples
    --------
    >>> word(7.0), word(" No. 3\nNorth "), word("007")
    ('7', 'No. 3 North', '007')
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return text if text.isprintable() else _BREAK.sub(" ", text)
