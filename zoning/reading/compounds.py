"""Compounds: which buildings are one unit, by the column that names it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from zoning.adjacency.triangles import components, lengths, triangulate, unique
from zoning.reading.words import note_alike, says_nothing, without_nothing, words_of
from zoning.region import Ints
from zoning.text.issues import Issues, count, some
from zoning.text.lists import first_few

Floats = NDArray[np.float64]
Pairs = NDArray[np.int64]

STEP = 100.0  # metres between two buildings of a compound, others standing between
OPEN = 300.0  # metres, nothing standing between
_SOME, _NEARLY = 3, 0.9  # compounds, and share of them, that make a habit
_MANY = 100  # buildings from which on a unit is looked at by itself


def units_of(
    frame: Any, ids: list[str], xy: Floats, column: str | None, log: Issues
) -> tuple[Ints, tuple[str, ...]]:
    """Position of each building's unit, and the names of units, by appearance.

    Whoever has no compound, or a word that means none, is a unit alone.

    Parameters
    ----------
    frame
        The table of buildings.
    ids
        What they are called.
    xy
        Where they stand, metres.
    column
        Names the compounds; None: every building is a unit.
    """
    if column is None:
        return np.arange(len(frame)), tuple(ids)
    words = without_nothing(words_of(frame[column]), column, ids, log)
    words = _without_zero(words, xy, column, ids, log)
    note_alike(words, column, log)
    taken = set(words)
    alone = np.array([word is None for word in words], bool)
    if alone.any():
        log.notes.append(
            f"{count(alone)} no {column!r}; each is a unit of its own: "
            f"{some(ids, alone)}."
        )
    labels = [w or _free_name(n, taken) for w, n in zip(words, ids, strict=True)]
    unit_of, names = pd.factorize(np.array(labels, object))
    unit_of = unit_of.astype(np.int64)
    log.notes += _told_scattered(xy, unit_of, names.tolist(), ids)
    return unit_of, tuple(names.tolist())


def _free_name(name: str, taken: set[str | None]) -> str:
    """Name of a building that stands alone; not that of a compound."""
    while name in taken:
        name = f"building {name}"
    return name


def _without_zero(
    words: Sequence[str | None],
    xy: Floats,
    column: str,
    ids: Sequence[str],
    log: Issues,
) -> list[str | None]:
    """A zero among codes means that there is none, unless codes are counted from it.

    It is a compound like others where there is a 1 and its buildings stand together.
    """
    known = {word for word in set(words) if word is not None}
    zeros = {word for word in known if _is_zero(word)}
    if not zeros:
        return list(words)
    zero = np.array([word in zeros for word in words], bool)
    counted = any(word.isdecimal() and int(word) == 1 for word in known)
    if counted and len(_pieces(xy, np.where(zero, 0, np.arange(1, 1 + len(xy))))) == 0:
        log.notes.append(
            f"{count(zero)} a 0 in column {column!r}; it was taken for a compound like "
            f"the others: {some(ids, zero)}. Leave it empty where there is none."
        )
        return list(words)
    log.notes.append(
        f"{count(zero)} a 0 in column {column!r}; that was taken to mean that there is "
        f"none: {some(ids, zero)}."
    )
    return [None if no else w for w, no in zip(words, zero, strict=True)]


def says_no_compound(word: str) -> bool:
    """Whether a word may mean that there is none: one that says so, or a zero."""
    return says_nothing(word) or _is_zero(word)


def _is_zero(word: str) -> bool:
    try:
        return float(word) == 0
    except ValueError:
        return False


def _pieces(xy: Floats, unit_of: Ints) -> dict[int, list[Ints]]:
    """Units whose buildings do not stand together, each with its pieces."""
    sides = triangulate(xy)
    sides = sides[unit_of[sides[:, 0]] == unit_of[sides[:, 1]]]
    open_sides = sides[lengths(xy, sides) <= OPEN]
    steps = np.concatenate([open_sides, *_steps(xy, unit_of)])
    part = components(unique(steps), len(xy)).astype(np.int64)
    owner = unit_of[np.unique(part, return_index=True)[1]]  # of each part
    torn = np.bincount(owner) > 1
    mine = np.flatnonzero(torn[unit_of])
    mine = mine[np.lexsort((part[mine], unit_of[mine]))]
    pieces = np.split(mine, np.flatnonzero(np.diff(part[mine])) + 1)
    found: dict[int, list[Ints]] = {}
    for piece in pieces if len(mine) else ():
        found.setdefault(int(unit_of[piece[0]]), []).append(piece)
    return found


def _steps(xy: Floats, unit_of: Ints) -> Iterator[Pairs]:
    """Pairs of one unit at most `STEP` apart, as many as hold its parts together.

    Of a large unit the sides of its triangles do; of small ones, which are many, all
    such pairs are found at once: told apart by a height of their own.
    """
    order = np.argsort(unit_of, kind="stable")
    sizes = np.bincount(unit_of)
    ends = np.cumsum(sizes)
    for unit in np.flatnonzero(sizes > _MANY).tolist():
        mine = order[ends[unit] - sizes[unit] : ends[unit]]
        pairs = mine[triangulate(xy[mine])]
        yield pairs[lengths(xy, pairs) <= STEP]
    some = np.flatnonzero((sizes[unit_of] > 1) & (sizes[unit_of] <= _MANY))
    if len(some):
        lifted = np.column_stack([xy[some], unit_of[some] * (2 * STEP)])
        reach = STEP * (1 + 1e-9)  # to the last digit it is measured below
        pairs = some[cKDTree(lifted).query_pairs(reach, output_type="ndarray")]
        yield pairs[lengths(xy, pairs) <= STEP]


def told_repeated(
    compounds: Sequence[str | None], numbers: Floats, header: str, role: str
) -> Iterator[str]:
    """A column that has one number for all buildings of each compound: its total.

    Parameters
    ----------
    compounds
        The compound of each building, None where it has none.
    numbers
        What the column says of each building.
    header, role
        What the column is called, and read as.
    """
    table = pd.DataFrame({"compound": compounds, "number": numbers}).dropna()
    of = table[table["number"] > 0].groupby("compound", sort=False)["number"]
    first, sizes, kinds = of.first(), of.size(), of.nunique()
    alike = first[(sizes > 1) & (kinds == 1)]
    several = int((sizes > 1).sum())
    if len(alike) < max(_SOME, _NEARLY * several) or 2 * alike.nunique() <= len(alike):
        return
    seen = (f"{name} {number:,g}" for name, number in alike.items())
    yield (
        f"Column {header!r} has one number for all buildings of a compound, in "
        f"{len(alike):,} of {several:,}: {first_few(seen, 3)}. It was read as that of "
        "each building. If it is that of the whole compound, give each building its "
        f"own, or do without: {role}='none'."
    )


@dataclass(frozen=True, eq=False)
class _Scattered:
    """A unit in pieces, put in words where it is told."""

    name: str
    pieces: Sequence[Ints]
    xy: Floats
    ids: Sequence[str]

    def __str__(self) -> str:
        some = " and ".join(self.ids[piece[0]] for piece in self.pieces[:3])
        return f"{self.name} ({some}, {_apart(self.xy, self.pieces):,.0f} m apart)"


def _told_scattered(
    xy: Floats, unit_of: Ints, names: Sequence[str], ids: Sequence[str]
) -> Iterator[str]:
    """Units of which one name may stand for two compounds."""
    pieces = _pieces(xy, unit_of)
    if not pieces:
        return
    told = [_Scattered(names[i], found, xy, ids) for i, found in pieces.items()]
    yield (
        f"{len(told):,} unit(s) have buildings that do not stand together: "
        f"{first_few(told)}. A unit is never split, so one zone takes it "
        "whole. If one name stands for two compounds, give each a name of its own."
    )


def _apart(xy: Floats, pieces: Sequence[Ints]) -> float:
    """The widest gap between pieces, were each tied to the others by the narrowest."""
    mine = np.concatenate(pieces)
    piece = np.repeat(np.arange(len(pieces)), [len(some) for some in pieces])
    ties = triangulate(xy[mine])  # the narrowest are among them
    gap = np.where(np.ptp(piece[ties], axis=1) > 0, lengths(xy[mine], ties), 1e-9)
    graph = coo_matrix((gap, ties.T), shape=(len(mine), len(mine)))
    return float(minimum_spanning_tree(graph.tocsr()).data.max())


def summed(unit_of: Ints, number: Floats, n: int) -> Floats:
    """Sums over units, small numbers first: rows in another order give no other sum."""
    order = np.argsort(number, kind="stable")
    return np.asarray(np.bincount(unit_of[order], number[order], n), np.float64)


def middles_of(xy: Floats, unit_of: Ints, area: Floats) -> Floats:
    """Mean place of each unit's buildings, by floor area, to the centimetre."""
    n = int(unit_of.max()) + 1
    empty = np.bincount(unit_of, area) == 0
    weight = np.where(empty[unit_of], 1.0, area)
    total = summed(unit_of, weight, n)
    # measured from one corner: sums of northings would lose digits
    corner = xy.min(axis=0)
    mean = [summed(unit_of, weight * c, n) / total for c in (xy - corner).T]
    return np.asarray(np.round(np.column_stack(mean) + corner, 2))
