"""The arrays of a whole problem: its bands, travel and rules packed into numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.problem import Problem
from zoning.rules.compiled import Terms
from zoning.search.instance.instance import (
    FAR,
    NO_LIMIT,
    Arrays,
    Company,
    Places,
    Ways,
    grouped,
)


def of_problem(problem: Problem) -> Arrays:
    """Arrays of a whole problem."""
    region = problem.region
    names = [name for name in problem.bands if name != "load"]
    sums = np.stack([region.load, *(region.sums[name] for name in names)])
    low = np.zeros(len(sums), np.int64)
    high = np.full(len(sums), NO_LIMIT, np.int64)
    for row, name in enumerate(("load", *names)):
        if name in problem.bands:
            low[row] = max(0, problem.bands[name].low)
            high[row] = min(problem.bands[name].high, int(NO_LIMIT))
    slot_low, slot_high = _slot_bands(problem)
    indptr, indices = region.adjacency
    return Arrays(
        indptr.copy(),  # not read-only: one signature, compiled once
        indices.copy(),
        np.ascontiguousarray(sums, np.int64),
        low,
        high,
        slot_low.min(),
        slot_high.max(),
        np.bool_(region.is_complete),
        _ways(problem),
        _company(problem.terms),
        _places(problem, slot_low, slot_high),
    )


def _ways(problem: Problem) -> Ways:
    region, terms, table = problem.region, problem.terms, problem.table
    own = np.where(terms.candidate, 0, FAR)
    return Ways(
        np.zeros((0, 0), np.int64) if table is None else _whole_table(problem, table),
        np.column_stack([region.xy, problem.metre_cost, terms.side, own]),
        terms.side_price.copy(),
        _longest_line(terms.hard, region.costs.detour),
        _longest_line(terms.soft, region.costs.detour),
        np.int64(terms.soft_price),
    )


def _longest_line(way: float, detour: float) -> np.float64:
    """The longest straight line whose way is not above `way`, to the last digit.

    Compiled code compares lines, the checker ways; both must part the same pairs. A
    product never falls when a factor rises, so there is such a line.
    """
    line = np.float64(way) / detour
    if np.isfinite(line):
        while line * detour > way:
            line = np.nextafter(line, -np.inf)
        while np.nextafter(line, np.inf) * detour <= way:
            line = np.nextafter(line, np.inf)
    return np.float64(line)


def _company(terms: Terms) -> Company:
    n = len(terms.candidate)
    apart = np.concatenate([terms.apart, terms.apart[:, ::-1]])
    apart = apart[np.argsort(apart[:, 0], kind="stable")]
    lows = [spread.low for spread in terms.spreads]
    highs = [spread.high for spread in terms.spreads]
    return Company(
        np.bool_(terms.minds_company),
        np.searchsorted(apart[:, 0], np.arange(n + 1)).astype(np.int32),
        apart[:, 1].astype(np.int32),
        np.array(lows, np.float64).reshape(-1, n),
        np.array(highs, np.float64).reshape(-1, n),
        np.array([spread.most for spread in terms.spreads], np.float64),
        *grouped(terms.together, n),
        terms.pinned.copy(),
    )


def _places(
    problem: Problem, slot_low: NDArray[np.int64], slot_high: NDArray[np.int64]
) -> Places:
    terms, slots = problem.terms, np.arange(len(slot_low))
    return Places(
        terms.before.copy(),
        np.array(problem.region.area, np.int64),
        np.int64(terms.change_price.numerator),
        np.int64(terms.change_price.denominator),
        np.int64(terms.change_base),
        NO_LIMIT
        if terms.change_most is None
        else np.int64(terms.change_most - terms.change_base),
        slot_low,
        slot_high,
        slots < len(terms.names),
        slots < terms.required,
    )


def _slot_bands(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What load + travel may be for each named zone, then for the others."""
    names = len(problem.terms.names)
    count = max(names, problem.num_zones - len(problem.terms.locks), 1)
    low = np.zeros(count, np.int64)
    high = np.full(count, NO_LIMIT, np.int64)
    for slot in range(count):
        factor = float(problem.terms.factor[slot]) if slot < names else 1.0
        band = problem.cost_band_of(factor)
        if band is not None:
            low[slot], high[slot] = band.low - problem.fixed, band.high - problem.fixed
    return low, high


def _whole_table(problem: Problem, table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Travel with what rules add to it; `FAR` where they forbid it."""
    terms, out = problem.terms, np.array(table, np.int64)
    every = np.arange(len(out))
    if terms.priced:
        out += problem.surcharge_between(every, every)
    if terms.hard < np.inf:
        out[problem.way_between(every, every) > terms.hard] += FAR
    out[every[~terms.candidate], every[~terms.candidate]] += FAR
    return out
