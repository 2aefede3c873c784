"""What `make fuzz` would find is found, and a case is the same every time."""

import os
import socket
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import zoning.cli
from tests.fuzz import archives, blobs, hostile, oracles, sheets, trees
from tests.fuzz.base import BIDS, SCENARIO, Base
from tests.fuzz.cases import Case, case_of
from tests.fuzz.child import run
from zoning.scenario import read_scenario_file


@pytest.fixture(scope="module")
def base():
    return Base.made()


@pytest.fixture
def ends(tmp_path, monkeypatch):
    """What is found wrong with a command that does something."""

    def found(does, *arguments, files=None, seconds=20.0):
        monkeypatch.setattr(zoning.cli, "main", does)
        case = Case("planted", arguments or ("check", "plan"), files or {})
        place = tmp_path / "case"
        case.put(place)
        before = oracles.content_of(place)
        ended = run(case.arguments, place, watched=("in", "."), seconds=seconds)
        return [*oracles.faults(case, ended, place, before, None)]

    return found


def ending(code, *told):
    """A command that says something and ends."""

    def does(_):
        for one in told:
            os.write(2, f"{one}\n".encode())
        raise SystemExit(code)

    return does


def doing(act):
    def does(_):
        act()
        raise SystemExit(0)

    return does


def test_a_good_end_is_no_fault(ends):
    assert ends(ending(2, "Column 'a' must be a number; row 3 has 'x'.")) == []


@pytest.mark.parametrize(
    ("does", "fault"),
    [
        (ending(3, "This is a bug of zoning."), "it ended as a bug"),
        (ending(7), "it ended with 7"),
        (ending(2, "No."), "it gave no reason"),
        (ending(0, "Traceback (most recent call last)"), "it said 'Traceback'"),
        (ending(0, "x.py:3: RuntimeWarning: x"), "it said 'RuntimeWarning: '"),
        (ending(0, "\x1b[2J"), "it said what a terminal obeys"),
        (ending(0, "a" * 40_000), "it said far too much"),
        (ending(0, hostile.TOKEN), "it told what is in a file that only another"),
        (doing(lambda: os.kill(os.getpid(), 9)), "it ended with -9"),
        (doing(lambda: open("in/secret.csv").close()), "it opened a file that only"),
        (doing(lambda: Path("../x").touch()), "it wrote outside"),
        (doing(lambda: open("in/new", "w").close()), "it changed its inputs"),
        (doing(lambda: open("tmp/x", "w").close()), "it left files in the folder of"),
        (
            doing(lambda: os.makedirs(".zoning-a") or Path(".zoning-a/x").touch()),
            "own space",
        ),
        (
            doing(lambda: socket.create_server(("127.0.0.1", 0))),
            "it called socket.bind",
        ),
        (doing(lambda: bytearray(5 * 2**30)), "Traceback"),
        (doing(lambda: open("plan/plan.json", "w").close()), "it changed a plan"),
    ],
)
def test_what_is_wrong_is_found(ends, does, fault):
    assert fault in " ".join(ends(does, files={"plan/plan.json": b"{}"}))


def test_a_command_that_hangs_is_ended(ends):
    begin = time.monotonic()
    found = ends(doing(lambda: time.sleep(60)), seconds=0.5)
    assert found[0] == "it hung"
    assert time.monotonic() - begin < 5


def test_half_an_output_is_found(ends):
    def half(_):
        os.mkdir("out")
        open("out/zones.csv", "w").close()
        raise SystemExit(2)

    found = ends(half, "plan", "--out", "out")
    assert "it ended badly and left other files than there were" in found


def test_a_case_is_the_same_every_time(base):
    for number in range(20):
        assert case_of(base, 1, number) == case_of(base, 1, number)
    assert base.complete().workbooks == Base.made().workbooks


def test_mutations_change_something(base):
    chance = Random(1)
    content = base.layer("barriers")
    made = {blobs.mutated(content, chance, blobs.TEXT) for _ in range(50)}
    assert len(made) > 40
    for changes in (archives.CHANGES, archives.SHEETS):
        for _ in range(5):
            book = base.workbooks["bids.xlsx"]
            assert isinstance(archives.mutated(book, chance, changes), bytes)
    for _ in range(10):
        assert trees.as_json(trees.mutated(base.tree["buildings"], chance), chance)
        assert sheets.as_csv(sheets.mutated(BIDS, chance), chance) is not None
    assert base.tree["buildings"]["features"][0]["properties"]["id"] == "B0001"


def test_what_is_not_mutated_is_sound(base, tmp_path):
    path = tmp_path / "s.toml"
    path.write_bytes(trees.as_toml(SCENARIO))
    assert read_scenario_file(path).lots.bidders == 3
    case = replace(Case("sound", ("check", "plan")), files=base.written)
    assert case.files["plan.json"].startswith(b"{")
