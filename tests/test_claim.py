"""Two runs into one folder: the second is told, and nothing is touched."""

import errno
import json
import os
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import filelock
import pytest

from zoning.cli.claim import claim, let_go
from zoning.cli.screen import consoles
from zoning.errors import InputError
from zoning.planfile.atomic import atomic_write
from zoning.planfile.claim import SPACE, BusyError, claimed, settle
from zoning.planfile.journal import JOURNAL

HOLD = """
import sys
from zoning.planfile.claim import claimed
sys.argv = ["zoning", "plan", "buildings.geojson"]
with claimed({folder!r}):
    print("held", flush=True)
    input()
"""


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture
def other(tmp_path):
    """Another process that is at work in the folder ``out``."""
    command = [sys.executable, "-c", HOLD.format(folder=str(tmp_path / "out"))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.communicate("\n")


def write(folder):
    atomic_write(folder, ("a",), lambda at: (at / "a").write_text("new"))


def test_the_second_is_told_who_is_at_work_and_since_when(tmp_path, other):
    before = names(tmp_path)
    with pytest.raises(BusyError) as told, claimed(tmp_path / "out"):
        pass
    words = str(told.value)
    assert f"(`zoning plan`, process {other.pid}, since {datetime.now():%Y-}" in words
    assert f"end it (Ctrl-C where it runs, or `kill {other.pid}`)" in words
    assert words.endswith("or give another folder. Nothing was touched.")
    with pytest.raises(BusyError):
        write(tmp_path / "out")
    assert names(tmp_path) == before


def test_when_the_first_is_killed_the_folder_is_free_and_its_space_goes(
    tmp_path, other
):
    other.kill()
    other.wait()
    out = tmp_path / "out"
    assert names(out) == [SPACE, f"{SPACE}/lock", f"{SPACE}/who.json"]
    settle(out)
    assert not names(out)


def test_nothing_of_it_stays_when_the_first_ends(tmp_path, other):
    other.communicate("\n")
    assert not names(tmp_path)
    write(tmp_path / "out")
    assert names(tmp_path) == ["out", "out/a"]


@pytest.mark.usefixtures("other")
def test_whoever_reads_does_not_mind_a_run_at_work(tmp_path):
    before = names(tmp_path)
    settle(tmp_path / "out")
    assert names(tmp_path) == before


@pytest.mark.usefixtures("other")
def test_whoever_reads_waits_while_files_are_put_in_place(tmp_path):
    journal = tmp_path / "out" / SPACE / JOURNAL
    journal.write_text("{}")
    later = threading.Timer(0.5, journal.unlink)
    later.start()
    settle(tmp_path / "out")
    later.join()
    assert not journal.exists()


def test_claims_of_one_process_go_together(tmp_path):
    out = tmp_path / "out"
    with claimed(out), claimed(tmp_path / "." / "out"):
        write(out)
        assert (out / SPACE / "lock").exists()
    assert names(out) == ["a"]
    errors = []

    def often():
        try:
            for _ in range(5):
                write(out)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=often) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert names(out) == ["a"]


def test_a_folder_made_for_nothing_goes(tmp_path):
    with claimed(tmp_path / "one" / "two"):
        assert (tmp_path / "one" / "two").is_dir()
    assert not names(tmp_path)


def test_many_at_once_all_come_to_their_turn_or_are_told(tmp_path):
    """Locks are taken away by whoever ends while others come: no two have one."""
    code = (
        "import sys; from zoning.planfile.claim import *\n"
        "from pathlib import Path; out = Path(sys.argv[1]); won = 0\n"
        "for _ in range(30):\n"
        "    try:\n"
        "        with claimed(out):\n"
        "            (out / 'alone').mkdir(); won += 1; (out / 'alone').rmdir()\n"
        "    except BusyError: pass\n"
        "print(won)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    several = [subprocess.Popen(command, **pipes) for _ in range(3)]
    for process in several:
        won, err = process.communicate()
        assert not err
        assert int(won) > 0
    assert names(tmp_path) in ([], ["out"])


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_disk_without_locks_is_told_and_written_to(tmp_path, monkeypatch, code):
    def none(_):
        raise OSError(code, "No locks available")

    monkeypatch.setattr(filelock.FileLock, "_acquire", none)
    with claimed(tmp_path / "out") as claim:
        assert "has no locks (No locks available): see to it" in claim.note
        write(tmp_path / "out")
    assert names(tmp_path) == ["out", "out/a"]


def test_a_command_has_its_folder_until_it_ends(tmp_path, capsys):
    claim(tmp_path / "out", consoles()[1])
    assert json.loads((tmp_path / "out" / SPACE / "who.json").read_text())["process"]
    let_go()
    assert not names(tmp_path)
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")
def test_whoever_may_write_to_the_folder_may_end_what_another_began(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o775)
    with claimed(out):
        assert (out / SPACE).stat().st_mode == out.stat().st_mode


def test_a_link_is_no_space(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / SPACE).symlink_to(Path(tmp_path))
    with (
        pytest.raises(InputError, match="a link, no folder"),
        claimed(tmp_path / "out"),
    ):
        pass
