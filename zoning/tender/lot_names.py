"""Lots and packages as planners write them: "1", "lot 1", "第1标段", "1+2"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zoning.text.lists import first_few

_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}
_LONGEST = 40  # letters, or lots, that a message shows


class LotNames:
    """Finds the lots that words mean.

    Parameters
    ----------
    names
        What the lots are called.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.lot_of = {lot_word(name): lot for lot, name in enumerate(names)}

    def read(self, text: str) -> tuple[int, ...] | str:
        """The positions of the lots, or what is wrong, as the end of a sentence."""
        if not text:
            return "names no lot"
        if lot_word(text) in self.lot_of:
            return (self.lot_of[lot_word(text)],)
        parts = _parts(text, r"[+,;、/&|]|和|及")
        if not all(part in self.lot_of for part in parts):
            parts = _parts(text, r"[+,;、/&|\s]|和|及")
        unknown = [part[:_LONGEST] for part in parts if part not in self.lot_of]
        if unknown or not parts:
            return (
                f"names {_told(text[:_LONGEST], unknown[:_LONGEST])}; {self._known()}"
            )
        lots = [self.lot_of[part] for part in parts]
        if len(set(lots)) < len(lots):
            return f"names a lot twice: {text[:_LONGEST]}"
        return tuple(lots)

    def _known(self) -> str:
        return f"lots are {first_few(self.names, 6)}; join packages as 1+2"


def _told(text: str, unknown: Sequence[str]) -> str:
    told = ", ".join(repr(part) for part in unknown) or repr(text)
    if re.search(r"\d{4}-\d\d-\d\d", text):
        return f"{text!r}, a date: the spreadsheet has changed it"
    if re.search(r"\d\s*[-~–至到]\s*\d", text):
        return f"{text!r}, which may be a package or a range"
    return f"{told}, which {'are' if len(unknown) > 1 else 'is'} not tendered"


def _parts(text: str, separators: str) -> list[str]:
    """Lots named one after the other."""
    return [bare for part in re.split(separators, text) if (bare := lot_word(part))]


def lot_word(text: str) -> str:
    """The bare name of a lot: without "lot" or 标段, Chinese figures made Arabic."""
    bare = re.sub(r"^(lots?|no\.?|第)\s*|\s*(号?标段|标包|号?包|号)$", "", text.lower())
    bare = re.sub(r"^(标段|标包|包)\s*", "", bare).strip()
    figures = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", bare)
    if bare and figures:
        tens, ten, ones = figures.groups()
        if ten or not (tens and ones):
            ten_times = (_DIGITS[tens] if tens else 1) if ten else 0
            rest = _DIGITS[ones] if ones else (0 if ten else _DIGITS[tens])
            return str(10 * ten_times + rest)
    bare = re.sub(r"^(\d+)\.0+$", r"\1", bare)  # as spreadsheets export whole numbers
    return bare.lstrip("0") or bare if bare.isdigit() else bare
