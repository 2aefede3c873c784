"""HiGHS behind its one door."""

import os
import signal
from threading import Timer
from time import perf_counter

import numpy as np
import pytest
from scipy.sparse import csc_array

from zoning.solvers import highs
from zoning.solvers.assignment_pairs import AssignmentPairs
from zoning.solvers.transportation import assign_to_centers


def market_split(rows=5, columns=40):
    """A small problem that takes branching hours (Cornuéjols and Dawande 1998)."""
    rng = np.random.default_rng(1)
    table = rng.integers(0, 100, (rows, columns))
    right = (table.sum(axis=1) // 2).astype(float)
    every = np.concatenate([table, np.eye(rows), -np.eye(rows)], axis=1)
    cost = np.concatenate([np.zeros(columns), np.ones(2 * rows)])
    most = np.concatenate([np.ones(columns), np.full(2 * rows, 1e4)])
    lp = highs.build(csc_array(every), cost, right, right, most)
    highs.make_integer(lp)
    return lp


def test_a_search_ends_in_time():
    begun = perf_counter()
    highs.run_mip(market_split(), 0.5)
    assert perf_counter() - begun < 5


def allocation():
    """Two centers to share out 50 units; five sums are to be halved nearly exactly."""
    rng = np.random.default_rng(1)
    sums = rng.integers(0, 100, (5, 50))
    unit, center = np.tile(np.arange(50), 2), np.repeat([0, 1], 50)
    half = [int(some.sum()) // 2 for some in sums]
    weights = [(some[unit], h - 1, h + 2) for some, h in zip(sums, half, strict=True)]
    pairs = AssignmentPairs(unit, center, rng.integers(0, 9, 100), weights, 2)
    assign_to_centers(pairs, None, num_units=50, gap=0.0, seconds=30.0)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    "search", [lambda: highs.run_mip(market_split(), 60.0), allocation]
)
def test_ctrl_c_stops_a_search(search):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    press = Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    begun = perf_counter()
    try:
        press.start()
        with pytest.raises(KeyboardInterrupt):
            search()
    finally:
        press.cancel()
        signal.signal(signal.SIGINT, before)
    assert perf_counter() - begun < 20
