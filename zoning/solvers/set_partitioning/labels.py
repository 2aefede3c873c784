"""Choose among listed zones with names, minding only the names that matter.

With a variable for each zone and each name it could have, a choice among a thousand
zones takes minutes. Yet names seldom collide: most zones can have the name that suits
them best. So a name may first be borne by several zones, and that is forbidden only
where a choice cannot be named without it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from zoning.clock import perf_counter
from zoning.solvers.mip_builder import priced_rows, rows_of_zones
from zoning.solvers.zone_names import NamedChoice, Names

Ints = NDArray[np.int64]


def choose_loosely(
    indptr: Ints,
    members: NDArray[np.integer],
    cost: Ints,
    names: Names,
    *,
    num_rows: int,
    count: int,
    time_limit: float,
) -> NamedChoice:
    """The cheapest `count` zones with names that cover every row once, by HiGHS.

    A choice with loose names is a relaxation, so what it costs is a bound. Its zones
    are given names as well as can be; where that costs no more, it is the best choice.
    """
    deadline = perf_counter() + time_limit
    strict = set(names.required.tolist())
    bound, best, least = int(np.minimum(cost, 0).sum()), None, None
    while True:
        pairs = best_pairs(names, strict)
        if not len(pairs):
            return NamedChoice(None, None, closed=True)
        rows = rows_of_zones(
            indptr, members, names, pairs, strict, num_rows=num_rows, count=count
        )
        price, off = priced_rows(rows, cost, names, pairs)
        found = rows.least(price, deadline - perf_counter())
        if found.impossible:
            return NamedChoice(None, None, closed=True)
        bound = max(bound, found.bound - off)
        if found.x is None:
            break
        if found.closed:  # by HiGHS' word
            bound = max(bound, int(price @ found.x) - off)
        chosen = pairs[found.x[: len(pairs)] > 0]
        named = _named(names, names.zone[chosen])
        if named is not None:
            total = int(cost[names.zone[named]].sum()) + names.cost_of(named)
            if least is None or total < least:
                best, least = named, total
        if least is not None and bound >= least:
            break
        twice = _borne_twice(names, chosen)
        if not found.closed or not twice or perf_counter() > deadline:
            break
        strict |= twice
    if best is None or least is None:
        return NamedChoice(None, bound, closed=False)
    told = zip(names.zone[best].tolist(), names.name[best].tolist(), strict=True)
    return NamedChoice(tuple(told), min(bound, least), bound >= least, least)


def best_pairs(names: Names, strict: set[int]) -> Ints:
    """All pairs with a strict name, and for each zone its best pair without one."""
    is_strict = np.isin(names.name, np.array(sorted(strict), np.int64))
    loose = np.flatnonzero(~is_strict)
    order = np.lexsort((names.name[loose], _worth(names, loose), names.zone[loose]))
    loose = loose[order]
    first = np.ones(len(loose), np.bool_)
    first[1:] = names.zone[loose][1:] != names.zone[loose][:-1]
    return np.sort(np.concatenate([np.flatnonzero(is_strict), loose[first]]))


def _worth(names: Names, pairs: Ints) -> Ints:
    """What makes a pair better: less change, where change matters."""
    return names.change[pairs] * names.minded


def _named(names: Names, zones: Ints) -> Ints | None:
    """The best pairs that give these zones names, no name twice; None if none fit."""
    pairs = np.flatnonzero(np.isin(names.zone, zones))
    row = np.searchsorted(np.sort(zones), names.zone[pairs])
    called, place = np.unique(names.name[pairs], return_inverse=True)
    none = names.name[pairs] < 0
    column = np.where(none, len(called) + row, place)
    value = np.full((len(zones), len(called) + len(zones)), np.inf)
    value[row, column] = _worth(names, pairs)
    # a required name outweighs all change
    much = 1.0 + float(np.abs(value[row, column]).sum())
    value[:, np.flatnonzero(np.isin(called, names.required))] -= much
    value[~np.isfinite(value)] = much * (len(zones) + 1.0)
    at = linear_sum_assignment(value)[1]
    pair_of = np.full(value.shape, -1, np.int64)
    pair_of[row, column] = pairs
    chosen = pair_of[np.arange(len(zones)), at]
    borne = set(names.name[chosen].tolist())
    most = names.most_change
    over = most is not None and int(names.change[chosen].sum()) > most
    if (chosen < 0).any() or over or not borne.issuperset(names.required.tolist()):
        return None
    return np.asarray(chosen, np.int64)


def _borne_twice(names: Names, chosen: Ints) -> set[int]:
    borne, often = np.unique(names.name[chosen], return_counts=True)
    return set(borne[(often > 1) & (borne >= 0)].tolist())
