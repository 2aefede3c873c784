"""Pieces of work come back whole and in order, whatever becomes of workers."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from socket import gethostname

import numpy as np
import pytest

from tests import pieces
from zoning.clock import perf_counter
from zoning.errors import InputError
from zoning.parallel.hub import Hub, Lost, space_in
from zoning.parallel.pools import cluster, hub_of, processes, threads
from zoning.parallel.store import opened, store
from zoning.parallel.worker import do


def test_a_value_is_opened_as_it_was_written(tmp_path):
    value = {"a": np.arange(5), "none": np.zeros(0), "grid": np.eye(3), "word": "七政"}
    store(value, tmp_path / "1")
    found = opened(tmp_path / "1")
    assert found["word"] == "七政"
    assert found["none"].tolist() == []
    np.testing.assert_array_equal(found["grid"], np.eye(3))
    assert type(found["a"]) is np.ndarray
    found["a"][0] = 7  # compiled code wants arrays it may write to; no file changes
    opened.cache_clear()
    assert opened(tmp_path / "1")["a"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("make", [Hub, lambda: threads(2)])
def test_results_come_in_the_order_of_jobs(make):
    with make() as hub:
        assert hub.map(pieces.add, np.arange(4), range(5)) == [6, 7, 8, 9, 10]


@pytest.mark.parametrize("make", [Hub, lambda: threads(2)])
def test_work_for_which_memory_is_too_small_is_given_up(make):
    with make() as hub:
        found = hub.map(pieces.too_much, None, range(4))
    assert found[0::2] == [0, 2]
    assert isinstance(found[1], Lost)
    assert "memory" in found[1].why


def test_a_fault_of_the_work_is_no_loss():
    with threads(2) as hub, pytest.raises(ZeroDivisionError):
        hub.map(pieces.faulty, None, range(3))


def test_jobs_know_when_to_end():
    with threads(2) as hub:
        early, late = hub.map(pieces.left, None, range(2), seconds=3)
    assert 2 < early <= 3
    assert 2 < late <= 3
    assert Hub().map(pieces.left, None, [0], end=perf_counter() - 1)[0] <= 0


def test_an_executor_of_the_planner_is_not_closed():
    with ThreadPoolExecutor(2) as pool:
        with hub_of(pool, 2) as hub:
            assert hub.map(pieces.add, np.arange(2), [1]) == [2]
        assert pool.submit(int).result() == 0


def test_processes_that_are_killed_cost_no_result():
    with processes(2) as hub:
        first = hub.map(pieces.where, np.arange(4), range(4), seconds=30)
        assert {sum_ for sum_, _ in first} == {6}
        assert os.getpid() not in {pid for _, pid in first}
        os.kill(first[0][1], signal.SIGKILL)
        assert hub.map(pieces.add, np.arange(4), range(4)) == [6, 7, 8, 9]
        found = hub.map(pieces.deadly, None, range(4), seconds=30)
    assert [found[0], found[2], found[3]] == [0, 2, 3]
    assert found[1] == Lost("its worker ended")


def test_a_cluster_that_is_not_there_leaves_nothing_to_wait_for():
    pytest.importorskip("distributed")
    begun = {*threading.enumerate()}
    for address in ("1:2:3", "nowhere"):
        with pytest.raises(InputError, match="No scheduler of Dask answers at"):
            cluster(address)
    assert not {*threading.enumerate()} - begun


@pytest.mark.skipif(os.name != "posix", reason="nobody is asked elsewhere")
def test_what_a_killed_hub_left_is_removed_by_the_next(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", "pass"])
    gone.wait()
    names = [f".zoning-work-{gethostname()}-{pid}-x" for pid in (gone.pid, os.getpid())]
    for name in names:
        (tmp_path / name).mkdir()
    fresh = space_in(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / names[1], fresh])


def test_a_folder_that_workers_do_not_see_is_told(tmp_path):
    with pytest.raises(InputError, match="shared disk"):
        do(pieces.add, tmp_path / "nowhere", 1, 1.0, 0)


@pytest.mark.slow
@pytest.mark.usefixtures("compiled")
def test_a_solve_in_processes_is_as_good():
    from zoning.datasets import old_town
    from zoning.problem import Problem
    from zoning.read import read
    from zoning.solve import solve

    town = old_town(300, seed=1)
    region = read(town.buildings, unit="none", area="floor_area_m2")
    problem = Problem(region, 50)
    with processes(2) as workers:
        apart = solve(problem, time_limit=10, executor=workers)
    here = solve(problem, time_limit=10)
    assert apart.verdict.ok
    assert not apart.losses
    assert apart.bound <= here.cost
    assert here.bound <= apart.cost
    assert abs(apart.cost - here.cost) < 0.01 * here.cost
