"""Contiguity by separator cuts: what stands between a set of units and a center.

A zone that comes out in pieces has a component that does not hold its center. The
units around that component separate it from every center outside, so a center that
serves a unit inside serves one of the separator as well.

References
----------
Carvajal, Constantino, Goycoolea, Vielma, Weintraub (2013), Imposing connectivity
constraints in forest planning models, doi:10.1287/opre.2013.1183
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from zoning.solvers.assignment_pairs import AssignmentPairs, Ints


def disconnected(graph: csr_array, center_of: Ints) -> list[Ints]:
    """Components of zones that do not hold the center of their zone."""
    rows = np.repeat(np.arange(len(center_of)), np.diff(graph.indptr))
    same = center_of[rows] == center_of[graph.indices]
    inside = csr_array(
        (np.ones(int(same.sum()), np.int8), (rows[same], graph.indices[same])),
        shape=graph.shape,
    )
    part = connected_components(inside)[1]
    lost = np.unique(part[part != part[center_of]])
    return [np.flatnonzero(part == p) for p in lost]


def separator(graph: csr_array, component: Ints) -> Ints:
    """Units that touch a component and are not of it."""
    near = [graph.indices[graph.indptr[i] : graph.indptr[i + 1]] for i in component]
    return np.setdiff1d(np.concatenate(near), component)


def separator_cuts(
    pairs: AssignmentPairs,
    centers: Iterable[int],
    graph: csr_array | None,
    component: Ints,
) -> Iterator[tuple[int, list[int]]]:
    """Pairs of a unit inside and a center away, each with those one of which it needs.

    Centers of the component or its separator need none.
    """
    assert graph is not None
    border = separator(graph, component)
    near = {*component.tolist(), *border.tolist()}
    for c in centers:
        if c not in near:
            ways = [pairs.at[v, c] for v in border.tolist() if (v, c) in pairs.at]
            for i in component.tolist():
                if (i, c) in pairs.at:
                    yield pairs.at[i, c], ways
