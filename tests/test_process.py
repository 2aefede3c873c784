"""Commands as processes: signals at any moment, readers that leave, closed streams."""

import os
import signal
import subprocess
import sys
from time import monotonic, sleep

import pytest

from zoning.check import judge
from zoning.checkpoint.checkpoint import SPACE
from zoning.lots import bundle
from zoning.output.write import FILES, write
from zoning.planfile.file import read_plan
from zoning.problem import Problem
from zoning.read import read
from zoning.result import Result, Status

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them"),
]
COMMAND = (sys.executable, "-m", "zoning")


@pytest.fixture(scope="module", autouse=True)
def compiled_once(town, tmp_path_factory):
    """What the commands below need is compiled and on disk."""
    for more in (("--zones", 5), ("--zones", 5, "--joint")):
        command = typed(town, tmp_path_factory.mktemp("first") / "out", *more, time=60)
        subprocess.run(command, capture_output=True, check=True)


@pytest.fixture(scope="module")
def plan(town, grown, tmp_path_factory):
    """A written plan, and how one asks for another."""
    out = tmp_path_factory.mktemp("plan") / "out"
    region = read(town / "buildings.geojson", unit="compound_id", area="floor_area_m2")
    found = grown(Problem(region, 6, tolerance=0.95))
    verdict = judge(found)
    write(out, Result(Status.FEASIBLE, found, verdict, 1, 0.1), bundle(found))
    return out


def typed(town, out, *more, time=30):
    return (
        *(*COMMAND, "plan", str(town / "buildings.geojson"), "--unit", "compound_id"),
        *("--tolerance", "0.95", "--time", str(time), "--out", str(out)),
        *map(str, more),
    )


def content(folder):
    """Every file of the output, without what a search that was stopped keeps."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != SPACE
    }


def is_heard(pid):
    """Whether a process hears of signals itself, as Linux tells; elsewhere a guess."""
    try:
        with open(f"/proc/{pid}/status") as file:
            caught = next(line for line in file if line.startswith("SigCgt"))
    except OSError:
        sleep(0.3)
        return True
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def press(command, moments, number=signal.SIGINT):
    """Run a command and send it a signal at these moments, in seconds."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not is_heard(process.pid):
            sleep(0.01)
        begun = monotonic()
        for moment in moments:
            sleep(max(0.0, begun + moment - monotonic()))
            process.send_signal(number)
        out, err = process.communicate(timeout=120)
    assert "Traceback" not in out + err, err
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", [0.15, 0.4, 0.8, 1.3, 1.8, 2.3, 2.8, 3.5])
def test_a_signal_at_any_moment_leaves_the_old_plan_or_a_new_one(
    town, plan, tmp_path, moment, number
):
    """An old plan is in the folder; twice the signal, once or 0.1 s after."""
    out = tmp_path / "out"
    out.mkdir()
    before = content(plan)
    for name, text in before.items():
        (out / name).write_bytes(text)
    moments = (moment, moment + 0.1) if number == signal.SIGINT else (moment,)
    command = typed(town, out, "--zones", 5, time=2)
    code, told, err = press(command, moments, number)
    assert not [*out.glob(".zoning-*")]
    after = content(out)
    if code == 130:
        assert err.count("nothing was written") == 1
        assert after == before
        return
    assert code == 0, err
    assert "Zones:" in told
    written = read_plan(out / "plan.json")
    assert len(written.plan.zones) == 5
    assert after.keys() <= {*FILES}


def press_with_a_plan(command):
    """Run a command and send it Ctrl-C twice once it tells of a plan."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        lines = []
        for line in process.stderr:
            lines.append(line)
            if " best " in line:
                break
        process.send_signal(signal.SIGINT)
        sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    return process.returncode, out, "".join(lines) + err


@pytest.mark.parametrize("more", [("--zones", "4-7"), ("--zones", 5, "--joint")])
def test_ctrl_c_twice_in_a_long_search_keeps_the_plan(town, tmp_path, more):
    out = tmp_path / "out"
    code, told, err = press_with_a_plan(typed(town, out, *more, time=40))
    assert code == 0, err
    assert "Zones:" in told
    assert read_plan(out / "plan.json").verdict.ok


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.3, 0.6, 1.0])
def test_ctrl_c_while_loading_is_one_sentence(moment):
    code, out, err = press((*COMMAND, "check", "nowhere"), (moment,))
    assert code in (2, 130)  # or it was done before
    assert len((out + err).splitlines()) == 1


@pytest.mark.parametrize("shell", ["{} | head -1", "{} >/dev/full", "{} >&-"])
def test_a_reader_who_leaves_does_not_cost_the_plan(town, tmp_path, shell):
    out = tmp_path / "out"
    command = " ".join(typed(town, out, "--zones", 5, time=2))
    line = f"set -o pipefail; {shell.format(command)}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert (out / "plan.json").exists()


@pytest.mark.parametrize("shell", ["{} 2>/dev/full", "{} 2>&-", "{} 2>&1 | head -c 1"])
def test_nobody_who_reads_what_happens_does_not_cost_the_plan(town, tmp_path, shell):
    out = tmp_path / "out"
    command = " ".join(typed(town, out, "--zones", 5, time=2))
    line = f"set -o pipefail; {shell.format(command)}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (out / "plan.json").exists()


def test_without_a_reader_the_code_still_tells_of_the_plan(tmp_path):
    line = f"{' '.join(COMMAND)} check {tmp_path} 2>/dev/full"
    assert subprocess.run(["bash", "-c", line]).returncode == 2


def test_a_working_folder_that_is_gone_is_told(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    line = f"cd {gone}; rmdir {gone}; {' '.join(COMMAND)} --version"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("The working folder is no more.")
