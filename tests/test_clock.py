"""Compiling is no search: the clock stands still meanwhile."""

import os
import subprocess
import sys
import time

import pytest
from numba.core import event

from zoning import clock
from zoning.search.kernels import compiled  # it tells the clock


@pytest.fixture
def ticks(monkeypatch):
    """A clock on the wall that is set by hand."""
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_the_clock_stands_still_while_code_is_compiled(ticks):
    assert compiled.compiled
    begun = clock.perf_counter()
    ticks[0] += 1
    assert clock.perf_counter() - begun == 1
    with event.trigger_event("numba:compile"):
        ticks[0] += 5
        with event.trigger_event("numba:compile"):
            ticks[0] += 5
        assert clock.perf_counter() - begun == 1
        ticks[0] += 5
    assert clock.perf_counter() - begun == 1
    ticks[0] += 2
    assert clock.perf_counter() - begun == 3


def test_code_that_does_not_compile_does_not_stop_the_clock_for_good(ticks):
    with pytest.raises(ZeroDivisionError), event.trigger_event("numba:compile"):
        raise ZeroDivisionError
    begun = clock.perf_counter()
    ticks[0] += 1
    assert clock.perf_counter() - begun == 1


@pytest.mark.slow
def test_a_first_run_of_a_second_finds_a_plan(town, tmp_path):
    """Nothing is compiled yet: a minute of that, then a second of search."""
    command = (
        *(sys.executable, "-m", "zoning", "plan", town / "buildings.geojson"),
        *("--unit", "compound_id", "--zones", "5", "--tolerance", "0.95"),
        *("--time", "1", "--out", tmp_path / "out"),
    )
    surroundings = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        command, env=surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "plan.json").exists()
