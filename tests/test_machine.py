"""Troubles of the machine end in a sentence: what, why, and what to do."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from zoning.errors import InputError
from zoning.output.fix import write_fixed
from zoning.planfile.atomic import atomic_write
from zoning.planfile.claim import claimed
from zoning.read import read

COMMAND = f"{sys.executable} -m zoning"


def fill(folder):
    (folder / "a").write_text("a" * 100_000)


@pytest.fixture
def small_files():
    """No file may be larger than 4,096 bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_leaves_what_was_there(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(InputError, match=r"too large.*\. Make room there"):
        atomic_write(tmp_path, ("a",), fill)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_full_disk_is_told_where_the_table_is_mended(tmp_path, town, request):
    region = read(town / "buildings.geojson")
    request.getfixturevalue("small_files")
    with pytest.raises(InputError, match="See that there is room on the disk"):
        write_fixed(tmp_path / "b.gpkg", region)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("/proc/self/out", "Nothing can be written to"),
        ("/dev/null", "not a folder .null.. Give a folder"),
        ("/dev/null/out", "not a folder .null.. Give a folder"),
        ("x" * 300, "File name too long"),
        ("loop/out", "symbolic links"),
    ],
)
def test_a_place_where_no_folder_can_be_is_told(tmp_path, monkeypatch, folder, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match=told), claimed(folder):
        pass


# --- as processes

SLOW = (
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="as Linux has it"),
)


def slow(function):
    for mark in SLOW:
        function = mark(function)
    return function


@pytest.fixture(scope="module")
def place(town):
    """A folder that everybody may write to, in it buildings, a plan, and bids.

    Folders of tests lie in one that is open to their own account alone.
    """
    folder = Path(tempfile.mkdtemp(prefix="zoning-machine-"))
    folder.chmod(0o777)
    for name in ("buildings", "barriers", "streets"):
        text = (town / f"{name}.geojson").read_text("utf-8")
        (folder / f"{name}.geojson").write_text(text, "utf-8")
    done = shell(f"{PLAN} --out plan", folder)
    assert done.returncode == 0, done.stderr
    lots = json.loads((folder / "plan" / "plan.json").read_text("utf-8"))["lots"]
    rows = [f"{b},{one['id']},{one['cost']}" for b in "ABC" for one in lots["lots"]]
    (folder / "bids.csv").write_text("\n".join(["bidder,lot,price", *rows]))
    yield folder
    shutil.rmtree(folder)


PLAN = (
    f"{COMMAND} plan buildings.geojson barriers.geojson streets.geojson --zones 5 "
    "--tolerance 0.9 --lot-size 2 --time 1"
)
COMMANDS = {
    "plan": f"{PLAN} --out out",
    "inspect": f"{COMMAND} inspect buildings.geojson --out out --fix out/f.gpkg",
    "check": f"{COMMAND} check plan",
    "frontier": f"{COMMAND} frontier plan --values 0.9 --time 1 --out out",
    "money": f"{COMMAND} money plan --draws 50",
    "award": f"{COMMAND} award plan --bids bids.csv --time 1",
}
NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups"


def shell(line, folder, **variables):
    """Run a line; whatever happens nobody sees a traceback."""
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **variables},
    )
    for sign in ("Traceback", "This is a bug", "Exception ignored"):
        assert sign not in done.stdout + done.stderr, done.stdout + done.stderr
    return done


def can(line):
    return subprocess.run(["bash", "-c", line], capture_output=True).returncode == 0


needs_accounts = pytest.mark.skipif(
    not can(f"{NOBODY} true"), reason="another account needs the rights of root"
)
needs_mounts = pytest.mark.skipif(
    not can("unshare -m mount -t tmpfs none /mnt"), reason="disks need those of root"
)


@slow
@needs_accounts
@pytest.mark.parametrize("name", ["plan", "inspect", "frontier", "money", "award"])
def test_a_folder_of_another_account_is_told_before_any_work(place, name):
    own = place / "plan" if name in ("money", "award") else place / "out"
    own.mkdir(exist_ok=True)
    own.chmod(0o755)
    done = shell(f"{NOBODY} {COMMANDS[name]}", place)
    assert done.returncode == 2
    assert "Permission denied (.zoning). See that you may write there" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@slow
@needs_accounts
def test_whoever_may_only_read_can_check(place):
    (place / "plan").chmod(0o755)
    assert shell(f"{NOBODY} {COMMANDS['check']}", place).returncode == 0


@slow
@needs_mounts
@pytest.mark.parametrize("name", ["money", "award", "plan"])
def test_on_a_full_disk_the_old_files_stay(place, name):
    """The plan is on a disk of one megabyte that something else fills."""
    line = COMMANDS[name].replace("--out out", "--out plan")
    script = (
        "cp -r plan full; mount -t tmpfs -o size=1m none plan; cp full/* plan; "
        f"cat /dev/zero >plan/filler; {line}; code=$?; rm plan/filler; "
        "diff -r plan full && exit $code"
    )
    done = shell(
        f"unshare -m bash -c '{script}'; code=$?; rm -r full; exit $code", place
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "No space left on device" in done.stderr
    assert "Make room there" in done.stderr


@slow
@pytest.mark.parametrize("name", ["plan", "check"])
@pytest.mark.parametrize(
    "around",
    [
        "HOME=/nonexistent TMPDIR=/nonexistent {}",
        "env -u HOME -u TMPDIR {}",
        "ulimit -n 64; {}",
        "set -o pipefail; {} | true",
        "{} >&- 2>&- <&-",
    ],
)
def test_what_is_missing_around_a_command_does_not_cost_its_work(place, around, name):
    done = shell(around.format(COMMANDS[name]), place)
    assert done.returncode == 0, done.stderr
    assert not [*place.rglob(".zoning*")]


@slow
@needs_mounts
def test_without_shared_memory_and_temporary_files_plans_are_made(place):
    mounts = "; ".join(
        f"mount -t tmpfs -o ro none {where}" for where in ("/dev/shm", "/var/tmp")
    )
    line = f"unshare -m bash -c '{mounts}; TMPDIR=/nonexistent {COMMANDS['plan']}'"
    assert shell(line, place).returncode == 0


@slow
@needs_accounts
def test_code_that_cannot_be_kept_is_said_in_one_sentence(place):
    """No home, package and temporary files of another: all is compiled anew."""
    taken = place / "taken"
    taken.mkdir()
    (taken / "zoning-code-65534").mkdir(parents=True)
    taken.chmod(0o777)
    code = "from zoning.cli.ending import warnings_in_words\\n"
    code += "with warnings_in_words(): import zoning.search.instance.travel"
    line = f"{NOBODY} {sys.executable} -c $'{code}'"
    done = shell(line, place, HOME="/nonexistent", TMPDIR=str(taken))
    assert done.stderr.count("Compiled code can be kept nowhere") == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1
