"""Files of a folder: all new or all old, whatever fails and whoever presses Ctrl-C."""

import os
import signal
from pathlib import Path

import pytest

from zoning.errors import InputError
from zoning.planfile.atomic import atomic_write, build_each
from zoning.planfile.claim import claimed
from zoning.stopping import (
    SIGNALS,
    hear,
    hear_again,
    hearing,
    held,
    in_work,
    until_stopped,
)

NAMES = ("a.csv", "in/b.csv", "c.json")
OLD = {"a.csv": "old a", "in/b.csv": "old b", "c.json": "old c", "own.txt": "mine"}
NEW = {"a.csv": "new a", "c.json": "new c"}  # b.csv is not built any more
MORE = {**NEW, "in/b.csv": "new b"}


def fill(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def content(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


def test_files_are_replaced_and_those_not_built_are_removed(tmp_path):
    fill(tmp_path, OLD)
    atomic_write(tmp_path, NAMES, lambda at: fill(at, NEW))
    assert content(tmp_path) == {**NEW, "own.txt": "mine"}


@pytest.mark.parametrize("error", [OSError(13, "denied"), KeyboardInterrupt()])
@pytest.mark.parametrize("new", [NEW, MORE])
@pytest.mark.parametrize("old", [{}, OLD])
def test_a_fault_at_any_step_leaves_all_as_it_was(
    tmp_path, monkeypatch, old, new, error
):
    """Every move of a file fails in its turn, until all went well."""
    fill(tmp_path, old)
    move = Path.replace
    for failing in range(1, 99):
        moves = 0

        def moved(self, target, failing=failing):
            nonlocal moves
            moves += 1
            if moves == failing:
                raise error
            return move(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", moved)
            try:
                atomic_write(tmp_path, NAMES, lambda at: fill(at, new))
            except (InputError, KeyboardInterrupt):
                assert content(tmp_path) == old
                assert not [*tmp_path.glob(".zoning-*")]
                assert old or not (tmp_path / "in").exists()
                continue
        break
    assert failing == moves + 1 > len(new)
    mine = {"own.txt": "mine"} if old else {}
    assert content(tmp_path) == {**new, **mine}


def test_what_cannot_be_put_back_is_kept_aside_and_told(tmp_path, monkeypatch):
    """On a disk that gives a file one name only."""
    fill(tmp_path, OLD)
    monkeypatch.setattr(os, "link", lambda *_: os.stat(tmp_path / "no such file"))
    move = Path.replace

    def stuck(self, target):
        if self.name == "c.json" and self.parent.name in ("new", "old"):
            raise OSError(13, "denied")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", stuck)
    with pytest.raises(InputError, match=r"c\.json .* move it back"):
        atomic_write(tmp_path, NAMES, lambda at: fill(at, NEW))
    found = content(tmp_path)
    aside = [name for name in found if name == "zoning-old/c.json"]
    assert [found.pop(name) for name in aside] == ["old c"]
    assert found == {name: text for name, text in OLD.items() if name != "c.json"}


def test_folders_made_for_nothing_are_taken_away(tmp_path):
    def full(_):
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        atomic_write(tmp_path / "one" / "two", NAMES, full)
    assert not (tmp_path / "one").exists()


@pytest.fixture
def heard():
    """Signals that came through, rather than the end of the tests."""
    numbers = []
    for number in SIGNALS:  # a shell may have told tests to ignore some
        signal.signal(number, signal.SIG_DFL)
    before = hear(lambda number, _: numbers.append(number))
    yield numbers
    hear_again(before)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_wait_until_files_are_in_place(tmp_path, heard, number):
    fill(tmp_path, OLD)

    def build(at):
        fill(at, NEW)
        os.kill(os.getpid(), number)
        assert heard == []

    atomic_write(tmp_path, NAMES, build)
    assert heard == [number]
    assert content(tmp_path)["c.json"] == "new c"


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with held():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_it_can_be_told_what_a_signal_would_end():
    places = []

    def stop(_, frame):
        places.append(in_work(frame))
        raise KeyboardInterrupt

    with hearing(stop):
        assert until_stopped(lambda: signal.raise_signal(signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert places == [True, False]
    assert not until_stopped(lambda: None)


def test_a_picture_that_fails_is_told_and_costs_nothing_else(tmp_path):
    def bad(at):
        at.write_text("half")
        raise ValueError("no such colour")

    def full(_):
        raise OSError(28, "No space left on device")

    papers = [("a", bad), ("b", full), ("c", lambda at: at.write_text("whole"))]
    told = build_each(tmp_path, papers)
    assert content(tmp_path) == {"c": "whole"}
    assert "a could not be made" in told[0]
    assert "no such colour" in told[0]
    assert told[1] == "b could not be made. No space left on device."


def test_a_folder_is_looked_at_without_a_trace(tmp_path):
    with claimed(tmp_path / "a" / "b"):
        pass
    assert not [*tmp_path.iterdir()]
