"""Assignment of units to centers by CP-SAT, contiguity added where it is broken.

The model for zones of many units: a variable for each unit and each center it may
belong to. Most pairs are ruled out by bounds before the model is built.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from zoning.clock import perf_counter
from zoning.solvers import cpsat

Ints = NDArray[np.int64]
NO_LIMIT = 2**60  # a band without an upper end


@dataclass(frozen=True)
class Pairs:
    """What may be assigned where.

    Parameters
    ----------
    unit, center
        Positions, one row per pair; every center is paired with itself.
    travel
        Yearly cost of each pair.
    weights
        Bands: (weight per pair, low, high) for the sum over a zone.
    count
        Number of zones.
    together
        Units that share a zone.
    apart
        m × 2: units that may not.
    """

    unit: Ints
    center: Ints
    travel: Ints
    weights: Sequence[tuple[Ints, int, int]]
    count: int
    together: Sequence[Ints] = ()
    apart: Ints = field(default_factory=lambda: np.zeros((0, 2), np.int64))


@dataclass(frozen=True)
class Assigned:
    """What was found: the center of each unit (or None), a bound, and if it is proved.

    ``bound`` is None when it is proved that there is no assignment. ``pieces`` are sets
    of units that came out away from their center and were cut off.
    """

    center_of: Ints | None
    bound: int | None
    closed: bool
    pieces: tuple[Ints, ...] = ()


class Variables:
    """``serves[p]``: pair p is used; ``opens[c]``: unit c is a center."""

    def __init__(self, model: cp_model.CpModel, pairs: Pairs) -> None:
        self.serves = [model.new_bool_var("") for _ in pairs.unit]
        self.of_unit: dict[int, list[int]] = {}
        self.of_center: dict[int, list[int]] = {}
        self.at: dict[tuple[int, int], int] = {}
        for p, (i, c) in enumerate(zip(pairs.unit, pairs.center, strict=True)):
            self.of_unit.setdefault(int(i), []).append(p)
            self.of_center.setdefault(int(c), []).append(p)
            self.at[int(i), int(c)] = p
        self.opens = {c: self.serves[self.at[c, c]] for c in self.of_center}


def every_unit_is_served_once(
    model: cp_model.CpModel, x: Variables, _pairs: Pairs
) -> None:
    """Each unit has exactly one center."""
    for mine in x.of_unit.values():
        model.add_exactly_one(x.serves[p] for p in mine)


def only_centers_serve(model: cp_model.CpModel, x: Variables, pairs: Pairs) -> None:
    """A unit may only be served from a unit that is a center."""
    for p, (i, c) in enumerate(zip(pairs.unit, pairs.center, strict=True)):
        if i != c:
            model.add_implication(x.serves[p], x.opens[int(c)])


def exactly_so_many_centers(
    model: cp_model.CpModel, x: Variables, pairs: Pairs
) -> None:
    """There are `pairs.count` zones."""
    model.add(cp_model.LinearExpr.sum(list(x.opens.values())) == pairs.count)


def zones_keep_their_bands(model: cp_model.CpModel, x: Variables, pairs: Pairs) -> None:
    """Each sum over a zone lies in its band."""
    for weight, low, high in pairs.weights:
        for c, mine in x.of_center.items():
            total = cp_model.LinearExpr.weighted_sum(
                [x.serves[p] for p in mine], [int(weight[p]) for p in mine]
            )
            if high < NO_LIMIT:
                model.add(total <= high * x.opens[c])
            if low > 0:
                model.add(total >= low * x.opens[c])


def groups_share_a_center(model: cp_model.CpModel, x: Variables, pairs: Pairs) -> None:
    """Units that must share a zone are served from one center, or none of them is."""
    for group in pairs.together:
        first = int(group[0])
        for other in group[1:].tolist():
            for c in x.of_center:
                p, q = x.at.get((first, c)), x.at.get((other, c))
                left = 0 if p is None else x.serves[p]
                model.add(left == (0 if q is None else x.serves[q]))


def some_stay_apart(model: cp_model.CpModel, x: Variables, pairs: Pairs) -> None:
    """No center serves two units that may not share a zone."""
    for i, j in pairs.apart.tolist():
        for c in x.of_center:
            if (i, c) in x.at and (j, c) in x.at:
                model.add_at_most_one(x.serves[x.at[i, c]], x.serves[x.at[j, c]])


RULES = (
    every_unit_is_served_once,
    only_centers_serve,
    exactly_so_many_centers,
    zones_keep_their_bands,
    groups_share_a_center,
    some_stay_apart,
)


def assign(
    pairs: Pairs,
    graph: csr_array | None,
    *,
    num_units: int,
    hint: Ints | None,
    seconds: float,
    below: int | None = None,
    pieces: Sequence[Ints] = (),
    seed: int = 0,
    workers: int = 1,
    found: Callable[[Ints], None] = lambda _: None,
) -> Assigned:
    """Cheapest assignment whose zones hang together in `graph` (None: need not).

    Parameters
    ----------
    hint
        Center of each unit in a plan known to be allowed.
    below
        Only an assignment that travels less is looked for.
    pieces
        Sets of units to cut off from centers away from them before anything is torn.
    found
        Called with each contiguous assignment met on the way.
    """
    deadline = perf_counter() + seconds
    if len(np.unique(pairs.unit)) < num_units:
        return Assigned(None, None, closed=True)  # a unit that no center may serve
    model = cp_model.CpModel()
    x = Variables(model, pairs)
    for rule in RULES:
        rule(model, x, pairs)
    travel = cp_model.LinearExpr.weighted_sum(x.serves, pairs.travel.tolist())
    if below is not None:
        model.add(travel < below)
    model.minimize(travel)
    for piece in pieces:
        _hold_together(model, x, graph, piece)
    bound = 0
    met: list[Ints] = []
    while perf_counter() < deadline:
        model.clear_hints()  # type: ignore[no-untyped-call]
        if hint is not None:
            for p, (i, c) in enumerate(zip(pairs.unit, pairs.center, strict=True)):
                model.add_hint(x.serves[p], bool(hint[i] == c))
        cp = cpsat.solver(
            time_limit=deadline - perf_counter(), seed=seed, workers=workers
        )
        status = cpsat.run(cp, model)
        if status == cp_model.INFEASIBLE:
            return Assigned(None, None, closed=True, pieces=tuple(met))
        bound = max(bound, int(np.ceil(cp.best_objective_bound - 1e-6)))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        chosen = [p for p, var in enumerate(x.serves) if cp.boolean_value(var)]
        center_of = np.full(num_units, -1, np.int64)
        center_of[pairs.unit[chosen]] = pairs.center[chosen]
        lost = [] if graph is None else torn(graph, center_of)
        if not lost:
            found(center_of)
            if status == cp_model.OPTIMAL:
                return Assigned(center_of, bound, closed=True, pieces=tuple(met))
            break
        for piece in lost:
            _hold_together(model, x, graph, piece)
        met += lost
    return Assigned(None, bound, closed=False, pieces=tuple(met))


def torn(graph: csr_array, center_of: Ints) -> list[Ints]:
    """Pieces of zones that do not hang together with their center."""
    rows = np.repeat(np.arange(len(center_of)), np.diff(graph.indptr))
    same = center_of[rows] == center_of[graph.indices]
    inside = csr_array(
        (np.ones(int(same.sum()), np.int8), (rows[same], graph.indices[same])),
        shape=graph.shape,
    )
    part = connected_components(inside)[1]
    lost = np.unique(part[part != part[center_of]])
    return [np.flatnonzero(part == p) for p in lost]


def _hold_together(
    model: cp_model.CpModel, x: Variables, graph: csr_array | None, piece: Ints
) -> None:
    """No center may serve a unit of the piece unless it serves a way in to it too.

    The units around the piece separate it from every center outside; for each such
    center the cut says: a unit inside needs one of them.
    """
    assert graph is not None
    border = around(graph, piece)
    near = {*piece.tolist(), *border.tolist()}
    for c in x.of_center:
        if c in near:
            continue
        gates = [x.serves[x.at[int(v), c]] for v in border if (int(v), c) in x.at]
        for i in piece:
            if (int(i), c) in x.at:
                model.add_bool_or([*gates, x.serves[x.at[int(i), c]].negated()])


def around(graph: csr_array, piece: Ints) -> Ints:
    """Units that touch a piece and are not of it."""
    near = [graph.indices[graph.indptr[i] : graph.indptr[i + 1]] for i in piece]
    return np.setdiff1d(np.concatenate(near), piece)
