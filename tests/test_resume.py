"""`zoning resume`: a command that was cut off goes on from what it kept."""

import json
import re
import signal
from pathlib import Path

import pytest

from zoning.checkpoint.checkpoint import FOUND, SPACE, Checkpoint
from zoning.cli.progress import Progress
from zoning.planfile.file import read_plan
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


class CutError(Exception):
    """The search ends here, as if the power went."""


def cut():
    raise CutError


def stop():
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def at(monkeypatch):
    """Have something happen at a step that tells of a plan, once."""
    tell = Progress.__call__

    def happens(what, times=1):
        left = [times]

        def told(self, step):
            tell(self, step)
            if step.cost is not None and left[0]:
                left[0] -= 1
                if not left[0]:
                    what()

        monkeypatch.setattr(Progress, "__call__", told)

    return happens


@pytest.fixture
def typed(town):
    """How a plan is asked for."""
    files = (town / "buildings.geojson", "--unit", "compound_id")
    more = ("--tolerance", "0.95", "--zones", "5", "--lot-size", "0", "--time", "0.6")
    return ("plan", *files, *more)


def figures(words):
    """Cost and bound in what is told of a plan that was kept."""
    found = re.search(r"a plan of 5 zones at ([\d,]+) yuan.* bound of ([\d,]+)", words)
    return [int(one.replace(",", "")) for one in found.groups()]


def test_a_plan_that_was_cut_off_goes_on(run, at, typed, tmp_path):
    out = tmp_path / "out"
    at(cut)
    code, _, err = run(*typed, "--out", out)
    assert code == 3
    assert f"`zoning resume {out}` goes on" in err
    assert [one.name for one in out.iterdir()] == [SPACE]
    code, told, err = run("resume", out)
    assert code == 0, err
    assert f"· {FOUND}" in err
    cost, bound = figures(err)
    table = read_plan(out / "plan.json").table
    assert table["cost"] <= cost
    assert table["bound"] >= bound
    assert "Zones:" in told
    assert not (out / SPACE).exists()
    code, _, err = run("resume", out)
    assert code == 2
    assert "There is nothing to go on with" in err
    assert "plan, frontier, alternatives" in err


@pytest.mark.slow
def test_after_ctrl_c_the_plan_is_written_and_the_search_goes_on(
    run, at, typed, tmp_path
):
    out = tmp_path / "out"
    at(stop)
    code, told, err = run(*typed, "--out", out)
    assert code == 0
    assert "The search was stopped." in told
    assert f"`zoning resume {out}` goes on" in err
    before = read_plan(out / "plan.json").table
    code, _, err = run("resume", out, "--time", "2")
    assert code == 0
    after = read_plan(out / "plan.json").table
    assert after["cost"] <= before["cost"]
    assert after["bound"] >= before["bound"]
    assert not (out / SPACE).exists()


@pytest.mark.slow
def test_a_range_goes_on_where_it_was(run, at, typed, tmp_path):
    out = tmp_path / "out"
    words = (*typed[:-6], "--zones", "4-6", "--lot-size", "0", "--time", "9")
    at(cut, times=6)
    assert run(*words, "--out", out)[0] == 3
    kept = Checkpoint(out).kept
    code, told, err = run("resume", out)
    assert code == 0, err
    assert "Zones:" in told
    assert "Going on;" in err
    assert len(kept) >= 1
    assert (out / "numbers.csv").exists()


@pytest.mark.slow
def test_points_of_a_frontier_that_are_done_are_not_searched_again(
    run, typed, tmp_path, monkeypatch
):
    assert run(*typed, "--out", tmp_path / "plan")[0] == 0
    out, searched = tmp_path / "out", []

    def seen(run, *_):
        searched.append(run.problem.tolerance)
        if len(searched) == 2:
            raise CutError
        return optimize(run, *_)

    from zoning.search.optimize import optimize

    monkeypatch.setattr("zoning.analysis.diagnosed.optimize", seen)
    asked = ("frontier", tmp_path / "plan", "--values", "0.8,0.9,0.95", "--time", "6")
    assert run(*asked, "--out", out)[0] == 3
    code, told, err = run("resume", out)
    assert code == 0, err
    assert searched == [0.8, 0.9, 0.9, 0.95]
    assert told.count("proved cheapest") + told.count("above the cheapest") == 3
    assert not (out / SPACE).exists()


@pytest.mark.slow
def test_alternatives_go_on(run, at, typed, tmp_path):
    assert run(*typed, "--out", tmp_path / "plan")[0] == 0
    out = tmp_path / "out"
    at(cut)
    asked = ("alternatives", tmp_path / "plan", "--time", "4", "--lot-size", "0")
    assert run(*asked, "--out", out)[0] == 3
    code, told, err = run("resume", out)
    assert code == 0, err
    assert "Plan 1" in told


@pytest.fixture
def cut_off(run, at, typed, tmp_path):
    """A folder of a plan that was cut off; its buildings lie beside it."""
    town = tmp_path / "town.geojson"
    town.write_bytes(Path(typed[1]).read_bytes())
    out = tmp_path / "out"
    at(cut)
    assert run("plan", town, *typed[2:], "--out", out)[0] == 3
    return out


def test_files_that_changed_are_refused_by_name(run, cut_off):
    town = cut_off.parent / "town.geojson"
    town.write_bytes(town.read_bytes() + b"\n")
    code, _, err = run("resume", cut_off)
    assert code == 2
    assert f"{town} has changed since" in err
    assert (cut_off / SPACE).exists()


@pytest.mark.slow
def test_another_release_is_told(run, cut_off):
    path = cut_off / SPACE / "command.json"
    table = json.loads(path.read_text())
    table["versions"]["numpy"] = "1.0"
    path.write_text(json.dumps(table))
    code, _, err = run("resume", cut_off)
    assert code == 0
    assert "packages have changed: numpy 1.0 is now" in err


def test_a_damaged_command_is_refused_in_words(run, cut_off):
    for text in ("", "{}", "[]", "nothing", '{"typed": ["check"], "folder": "."}'):
        (cut_off / SPACE / "command.json").write_text(text)
        code, _, err = run("resume", cut_off)
        assert code == 2
        assert "is damaged" in err


@pytest.mark.slow
def test_damaged_searches_begin_anew_and_say_so(run, cut_off):
    for path in (cut_off / SPACE).glob("*.kept"):
        path.write_bytes(path.read_bytes()[:-1])
    code, _, err = run("resume", cut_off)
    assert code == 0
    assert "is damaged: its content is not what was written" in err
    assert "keeps nothing" in err


@pytest.mark.slow
def test_the_same_command_typed_again_begins_anew_and_says_so(run, typed, cut_off):
    code, _, err = run(*typed, "--out", cut_off)
    assert code == 0
    assert f"{cut_off / SPACE} kept a plan of 5 zones" in err
    assert f"`zoning resume {cut_off}` would have gone on" in err


@pytest.mark.slow
def test_the_folder_may_have_moved(run, cut_off):
    moved = cut_off.rename(cut_off.parent / "moved")
    code, told, err = run("resume", moved)
    assert code == 0, err
    assert str(moved / "map.png") in told
    assert not cut_off.exists()


def test_from_python_it_is_the_same_folder(line, tmp_path):
    from zoning.problem import Problem

    solve(Problem(line(1, 1), 2, tolerance=0.9), checkpoint=tmp_path, time_limit=5)
    assert len(Checkpoint(tmp_path).kept) == 1
