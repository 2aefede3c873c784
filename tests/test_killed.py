"""kill -9 at any moment of a long search: what was kept is found, and goes on."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from zoning.checkpoint.checkpoint import COMMAND, SPACE, Checkpoint
from zoning.datasets import old_town
from zoning.planfile.file import read_plan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them"),
]
ZONING = (sys.executable, "-m", "zoning")
KILLS, SEARCH = 4, 10.0  # so many, of a search of so many seconds


@pytest.fixture(scope="module")
def big_town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    old_town(400, seed=1).write(folder)
    return folder / "buildings.geojson"


def typed(town, out, time):
    asked = ("--zones", "20", "--lot-size", "0", "--time", str(time))
    return (*ZONING, "plan", str(town), *asked, "--out", str(out))


def kill_after(command, seconds):
    """Run a command and kill it some seconds after its search has begun."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        out = Path(command[-1])
        deadline = monotonic() + 300
        while not (out / SPACE / COMMAND).exists() and monotonic() < deadline:
            sleep(0.02)
        sleep(seconds)
        process.send_signal(signal.SIGKILL)


def test_what_was_kept_is_never_lost(big_town, tmp_path):
    subprocess.run(
        typed(big_town, tmp_path / "first", 3), check=True, capture_output=True
    )
    chance, found = random.Random(15), 0
    for kill in range(KILLS):
        out = tmp_path / str(kill)
        kill_after(typed(big_town, out, SEARCH), chance.uniform(0, SEARCH))
        checkpoint = Checkpoint(out)
        kept = checkpoint.kept
        assert not checkpoint.notes  # nothing is ever half there
        if not (out / SPACE / COMMAND).exists():  # it had come to its end before
            assert read_plan(out / "plan.json").verdict.ok
            continue
        done = subprocess.run(
            (*ZONING, "resume", str(out), "--time", "1"),
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, 1), done.stderr
        if kept and kept[0].zone_of is not None:
            found += 1
            assert str(kept[0]) in done.stderr
            require_no_worse(out, kept[0])
        if done.returncode == 0:
            assert not [path for path in out.iterdir() if path.name.startswith(".")]
    assert found > 0  # others were killed before there was a plan


def require_no_worse(out, kept):
    """What was written is judged sound, and at least as good as what was kept."""
    written = read_plan(out / "plan.json")
    assert written.verdict.ok
    table = written.table
    assert (table["excess"], table["cost"]) <= (kept.excess, kept.cost)
    assert table["excess_bound"] >= kept.excess_bound
    if table["excess"] == kept.excess:
        assert table["bound"] >= kept.bound
