"""Faults of workers in the middle of a solve: what comes back, and what is told."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np
import pytest

from tests import faulty, pieces
from tests.conftest import blocks
from zoning.parallel import hub as hubs
from zoning.parallel.hub import Hub
from zoning.parallel.pools import cluster, hub_of, processes, threads
from zoning.problem import Problem
from zoning.search.any_plan import any_plan
from zoning.search.strategies.lns import LNS
from zoning.solve import solve

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
SEARCH = LNS(units=30, share=1.0)


@contextmanager
def standard():
    """The pool of the standard library, whose stopped workers nobody ends."""
    pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    pids = []
    try:
        with hub_of(pool, 2) as hub:
            hub.map(pieces.where, np.zeros(1), range(4), seconds=60)
            pids = list(pool._processes)
            yield hub
    finally:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        pool.shutdown(wait=False, cancel_futures=True)


KINDS = {
    "threads": lambda: threads(2),
    "standard": standard,
    "loky": lambda: processes(2),
    "dask": lambda: cluster("local", 2),
}


@pytest.fixture(scope="module")
def begun():
    """A problem, and a plan of it that windows make better."""
    problem = Problem(blocks(10, 8), 10, tolerance=0.5)
    return problem, solve(problem, any_plan, time_limit=20).plan


@pytest.fixture(scope="module")
def undisturbed(begun):
    problem, plan = begun
    return solve(problem, SEARCH, start=plan, time_limit=60, executor=threads(2))


def suffered(hub, fault, folder, begun):
    """A solve on the workers of a hub, one of which meets with a fault."""

    def submit(task, shared, job, seconds):
        one = (task, job, fault, folder)
        return Hub.submit(hub, faulty.suffering, shared, one, seconds)

    hub.submit = submit
    problem, plan = begun
    return solve(problem, SEARCH, start=plan, time_limit=120, executor=hub)


def cells(faults, kinds):
    return [(kind, fault) for kind in kinds for fault in faults]


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("threads", "memory"),
        *(
            pytest.param(*cell, marks=pytest.mark.slow)
            for cell in cells(["memory", "kill", "stop"], ["standard", "loky", "dask"])
        ),
    ],
)
def test_one_fault_changes_no_plan(
    kind, fault, tmp_path, begun, undisturbed, monkeypatch
):
    monkeypatch.setattr(hubs, "FIRST_GRACE", 40.0)
    with KINDS[kind]() as hub:
        found = suffered(hub, fault, tmp_path, begun)
    assert (tmp_path / "victim").exists()
    assert found.losses == ()
    assert found.plan.equals(undisturbed.plan)


@pytest.mark.slow
@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("kind", ["standard", "loky", "dask"])
def test_a_window_that_ends_its_worker_twice_keeps_its_zones(kind, tmp_path, begun):
    with KINDS[kind]() as hub:
        found = suffered(hub, "twice", tmp_path, begun)
    assert found.verdict.ok
    assert found.bound <= found.cost
    assert found.losses[0].startswith("A window of ")
    assert found.losses[0].endswith("was given up: its worker ended.")
