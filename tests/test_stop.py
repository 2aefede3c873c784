"""Ctrl-C: whatever is running stops soon, and nothing is lost."""

import os
import signal
import threading
from time import perf_counter

import pytest

from zoning.model import cpsat
from zoning.problem import Problem
from zoning.result import Status
from zoning.solve import solve
from zoning.what_if.frontier import frontier


@pytest.fixture(autouse=True)
def heard():
    """Python hears of Ctrl-C, whatever solvers in other tests have left behind."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before or signal.default_int_handler)


def press(seconds):
    """Ctrl-C after so many seconds."""
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


def long(run):
    """A strategy that goes on until the time is over, in which Ctrl-C is pressed."""
    press(0.3)
    while not run.done:
        pass


def test_a_solve_that_is_stopped_says_so(line):
    begun = perf_counter()
    found = solve(Problem(line(1, 2, 3), 2, tolerance=0.9), long, time_limit=60)
    assert perf_counter() - begun < 20
    assert found.stopped
    assert found.status is Status.UNKNOWN


def test_a_solve_that_ends_was_not_stopped(line):
    assert not solve(Problem(line(1, 1), 2, tolerance=0.9), time_limit=20).stopped


def test_a_frontier_that_is_stopped_tells_no_half(line):
    with pytest.raises(KeyboardInterrupt):
        frontier(
            Problem(line(1, 2, 3), 2, tolerance=0.9),
            "num_zones",
            [1, 2, 3],
            time_limit=90,
            strategy=long,
        )


def test_cp_sat_hears_of_it():
    cp_model = pytest.importorskip("ortools.sat.python.cp_model")
    model = cp_model.CpModel()
    holes = 11  # twelve pigeons: no plan, and long to prove
    x = [[model.new_bool_var("") for _ in range(holes)] for _ in range(holes + 1)]
    for row in x:
        model.add(sum(row) >= 1)
    for column in zip(*x, strict=True):
        for i in range(len(column)):
            for j in range(i):
                model.add_bool_or(~column[i], ~column[j])
    cp = cpsat.solver(time_limit=60, seed=0, workers=1)
    cp.parameters.cp_model_presolve = False
    cp.parameters.linearization_level = 0
    cp.parameters.symmetry_level = 0
    press(1.0)
    begun = perf_counter()
    with pytest.raises(KeyboardInterrupt):
        cpsat.run(cp, model)
    assert perf_counter() - begun < 40
