"""The fewest m² that change zone: units assigned to last year's zones.

Zones have names here, so no two of them are alike, and the program is a small one: a
variable for each unit and each name. Travel is left out, but for what it can come to at
most; so what is found is a floor under the moves of any plan, and often a plan. Zones
that come out in pieces are cut off by separators, round after round.

References
----------
Carvajal, Constantino, Goycoolea, Vielma, Weintraub (2013), Imposing connectivity
constraints in forest planning models, doi:10.1287/opre.2013.1183
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from zoning.result import Status
from zoning.solvers.budget import SearchBudget
from zoning.solvers.mip_builder import MipBuilder
from zoning.solvers.separators import separator

Ints = NDArray[np.int64]
FAR_OFF = 1_000.0  # a step outside of the former zone, in steps inside
REACH = 6  # so many steps outside of its former zone a zone takes units


@dataclass(frozen=True, eq=False)
class SumLimit:
    """What a sum over a zone may be, by label.

    Parameters
    ----------
    least, most
        What a unit comes to at least and at most; a row for each label, or one.
    low, high
        For each label; the sum of `most` is at least `low`, that of `least` at most
        `high`.
    price
        Yuan of excess for each one outside, or None: it cannot be outside.
    """

    least: Ints
    most: Ints
    low: Ints
    high: Ints
    price: int | None = None

    def room(self, most_excess: int) -> int:
        """How far one sum may be outside."""
        return 0 if self.price is None else most_excess // self.price


@dataclass(frozen=True, eq=False)
class Moves:
    """Units, and the labels that their zones can have.

    Parameters
    ----------
    area, before
        Of each unit its m², and the label of its former zone; below 0: none.
    pinned
        The label a unit must have; below 0: any.
    num_zones
        So many labels are used.
    required
        Which labels are used in any case.
    limits
        What zones may come to.
    most_excess
        Yuan by which all zones together may be outside limits that have a price.
    together, apart
        Units of one label; pairs of units of different ones.
    graph
        Who touches whom.
    """

    area: Ints
    before: Ints
    pinned: Ints
    num_zones: int
    required: NDArray[np.bool_]
    limits: Sequence[SumLimit]
    most_excess: int
    together: Sequence[Ints]
    apart: Ints
    graph: csr_array

    @property
    def num_labels(self) -> int:
        """How many labels there are."""
        return len(self.required)

    def changed(self, label: Ints) -> int:
        """The m² that change zone where units have these labels."""
        moved = (self.before >= 0) & (self.before != label)
        return int(self.area[moved].sum())


def fewest_moves(
    moves: Moves,
    budget: SearchBudget,
    *,
    enough: int,
    on_labels: Callable[[Ints], int],
) -> int:
    """No plan changes fewer m² than this.

    Parameters
    ----------
    enough
        A floor as high as this is not raised any more: a plan changes so few.
    on_labels
        Called with labels whose zones hang together and keep the limits but for
        travel; gives what is enough from then on.
    """
    model, floor = _Model(moves), 0
    while floor < enough and budget.left > 0:
        found = model.mip.minimize(model.price, budget.left)
        floor = max(floor, found.bound)
        if found.x is None:
            break
        label = model.label_of(found.rounded)
        if not model.cut_off(label):
            enough = min(enough, on_labels(label))
            break
        if found.status is not Status.OPTIMAL:
            break
    return min(floor, enough)


def few_moves(moves: Moves, middle: Ints, budget: SearchBudget) -> Ints | None:
    """Labels whose zones hang together, with few moves; None where none were found.

    Every zone grows from the middle of its former one: a unit is of it only with a
    neighbour that is nearer to that middle. What that forbids is seldom missed, and
    what is found needs no cuts. Zones without a former one are not held together.

    Parameters
    ----------
    middle
        For each label the middle of its former zone; below 0: there is none.
    """
    model = _Model(moves)
    for k in np.flatnonzero(middle >= 0).tolist():
        _grow_from(model, k, int(middle[k]))
    found = model.mip.minimize(model.price, budget.left)
    return None if found.x is None else model.label_of(found.rounded)


def _grow_from(model: _Model, k: int, middle: int) -> None:
    graph = model.moves.graph
    away = _ways(graph, model.moves.before == k, middle)
    for i in range(len(away)):
        if i == middle:
            continue
        near = graph.indices[graph.indptr[i] : graph.indptr[i + 1]]
        nearer = near[away[near] < away[i]] if away[i] < REACH * FAR_OFF else near[:0]
        columns = model.x[[i, *nearer.tolist()], k]
        model.mip.add_row(columns, [1, *[-1] * len(nearer)], -len(nearer), 0)


def _ways(graph: csr_array, own: NDArray[np.bool_], begin: int) -> NDArray[np.float64]:
    """From one unit to all: steps, and far longer ones outside of the own units."""
    rows = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
    step = np.where(own[rows] & own[graph.indices], 1.0, FAR_OFF)
    long = csr_array((step, graph.indices, graph.indptr), shape=graph.shape)
    return np.asarray(dijkstra(long, indices=np.array([begin]))[0], np.float64)


class _Model:
    """``x[i, k]``: unit i has label k; ``u[k]``: label k is used."""

    def __init__(self, moves: Moves) -> None:
        self.moves = moves
        n, count = len(moves.area), moves.num_labels
        self.x = np.arange(n * count).reshape(n, count)
        self.u = n * count + np.arange(count)
        self.mip = MipBuilder(n * count + count)
        for rule in RULES:
            rule(self)
        self.price = np.zeros(self.mip.num_variables, np.int64)
        known = np.flatnonzero(moves.before >= 0)
        self.price[self.x[known]] = moves.area[known][:, None]
        self.price[self.x[known, moves.before[known]]] = 0

    def label_of(self, values: Ints) -> Ints:
        """The label of each unit in a solution."""
        return np.asarray(values[self.x].argmax(axis=1), np.int64)

    def cut_off(self, label: Ints) -> bool:
        """Forbid pieces of zones that do not hang together; False: all of them do."""
        torn = False
        for k in np.unique(label).tolist():
            for piece, anchor in _pieces(self.moves, label == k):
                torn = True
                if self._too_light(piece):
                    self._lead_out(piece, k)
                else:
                    self._lead_to(piece, anchor, k)
        return torn

    def _too_light(self, units: Ints) -> bool:
        """No zone can be all within these units."""
        return any(
            int(limit.most[..., units].sum(axis=-1).max())
            + limit.room(self.moves.most_excess)
            < int(limit.low.min())
            for limit in self.moves.limits
        )

    def _lead_out(self, piece: Ints, k: int) -> None:
        """A unit of a piece has a label only with some of the units around the piece.

        That is said of every label, and for this one of wider pieces too.
        """
        around = separator(self.moves.graph, piece)
        for label in range(self.moves.num_labels):
            self._one_of(piece, around, label)
        wide = np.union1d(piece, around)
        while len(around) and self._too_light(wide):
            around = separator(self.moves.graph, wide)
            self._one_of(piece, around, k)
            wide = np.union1d(wide, around)

    def _one_of(self, piece: Ints, around: Ints, label: int) -> None:
        for i in piece.tolist():
            columns = self.x[[i, *around.tolist()], label]
            self.mip.add_row(columns, [1, *[-1] * len(around)], -len(around), 0)

    def _lead_to(self, piece: Ints, anchor: int, k: int) -> None:
        """A unit of a piece and one beyond share a label only with some between."""
        between = _between(self.moves.graph, piece, anchor)
        for i in piece.tolist():
            columns = self.x[[i, anchor, *between.tolist()], k]
            self.mip.add_row(columns, [1, 1, *[-1] * len(between)], -len(between), 1)


def _pieces(moves: Moves, inside: NDArray[np.bool_]) -> Iterator[tuple[Ints, int]]:
    """Pieces of a zone, and a unit of its largest one, which is none of them."""
    units = np.flatnonzero(inside)
    count, part = connected_components(moves.graph[units][:, units])
    size = np.bincount(part, moves.area[units] + 1)
    main = int(size.argmax())
    mine = units[part == main]
    anchor = int(mine[moves.area[mine].argmax()])
    for other in range(count):
        if other != main:
            yield units[part == other], anchor


def _between(graph: csr_array, piece: Ints, anchor: int) -> Ints:
    """Of the units around a piece those that what holds the anchor touches."""
    around = separator(graph, piece)
    rest = np.setdiff1d(np.arange(graph.shape[0]), np.union1d(piece, around))
    part = connected_components(graph[rest][:, rest])[1]
    beyond = rest[part == part[np.searchsorted(rest, anchor)]]
    return np.intersect1d(separator(graph, beyond), around)


def every_unit_has_one_label(m: _Model) -> None:
    """Each unit has exactly one label, pinned ones theirs."""
    for i in range(len(m.x)):
        m.mip.add_row(m.x[i], 1, 1, 1)
        if m.moves.pinned[i] >= 0:
            m.mip.add_row(m.x[i, m.moves.pinned[i]][None], 1, 1, 1)


def so_many_labels_are_used(m: _Model) -> None:
    """There are so many zones, each of at least one unit; required labels are used."""
    m.mip.add_row(m.u, 1, m.moves.num_zones, m.moves.num_zones)
    n = len(m.x)
    for k, used in enumerate(m.u.tolist()):
        columns = np.append(m.x[:, k], used)
        m.mip.add_row(columns, [1] * n + [-1], 0, n)
        m.mip.add_row(columns, [1] * n + [-n], -n, 0)
        if m.moves.required[k]:
            m.mip.add_row(np.array([used]), 1, 1, 1)


def sums_keep_their_limits(m: _Model) -> None:
    """Each sum is within its limits, or outside by no more in all than may be."""
    slack: list[int] = []
    prices: list[int] = []
    for limit in m.moves.limits:
        every = m.moves.num_labels, len(m.moves.area)
        least, most = (np.broadcast_to(x, every) for x in (limit.least, limit.most))
        room = limit.room(m.moves.most_excess)
        for k, used in enumerate(m.u.tolist()):
            top = max(int(most[k].sum()), int(least[k].sum()))
            high, low = min(int(limit.high[k]), top), int(limit.low[k])
            columns = np.append(m.x[:, k], [used, m.mip.add_variable(room)])
            m.mip.add_row(columns, [*least[k].tolist(), -high, -1], -high - room, 0)
            slack.append(int(columns[-1]))
            columns = np.append(m.x[:, k], [used, m.mip.add_variable(room)])
            m.mip.add_row(columns, [*most[k].tolist(), -low, 1], 0, top + room)
            slack.append(int(columns[-1]))
            prices += 2 * [limit.price or 0]
    if slack:
        m.mip.add_row(np.array(slack), prices, 0, m.moves.most_excess)


def linked_units_have_one_label(m: _Model) -> None:
    """Units that must share a zone have the same label."""
    for group in m.moves.together:
        for other in group[1:].tolist():
            for k in range(m.moves.num_labels):
                m.mip.add_row(m.x[[int(group[0]), other], k], [1, -1], 0, 0)


def some_units_have_different_labels(m: _Model) -> None:
    """Units that may not share a zone never have the same label."""
    for pair in m.moves.apart.tolist():
        for k in range(m.moves.num_labels):
            m.mip.add_row(m.x[pair, k], 1, 0, 1)


RULES = (
    every_unit_has_one_label,
    so_many_labels_are_used,
    sums_keep_their_limits,
    linked_units_have_one_label,
    some_units_have_different_labels,
)
