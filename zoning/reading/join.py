"""A list joined to shapes: the columns of the one beside the places of the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from unicodedata import normalize

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.reading.choosing import MARK
from zoning.reading.local import local
from zoning.reading.roles import column_names, missing_column
from zoning.reading.rows import rows_of
from zoning.reading.tables import TABLES, read_table
from zoning.reading.totals import is_summed
from zoning.reading.words import likeness, words_of
from zoning.text.arguments import WORD, Kind, Unlike
from zoning.text.issues import Issues, capital
from zoning.text.lists import first_few

List: TypeAlias = str | Path | pd.DataFrame
On: TypeAlias = str | tuple[str, str]
Words: TypeAlias = Sequence[str | None]

_LOOKED_AT = 2_000  # shapes by which columns that match are looked for
_ENOUGH = 0.2  # of these must have a row, or else nothing matches
_APART = 0.5  # of the words of a column that may tell rows apart
_SERIAL = ("序号", "no", "no.", "nr", "#", "index", "行号", "serial")
_HOUSE = re.compile(r"号楼|[栋幢号座楼#]|(?<![a-z])(?:no|nr|building|bldg|block)\b\.?")
_TOLD = 5  # pairs that are written in two ways


def _read_on(value: Any) -> Any:
    if isinstance(value, tuple | list):
        if len(value) != 2:
            raise Unlike
        return tuple(WORD.read(one) for one in value)
    return WORD.read(value)


def _read_list(value: Any) -> Any:
    if not isinstance(value, str | Path | pd.DataFrame):
        raise Unlike
    return value


ON = Kind(
    "a column, or one of the shapes and one of the list", _read_on, "('id', '楼栋编号')"
)
LIST = Kind("a path or a table", _read_list, "'list.xlsx'")


@dataclass(frozen=True)
class _Pair:
    """The columns by which shapes and list belong together, and what they hold."""

    shapes: str
    table: str
    asked: bool

    def __str__(self) -> str:
        if self.shapes == self.table:
            return repr(self.shapes)
        return f"{self.shapes!r} of the shapes and {self.table!r} of the list"


@dataclass(frozen=True)
class _Match:
    """Which row of the list each shape has, -1 for none.

    Parameters
    ----------
    alike
        Ids that are written in two ways, as words.
    doubtful
        Ids that may mean several, as words.
    """

    row_of: NDArray[np.int64]
    alike: Sequence[str]
    doubtful: Sequence[str]


def joined(shapes: Any, join: List, on: On | None, log: Issues) -> Any:
    """The shapes with the columns of a list.

    Parameters
    ----------
    shapes
        A GeoDataFrame, one row a building.
    join
        The list: a file that holds a table, or the table.
    on
        The column of ids in both, or one of the shapes and one of the list; None: those
        whose words match most.
    log
        Takes faults and notes.
    """
    name = str(join) if isinstance(join, str | Path) else "the list"
    table = _list_of(join, log)
    if table is None:
        return shapes
    pair = _pair(shapes, table, on, name, log)
    if pair is None:
        return shapes
    left, right = words_of(shapes[pair.shapes]), words_of(table[pair.table])
    if not _tell_ids_apart(right, rows_of(table), pair, name, log):
        return shapes
    match = _matched(left, right)
    log.faults += _faults(match, left, right, table, pair, name)
    log.notes += _notes(match, left, right, rows_of(table), pair, name)
    return _beside(shapes, table, match.row_of, pair, name, log)


def _list_of(join: List, log: Issues) -> Any:
    if isinstance(join, pd.DataFrame):
        return join
    path, _, sheet = str(join).partition(MARK)
    if Path(path).suffix.lower() in TABLES:
        try:
            return read_table(local(path).path, sheet, log)
        except OSError as error:
            why = error.strerror
            log.faults.append(f"{path} cannot be read ({why}). Check the path.")
            return None
    log.faults.append(
        f"{path} is no list that can be joined ({', '.join(TABLES)}). Save it as .xlsx "
        "or .csv."
    )
    return None


# --- which columns -------------------------------------------------------------------


def _pair(
    shapes: Any, table: Any, on: On | None, name: str, log: Issues
) -> _Pair | None:
    """The two columns, as asked or as they match; None with a fault."""
    known = [*map(str, column_names(shapes))], [*map(str, table.columns)]
    if isinstance(on, str):
        on = (on, on)
    if on is None:
        return _likely(shapes, table, *known, name, log)
    lacks = [column not in of for column, of in zip(on, known, strict=True)]
    if not any(lacks):
        return _Pair(*on, asked=True)
    if on[0] == on[1] and not all(lacks):  # named in one of them: the other is found
        mine, theirs = (known[0], [on[1]]) if lacks[0] else ([on[0]], known[1])
        return _likely(shapes, table, mine, theirs, name, log, named=on[0])
    sides = zip(on, known, ("of the shapes", f"of {name}"), lacks, strict=True)
    log.faults += [
        f"{missing_column(column, side, of)} Name both columns: --on SHAPES=LIST "
        "(on=(shapes, list))."
        for column, of, side, gone in sides
        if gone
    ]
    return None


def _likely(
    shapes: Any,
    table: Any,
    mine: Sequence[str],
    theirs: Sequence[str],
    name: str,
    log: Issues,
    *,
    named: str | None = None,
) -> _Pair | None:
    """The pair of columns whose words match most.

    Running numbers are not taken for ids, unless their column is `named`.
    """
    sample = shapes.head(_LOOKED_AT)
    left = {column: _keys(sample[column]) for column in mine}
    right = {column: _keys(table[column]) for column in theirs}
    shares = {
        (a, b): len(left[a] & right[b]) / len(left[a])
        for a in left
        for b in right
        if left[a] and right[b]
    }
    counted = {
        (a, b)
        for a, b in shares
        if named not in (a, b) and a != b and _may_count(sample[a], table[b])
    }
    sure = [two for two in shares if two not in counted]
    best = max(sure, key=lambda two: (shares[two], two[0] == two[1]), default=None)
    if best is not None and shares[best] >= _ENOUGH:
        return _Pair(*best, asked=False)
    told = (
        f"{capital(name)} cannot be joined to the shapes: no column of it has the ids "
        f"of a column of theirs. The list has {_examples(table, theirs)}; the shapes "
        f"have {_examples(shapes, mine)}."
    )
    if any(shares[two] >= _ENOUGH for two in counted):
        told += " Running numbers alone match, which may count in any order."
    log.faults.append(f"{told} Name the columns: --on SHAPES=LIST (on=(shapes, list)).")
    return None


def _keys(column: Any) -> set[str]:
    """Words that may be ids, as they are compared; none where they repeat."""
    words = [word for word in words_of(column) if word is not None]
    keys = set(map(_bare, words))
    return keys if words and len(keys) >= _APART * len(words) else set()


def _may_count(mine: Any, theirs: Any) -> bool:
    """Whether two columns may be alike only because both count rows."""
    head = normalize("NFKC", str(theirs.name)).strip().lower()
    return head in _SERIAL or (_counts(mine) and _counts(theirs))


def _counts(column: Any) -> bool:
    """Whether these are 1, 2, 3, ..."""
    words = {likeness(word) for word in words_of(column) if word is not None}
    return words == {str(number) for number in range(1, len(words) + 1)}


def _examples(frame: Any, columns: Sequence[str]) -> str:
    seen = []
    for column in columns:
        words = [w for w in words_of(frame[column].head(20)) if w is not None]
        seen.append(f"{column} ({first_few(words[:2])})")
    return first_few(seen, 8)


# --- which rows ----------------------------------------------------------------------


def _tell_ids_apart(
    words: Words, rows: Sequence[int], pair: _Pair, name: str, log: Issues
) -> bool:
    """Log ids that stand twice in the list; True where there are none."""
    at: dict[str, list[int]] = {}
    for word, row in zip(words, rows, strict=True):
        if word is not None:
            at.setdefault(word, []).append(row)
    twice = [f"{w} (rows {first_few(r)})" for w, r in at.items() if len(r) > 1]
    if twice:
        log.faults.append(
            f"{capital(name)} has ids in column {pair.table!r} that stand in several "
            f"rows: {first_few(twice)}. Keep one row of each; where numbers begin anew "
            "in each compound, write both into one column."
        )
    return not twice


def _bare(word: str) -> str:
    """What is left of the name of a house: 03号楼 is 3, 2栋1号 is 2-1."""
    plain = "".join(normalize("NFKC", word).casefold().split())
    parts = re.split(r"[^\w.]+", _HOUSE.sub("-", plain))
    return "-".join(re.sub(r"0*(\d+)", r"\1", likeness(one)) for one in parts if one)


def _same(word: str) -> str:
    return word


def _matched(left: Words, right: Words) -> _Match:
    """Match words as they are, then those written in two ways, each time one to one."""
    row_of = np.full(len(left), -1, np.int64)
    alike, doubtful = [], []
    levels: tuple[Callable[[str], str], ...] = (_same, likeness, _bare)
    for level in levels:
        taken = set(row_of.tolist())
        mine = _grouped(left, level, [i for i, row in enumerate(row_of) if row < 0])
        theirs = _grouped(
            right, level, [i for i in range(len(right)) if i not in taken]
        )
        for key, at in mine.items():
            rows = theirs.get(key)
            if not key or rows is None:
                continue
            words = sorted({str(left[i]) for i in at})
            others = [str(right[row]) for row in rows]
            if len(rows) == 1 == len(words):
                row_of[at] = rows[0]
                if level is not _same:
                    alike.append(f"{words[0]} is {others[0]}")
            elif level is levels[-1]:
                doubtful.append(
                    f"{' and '.join(words)} of the shapes, {' and '.join(others)} of "
                    "the list"
                )
    return _Match(row_of, alike, doubtful)


def _grouped(
    words: Words, level: Callable[[str], str], places: Sequence[int]
) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for i in places:
        word = words[i]
        if word is not None:
            found.setdefault(level(word), []).append(i)
    return found


def _faults(
    match: _Match, left: Words, right: Words, table: Any, pair: _Pair, name: str
) -> Iterator[str]:
    if match.doubtful:
        yield (
            f"{capital(name)}: ids may mean several: {first_few(match.doubtful, 5)}. "
            "Write them alike in both."
        )
    if not (match.row_of >= 0).any():
        mine, theirs = ([w for w in words if w is not None] for words in (left, right))
        yield (
            f"{capital(name)} has no row for any shape, joined by {pair}: the shapes "
            f"have {first_few(mine, 5)}, the list {first_few(theirs, 5)}."
        )
    rows, times = np.unique(match.row_of[match.row_of >= 0], return_counts=True)
    several = rows[times > 1].tolist()
    summed = [str(column) for column in table.columns if is_summed(str(column))]
    if several and summed:
        yield (
            f"{capital(name)}: {len(several):,} row(s) belong to several shapes each "
            f"({first_few(right[row] for row in several)}), and {first_few(summed)} "
            "would count for each of them. Give each shape its own row, or join by "
            "the column that identifies a building."
        )


def _notes(
    match: _Match,
    left: Words,
    right: Words,
    rows: Sequence[int],
    pair: _Pair,
    name: str,
) -> Iterator[str]:
    found = match.row_of >= 0
    how = "" if pair.asked else ", whose words match most"
    told = f"{capital(name)} was joined by {pair}{how}: "
    yield f"{told}{found.sum():,} of {len(left):,} shapes have a row."
    if match.alike:
        yield (
            f"{capital(name)}: {len(match.alike):,} id(s) are written in two ways: "
            f"{first_few(match.alike, _TOLD)}."
        )
    without = [
        word or "one without an id"
        for word, one in zip(left, found, strict=True)
        if not one
    ]
    if without:
        yield f"{len(without):,} shape(s) have no row in {name}: {first_few(without)}."
    taken = set(match.row_of.tolist())
    spare = [
        f"{'no id' if word is None else word} (row {rows[i]})"
        for i, word in enumerate(right)
        if i not in taken
    ]
    if spare:
        yield (
            f"{len(spare):,} row(s) of {name} have no shape and were left out: "
            f"{first_few(spare)}."
        )


# --- side by side --------------------------------------------------------------------


def _beside(
    shapes: Any,
    table: Any,
    row_of: NDArray[np.int64],
    pair: _Pair,
    name: str,
    log: Issues,
) -> Any:
    """The columns of the list beside those of the shapes; in both, the list counts."""
    more, both = {}, []
    for column in table.columns:
        if column in (pair.table, shapes.geometry.name):
            continue
        picked = table[column].reset_index(drop=True).reindex(row_of)
        picked.index = shapes.index
        if column in shapes.columns:
            both.append(column)
            own = shapes[column].astype(object)
            picked = picked.astype(object).where(picked.notna(), own).infer_objects()
        more[column] = picked
    if both:
        told = first_few(map(str, both))
        log.notes.append(
            f"{capital(name)} and the shapes both have {told}; what the list says "
            "counts, and where it says nothing what the shapes do."
        )
    order = [*dict.fromkeys([*shapes.columns, *more])]
    # all at once: one by one, of many columns pandas warns
    beside = pd.DataFrame(more, index=shapes.index)
    return shapes.drop(columns=both).join(beside)[order]
