"""Ctrl-C: whatever is running stops soon, and nothing is lost."""

import os
import signal
import subprocess
import sys
import threading
from time import perf_counter

import numpy as np
import pytest
import typer

from zoning.analysis.alternatives import alternatives
from zoning.analysis.frontier import frontier
from zoning.analysis.tightest import tightest
from zoning.cli import ending
from zoning.cli.signals import keeping
from zoning.joint.joint import plan_and_bundle
from zoning.problem import Problem
from zoning.result import Status
from zoning.solve import solve
from zoning.solvers import cpsat
from zoning.solvers.budget import SearchBudget
from zoning.starting import NOTHING_WRITTEN
from zoning.stopping import hear, hear_again, until_stopped


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


def then_long(run):
    """One zone is drawn at once; for more it goes on and on, and Ctrl-C is pressed."""
    if run.problem.num_zones > 1:
        long(run)
    run.submit(np.zeros(len(run.problem.region), int), "one")


def test_a_frontier_that_is_stopped_tells_what_was_found(line):
    found = frontier(
        Problem(line(1, 2, 3), 2, tolerance=0.9),
        "num_zones",
        [1, 2, 3],
        time_limit=90,
        strategy=then_long,
    )
    assert found.stopped
    assert found.best is found.results[0]
    assert [one.cost is None for one in found.results] == [False, True, True]
    assert [one.stopped for one in found.results] == [False, True, True]
    assert "2 zones: stopped before a plan was found" in str(found)


def test_the_tightest_tolerance_so_far_is_kept_when_stopped(line, monkeypatch):
    calls = []

    def stopped(problem, *args, start=None, **asked):
        calls.append(problem.tolerance)
        if len(calls) == 3:
            return solve(problem, long, time_limit=60)
        return solve(problem, *args, start=start, **asked)

    monkeypatch.setattr("zoning.analysis.tightest.solve_and_diagnose", stopped)
    problem = Problem(line(3, 4, 5, 6, 7, 8), 2, tolerance=0.9)
    found = tightest(problem, time_limit=60)
    assert len(calls) == 3
    assert found.result.stopped
    assert found.result.plan.problem.tolerance == found.tolerance < 0.9
    assert found.result.verdict.ok


def test_alternatives_found_before_the_stop_are_kept(line, monkeypatch):
    def stopped(*_):
        press(0.1)
        while True:
            pass

    monkeypatch.setattr("zoning.analysis.alternatives.gather", stopped)
    found = alternatives(Problem(line(1, 1, 1, 1), 2, tolerance=0.9), time_limit=60)
    assert found.stopped
    assert len(found) == 1
    assert "stopped" in found.reason


def test_zones_and_lots_together_keep_the_plan_when_stopped(blocks, monkeypatch):
    def stopped(*_):
        press(0.1)
        while True:
            pass

    monkeypatch.setattr("zoning.joint.stages.anneal", stopped)
    problem = Problem(blocks(4, 3), 3, tolerance=0.9)
    found = plan_and_bundle(problem, time_limit=60)
    assert found.cost is not None
    assert found.lots.lots


class Ending:
    """Something that is let go of when a signal comes: what is raised there is lost."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def test_a_search_is_told_when_it_can_hear():
    def work():
        Ending()
        begun = perf_counter()
        while perf_counter() - begun < 20:
            pass

    begun = perf_counter()
    with keeping():
        assert until_stopped(work)
    assert perf_counter() - begun < 10


def test_a_command_keeps_what_was_found_whenever_it_is_stopped():
    """Only searches are stopped, and not again before they had time to end."""
    with keeping():
        signal.raise_signal(signal.SIGINT)  # nothing to stop: nothing happens
        assert until_stopped(lambda: signal.raise_signal(signal.SIGTERM))
        assert not until_stopped(lambda: signal.raise_signal(signal.SIGINT))


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
    cp = cpsat.solver(SearchBudget.of(60))
    cp.parameters.cp_model_presolve = False
    cp.parameters.linearization_level = 0
    cp.parameters.symmetry_level = 0
    press(1.0)
    begun = perf_counter()
    with pytest.raises(KeyboardInterrupt):
        cpsat.run(cp, model)
    assert perf_counter() - begun < 40


def test_a_second_signal_does_not_cut_off_what_is_told_of_the_first(monkeypatch):
    def command():
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the command went on")

    def say(text):
        signal.raise_signal(signal.SIGINT)
        told.append(text)

    told, app = [], typer.Typer()
    app.command()(command)
    monkeypatch.setattr(ending, "_say", say)
    before = hear(signal.default_int_handler)
    try:
        assert ending.run(app, []) == 130
    finally:
        hear_again(before)
    assert told == [NOTHING_WRITTEN]


EARLY = """
import signal, typer.main
get_command = typer.main.get_command
def stopped(app):
    signal.raise_signal(signal.SIGINT)
    return get_command(app)
typer.main.get_command = stopped
from zoning.cli import main
main(["--version"])
"""


def test_a_signal_before_the_command_begins_is_told():
    done = subprocess.run(
        [sys.executable, "-c", EARLY], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == f"{NOTHING_WRITTEN}\n"
