"""Assignment of units to centers by CP-SAT, contiguity added where it is broken.

The model for zones of many units: a variable for each unit and each center it may
belong to. Most pairs are ruled out by bounds before the model is built. `RULES` is the
contents page; separator cuts are added as components come out disconnected.

References
----------
Hess, Weaver, Siegfeldt, Whelan, Zitlau (1965), Nonpartisan political redistricting by
computer, doi:10.1287/opre.13.6.998
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from ortools.sat.python import cp_model
from scipy.sparse import csr_array

from zoning.result import Status
from zoning.solvers import cpsat
from zoning.solvers.assignment_pairs import (
    NO_LIMIT,
    Assignment,
    AssignmentPairs,
    Ints,
)
from zoning.solvers.budget import SearchBudget
from zoning.solvers.separators import disconnected, separator_cuts


class AssignmentVariables:
    """``serves[p]``: pair p is used; ``opens[c]``: unit c is a center."""

    def __init__(self, pairs: AssignmentPairs) -> None:
        self.pairs = pairs
        self.model = cp_model.CpModel()
        self.serves = [self.model.new_bool_var("") for _ in pairs.unit]
        self.of_unit: dict[int, list[int]] = {}
        self.of_center: dict[int, list[int]] = {}
        for (i, c), p in pairs.at.items():
            self.of_unit.setdefault(i, []).append(p)
            self.of_center.setdefault(c, []).append(p)
        self.opens = {c: self.serves[pairs.at[c, c]] for c in self.of_center}
        for rule in RULES:
            rule(self)
        travel = pairs.travel.tolist()
        self.travel = cp_model.LinearExpr.weighted_sum(self.serves, travel)

    def hint(self, center_of: Ints) -> None:
        """A plan known to be allowed, to begin with."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for (i, c), p in self.pairs.at.items():
            self.model.add_hint(self.serves[p], bool(center_of[i] == c))

    def add_separator_cut(self, graph: csr_array | None, component: Ints) -> None:
        """No center serves a unit of the component but through its separator."""
        for p, ways in separator_cuts(self.pairs, self.of_center, graph, component):
            some = [self.serves[q] for q in ways]
            self.model.add_bool_or([*some, self.serves[p].negated()])

    def center_of(self, cp: cp_model.CpSolver, num_units: int) -> Ints:
        """The center of each unit in the solution that was found."""
        chosen = [p for p, var in enumerate(self.serves) if cp.boolean_value(var)]
        found = np.full(num_units, -1, np.int64)
        found[self.pairs.unit[chosen]] = self.pairs.center[chosen]
        return found


def every_unit_is_served_once(x: AssignmentVariables) -> None:
    """Each unit has exactly one center."""
    for mine in x.of_unit.values():
        x.model.add_exactly_one(x.serves[p] for p in mine)


def only_centers_serve(x: AssignmentVariables) -> None:
    """A unit may only be served from a unit that is a center."""
    for (i, c), p in x.pairs.at.items():
        if i != c:
            x.model.add_implication(x.serves[p], x.opens[c])


def exactly_so_many_centers(x: AssignmentVariables) -> None:
    """There are `num_zones` zones."""
    opens = cp_model.LinearExpr.sum(list(x.opens.values()))
    x.model.add(opens == x.pairs.num_zones)


def zones_keep_their_bands(x: AssignmentVariables) -> None:
    """Each sum over a zone lies in its band."""
    for weight, low, high in x.pairs.weights:
        for c, mine in x.of_center.items():
            total = cp_model.LinearExpr.weighted_sum(
                [x.serves[p] for p in mine], [int(weight[p]) for p in mine]
            )
            if high < NO_LIMIT:
                x.model.add(total <= high * x.opens[c])
            if low > 0:
                x.model.add(total >= low * x.opens[c])


def linked_units_share_a_center(x: AssignmentVariables) -> None:
    """Units that must share a zone are served from one center, or none of them is."""
    at = x.pairs.at
    for group in x.pairs.must_link:
        first = int(group[0])
        for other in group[1:].tolist():
            for c in x.of_center:
                p, q = at.get((first, c)), at.get((other, c))
                left = 0 if p is None else x.serves[p]
                x.model.add(left == (0 if q is None else x.serves[q]))


def some_units_cannot_link(x: AssignmentVariables) -> None:
    """No center serves two units that may not share a zone."""
    at = x.pairs.at
    for i, j in x.pairs.cannot_link.tolist():
        for c in x.of_center:
            if (i, c) in at and (j, c) in at:
                x.model.add_at_most_one(x.serves[at[i, c]], x.serves[at[j, c]])


RULES = (
    every_unit_is_served_once,
    only_centers_serve,
    exactly_so_many_centers,
    zones_keep_their_bands,
    linked_units_share_a_center,
    some_units_cannot_link,
)


def assign(
    pairs: AssignmentPairs,
    graph: csr_array | None,
    budget: SearchBudget,
    *,
    num_units: int,
    hint: Ints | None,
    cutoff: int | None = None,
    components: Sequence[Ints] = (),
    on_solution: Callable[[Ints], None] = lambda _: None,
) -> Assignment:
    """Cheapest assignment whose zones are connected in `graph` (None: need not be).

    Parameters
    ----------
    hint
        Center of each unit in a plan known to be allowed.
    cutoff
        Only an assignment that travels less is looked for.
    components
        Sets of units to cut off from centers away from them before any came out so.
    on_solution
        Called with each connected assignment met on the way.
    """
    if not pairs.covers(num_units):
        return Assignment(None, 0, Status.INFEASIBLE)
    x = AssignmentVariables(pairs)
    if cutoff is not None:
        x.model.add(x.travel < cutoff)
    x.model.minimize(x.travel)
    for component in components:
        x.add_separator_cut(graph, component)
    if hint is not None:
        x.hint(hint)
    bound = 0
    met: list[Ints] = []
    while budget.left > 0:
        cp = cpsat.solver(budget)
        status = cpsat.run(cp, x.model)
        if status == cp_model.INFEASIBLE:
            return Assignment(None, 0, Status.INFEASIBLE, tuple(met))
        bound = max(bound, int(np.ceil(cp.best_objective_bound - 1e-6)))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        center_of = x.center_of(cp, num_units)
        lost = [] if graph is None else disconnected(graph, center_of)
        if not lost:
            on_solution(center_of)
            if status == cp_model.OPTIMAL:
                return Assignment(center_of, bound, Status.OPTIMAL, tuple(met))
            break
        for component in lost:
            x.add_separator_cut(graph, component)
        met += lost
    return Assignment(None, bound, Status.UNKNOWN, tuple(met))
