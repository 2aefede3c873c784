"""Numbers as people type them: marked thousands, decimal commas, wide digits, units.

A comma or a point may part thousands, or whole from decimals. Where a word alone does
not tell, the others of its column may; where they do not, the word is refused: nothing
is guessed. A number that a file holds as a number is never in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeGuard
from unicodedata import normalize

AREA_UNITS = {
    **dict.fromkeys(("m2", "m^2", "sqm", "平方米", "平米", "平方", "方"), 1),
    **dict.fromkeys(("万m2", "万平方米", "万平米", "万平方", "万方"), 10_000),
    **dict.fromkeys(("ha", "公顷"), 10_000),
}
NO_NUMBER = "which is not a number"
BEYOND = "which is beyond all measure"
_WRONG_MARKS = "in which commas, points or blanks stand as in no number"
_MOST = 15  # figures before or behind the point; no column of ours needs more
_TYPED = re.compile(
    r"(?P<before>[^0-9.,+-]*)(?P<sign>[+-]?)\s*"
    r"(?P<figures>\.?[0-9](?:[0-9.,'\u2019 ]*[0-9])?)\.?"
    r"(?P<power>e[+-]?[0-9]+)?(?P<behind>.*)",
    re.DOTALL,
)
# as ledgers write what is below 0: (380000), 380000-
_LESS = re.compile(r"[^0-9(]*\([^0-9()]*[0-9][^()]*\)[^0-9]*|.*[0-9][^0-9(/.,]*-")
_GROUPED = {m: re.compile(rf"[0-9]{{1,3}}([{m}][0-9]{{3}})+") for m in ".,"}
_SPACED = re.compile(r"[0-9]{1,3}(['\u2019 ])[0-9]{3}(?:\1[0-9]{3})*([.,][0-9]+)?")


@dataclass(frozen=True)
class Numeral:
    """What a word says in figures.

    Parameters
    ----------
    value
        The number, exact; None where it is in doubt or there is none.
    unit
        What stands around the figures: lower case, without blanks, ㎡ as m2.
    why
        Why there is no value, as the end of a sentence.
    by_comma
        A comma was read as the decimal sign.
    """

    value: Decimal | None
    unit: str = ""
    why: str = ""
    by_comma: bool = False


def numerals(words: Sequence[object]) -> list[Numeral | None]:
    """The words of a column as numbers; None where a word is None or empty.

    Examples
    --------
    >>> [n.value for n in numerals(["10,5", "1.234.567,25", 7.125])]
    [Decimal('10.5'), Decimal('1234567.25'), Decimal('7.125')]
    >>> numerals(["1,500", "10,5"])[0].value  # 1.5 or 1500
    >>> numerals(["380.000"])[0].why
    'which may be 380 or 380000; write it without marks of thousands'
    """
    return _read(words, lambda one: one)


def measured(
    words: Sequence[object], units: Mapping[str, int] = {}
) -> list[Numeral | None]:
    """The same where a unit may stand behind: values times its size.

    Parameters
    ----------
    units
        Names of units as `Numeral.unit` has them, and how many they are. 万 alone is
        10,000 of the usual.
    """
    sizes = {"": 1, "万": 10_000, **units}
    return _read(words, lambda one: _times(one, sizes))


def _read(
    words: Sequence[object], finish: Callable[[Numeral], Numeral]
) -> list[Numeral | None]:
    """The words of a column as numbers, each text once however often it stands."""
    typed = {text: _typed(text) for text in {*filter(_is_text, words)}}
    marks = _Marks(frozenset(), frozenset())
    for one in typed.values():
        if isinstance(one, _Typed):
            marks = marks.with_those_of(one.figures)

    def number(one: _Typed | Numeral | None) -> Numeral | None:
        read = one.read(marks) if isinstance(one, _Typed) else one
        return read and finish(read)

    known = {text: number(one) for text, one in typed.items()}
    return [
        known[word] if isinstance(word, str) else number(_typed(word)) for word in words
    ]


def _is_text(word: object) -> TypeGuard[str]:
    return isinstance(word, str)


def _times(one: Numeral, sizes: Mapping[str, int]) -> Numeral:
    if one.value is None:
        return one
    size = sizes.get(one.unit)
    if size is None:
        return replace(
            one, value=None, why=f"with {one.unit[:40]!r}, which is no unit here"
        )
    return replace(one, value=one.value * size)


@dataclass(frozen=True)
class _Marks:
    """What points and commas are known to mean in a column."""

    decimal: frozenset[str]
    thousands: frozenset[str]

    def with_those_of(self, figures: str) -> _Marks:
        """What is known with this word as well, if it leaves no doubt."""
        decimal, thousands = _sure(figures) or ("", "")
        return _Marks(self.decimal | {*decimal}, self.thousands | {*thousands})

    def thousands_or_decimal(self, mark: str) -> tuple[bool, bool]:
        """What the column says for each meaning of a mark."""
        other = "," if mark == "." else "."
        return (
            mark in self.thousands or other in self.decimal,
            mark in self.decimal or other in self.thousands,
        )


@dataclass(frozen=True)
class _Typed:
    """A word that holds figures: sign, figures with their marks, power, unit."""

    sign: str
    figures: str
    power: str
    unit: str

    def read(self, marks: _Marks) -> Numeral:
        """The number, by what is known of the marks of its column."""
        known = _sure(self.figures)
        if known is None:
            return Numeral(None, self.unit, _WRONG_MARKS)
        decimal, thousands = known
        if _is_open(self.figures):
            mark = "," if "," in self.figures else "."
            says_thousands, says_decimal = marks.thousands_or_decimal(mark)
            if not says_decimal and (says_thousands or mark == ","):
                thousands = mark
            elif says_decimal and not says_thousands and mark == ".":
                decimal = mark
            else:
                return self._doubtful()
        if self.power and (thousands or decimal == ","):
            return Numeral(None, self.unit, NO_NUMBER)
        return self._number(decimal, thousands)

    def _number(self, decimal: str, thousands: str) -> Numeral:
        plain = self.figures.replace(thousands, "") if thousands else self.figures
        plain = re.sub(r"['\u2019 ]", "", plain).replace(decimal or ".", ".")
        return exact(self.sign + plain + self.power, self.unit, by_comma=decimal == ",")

    def _doubtful(self) -> Numeral:
        whole = re.sub(r"[.,]", "", self.figures)
        less = re.split(r"[.,]", self.figures)
        small = less[0] + (f".{rest}" if (rest := less[1].rstrip("0")) else "")
        return Numeral(
            None,
            self.unit,
            f"which may be {small} or {whole}; write it without marks of thousands",
        )


def exact(plain: object, unit: str = "", *, by_comma: bool = False) -> Numeral:
    """A number that is one for the computer too."""
    try:
        value = Decimal(str(plain))
    except ArithmeticError:
        return Numeral(None, unit, NO_NUMBER)
    if not value.is_finite():
        return Numeral(None, unit, NO_NUMBER)
    # the size first: 1e999999999 is quickly typed and not quickly reckoned with
    if abs(value.adjusted()) > _MOST or len(value.as_tuple().digits) > 3 * _MOST:
        zero = not any(value.as_tuple().digits)
        return Numeral(Decimal(0) if zero else None, unit, "" if zero else BEYOND)
    return Numeral(value, unit, by_comma=by_comma)


def _typed(word: object) -> _Typed | Numeral | None:
    """A word taken apart; a number that is one already."""
    if word is None:
        return None
    if isinstance(word, bool | list | dict):
        return Numeral(None, why=NO_NUMBER)
    if not isinstance(word, str):
        return exact(word)
    text = normalize("NFKC", word).replace("\u2212", "-").strip().lower()
    if not text:
        return None
    found = _TYPED.fullmatch(text)
    if not found:
        return Numeral(None, why=NO_NUMBER)
    unit = re.sub(r"\s", "", found["before"] + found["behind"])
    if re.match(r"[0-9.,_]|x[0-9]", found["behind"].strip()):
        return Numeral(None, unit, NO_NUMBER)
    if _LESS.fullmatch(text):
        why = "which may be below 0; write it with a minus before it, or without"
        return Numeral(None, unit, why)
    return _Typed(found["sign"], found["figures"], found["power"] or "", unit)


def _sure(figures: str) -> tuple[str, str] | None:
    """Decimal sign and mark of thousands that figures are sure to have, "" for none.

    None where the marks stand as in no number.
    """
    if re.search(r"['\u2019 ]", figures):
        found = _SPACED.fullmatch(figures)
        return None if found is None else ((found[2] or "")[:1], "")
    marks = re.findall("[.,]", figures)
    if not marks or _is_open(figures):
        return "", ""
    last, others = marks[-1], set(marks[:-1])
    whole, _, rest = figures.rpartition(last)
    if not others:
        decimal = last == "." or len(rest) < 3 or whole == "0"
        return (last, "") if decimal else None
    if others == {last}:
        return ("", last) if _GROUPED[last].fullmatch(figures) else None
    if len(others) == 1 and _GROUPED[other := others.pop()].fullmatch(whole):
        return last, other
    return None


def _is_open(figures: str) -> bool:
    """One mark and three figures behind it: thousands, or three decimals."""
    return re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", figures) is not None
