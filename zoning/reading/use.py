"""Which buildings are for living in, by what a column says of their use."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from zoning.reading.headers import fold
from zoning.reading.roles import Choices
from zoning.reading.words import says_nothing, words_of
from zoning.text.issues import Issues, count, did_you_mean
from zoning.text.lists import first_few
from zoning.text.yes_no import says_yes

Bools = NDArray[np.bool_]

RESIDENTIAL = "residential"
_YES_OR_NO = frozenset(map(fold, (RESIDENTIAL, "是否住宅")))  # headers that ask it
_HOMES = re.compile(r"住宅|居住|公寓|宿舍|别墅|商住|住房|民居")
_NO_HOMES = re.compile(
    r"非住宅|非居住|商业|商服|办公|工业|仓储|交通|教育|医疗|卫生|科研|学校|医院|幼儿园|车库|车位|"
    r"锅炉|换热|泵房|配电|酒店|宾馆|文化|娱乐|体育|军事|金融|公共|其[他它]"
)
# as OpenStreetMap has them in its key "building", and as people write them
_HOMES_BY_WORD = frozenset(
    (
        *("residential", "apartments", "apartment", "house", "houses", "housing"),
        *("home", "homes", "flats", "dwelling", "dormitory", "detached", "villa"),
        *("semidetachedhouse", "terrace", "bungalow"),
    )
)
_OTHERS_BY_WORD = frozenset(
    (
        *("commercial", "retail", "office", "offices", "industrial", "factory"),
        *("school", "hospital", "university", "college", "kindergarten", "church"),
        *("garage", "garages", "warehouse", "trainstation", "station", "hotel"),
        *("public", "civic", "government", "shop", "supermarket", "service"),
        *("sportscentre", "stadium", "nonresidential", "construction", "shed", "roof"),
    )
)
_CODE = re.compile(r"([1-8])[0-9]{1,2}")  # of the registry: 1x is for living in
_COMMA = re.compile("[,，、]")  # noqa: RUF001 - as they are typed


def is_home(word: str) -> bool | None:
    """Whether a use is living there; None where it does not tell.

    Examples
    --------
    >>> [is_home(word) for word in ("成套住宅", "11", "商业", "31", "yes", "非住宅")]
    [True, True, False, False, None, False]
    """
    text = normalize("NFKC", word).strip().lower()
    if code := _CODE.fullmatch(text):
        return code[1] == "1"
    plain = fold(text)
    if plain in _HOMES_BY_WORD or plain in _OTHERS_BY_WORD:
        return plain in _HOMES_BY_WORD
    if _HOMES.search(text) and not re.search("非住宅|非居住", text):
        return True
    return False if _NO_HOMES.search(text) else None


def homes_in(column: Any, header: str) -> NDArray[Any]:
    """For each building True, False, or None where the column does not tell."""
    words = words_of(column)
    reads = says_yes if fold(header) in _YES_OR_NO else is_home
    known = {
        word: None if says_nothing(word) and reads is is_home else reads(word)
        for word in {w for w in words if w is not None}
    }
    return np.array([None if w is None else known[w] for w in words], object)


def chosen(frame: Any, choices: Choices, only: str | None, log: Issues) -> Bools:
    """Which buildings are to be read, all unless `only` says otherwise.

    Parameters
    ----------
    frame
        The table of buildings.
    choices
        What its columns are; that of ``use`` tells.
    only
        ``"residential"``: leave out what the column says to be for another use; or
        words of that column, by commas: keep what has one of them.
    log
        Takes faults, and what was left out.
    """
    every = np.ones(len(frame), bool)
    if "use" not in choices:
        if only is not None:
            log.faults.append(
                f"Only {only} buildings are to be read, but no column tells the use "
                "of a building. Name it: use=COLUMN among the columns."
            )
        return every
    header = choices["use"].header
    words, homes = words_of(frame[header]), homes_in(frame[header], header)
    others = np.array([one is False for one in homes], bool)
    if only is None:
        if others.any() and not others.all():
            log.notes.append(
                f"{count(others)} another use than living, by column {header!r} "
                f"({_kinds(words, others)}); all were read. "
                f"only={RESIDENTIAL!r} leaves them out."
            )
        return every
    if only == RESIDENTIAL:
        silent = np.array([one is None for one in homes], bool)
        kept = ~others
        if (silent & kept).any():
            log.notes.append(
                f"{count(silent & kept)} no word on living in column {header!r} "
                f"({_kinds(words, silent) or 'empty'}); they were kept."
            )
    else:
        faults = len(log.faults)
        kept = _of_these(words, only, header, log)
        if len(log.faults) > faults:
            return every
    if not kept.any():
        log.faults.append(
            f"No building is {only} by column {header!r}. It has "
            f"{_kinds(words, every) or 'nothing'}."
        )
        return every
    if not kept.all():
        log.notes.append(
            f"{(~kept).sum():,} of {len(kept):,} buildings were left out, for they are "
            f"not {only} by column {header!r}: {_kinds(words, ~kept)}."
        )
    return kept


def _of_these(
    words: Iterable[str | None], only: str, header: str, log: Issues
) -> Bools:
    wanted = {part.strip() for part in _COMMA.split(only) if part.strip()}
    words = [*words]
    known = {word for word in words if word is not None}
    log.faults += [
        f"Column {header!r} has no {word!r}. {did_you_mean(word, known)}It has "
        f"{first_few(sorted(known))}."
        for word in sorted(wanted - known)
    ]
    return np.array([word in wanted for word in words], bool)


def _kinds(words: Iterable[str | None], which: Bools) -> str:
    """What the column says of these buildings, the most frequent first."""
    counted = Counter(w for w, mine in zip(words, which, strict=True) if mine and w)
    order = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return first_few(f"{word} {number:,}" for word, number in order)
