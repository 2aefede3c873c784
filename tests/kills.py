"""Kill commands at random moments: the folder holds the old output, or the new one.

    python -m tests.kills [--count 100] [--seed 1]

Everything is loaded and compiled once; each command runs in a child made by fork. Some
are killed at any moment, some as soon as files are built, some while they are put in
place. The signal is SIGKILL, now and then SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from time import monotonic, sleep

from zoning.cli import main
from zoning.datasets import old_town
from zoning.planfile.claim import SPACE, settle
from zoning.planfile.journal import JOURNAL, NEW

KEPT = ".run"  # what a long search has found so far; there to go on from
PLAN = (
    *("--unit", "compound_id", "--area", "floor_area_m2", "--tolerance", "0.95"),
    *("--time", "0.4", "--lot-size", "2"),
)
SIGNALS = (*[signal.SIGKILL] * 6, signal.SIGTERM, signal.SIGINT)
AIMS = ("any", "any", "build", "place")
Moment = Callable[[], bool]


@dataclass(frozen=True)
class Case:
    """A command, and how what it is to replace came to be."""

    name: str
    old: tuple[str, ...]
    new: tuple[str, ...]


def cases(place: Path) -> Iterator[Case]:
    """All of them; the last argument is the folder."""
    town = str(place / "town" / "buildings.geojson")
    plan = ("plan", town, *PLAN)
    yield Case(
        "plan",
        (*plan, "--zones", "4", "--out"),
        (*plan, "--zones", "5", "--seed", "2", "--out"),
    )
    frontier = ("frontier", str(place / "plan"), "--time", "0.3", "--lot-size", "0")
    yield Case(
        "frontier",
        (*frontier, "--values", "0.9", "--out"),
        (*frontier, "--values", "0.8,0.95", "--out"),
    )
    for name, old, new in (
        ("award", ("--bids", str(place / "b.csv")), ("--bids", str(place / "a.csv"))),
        ("money", ("--draws", "20"), ("--draws", "30")),
    ):
        yield Case(name, (name, *old), (name, *new))


def run(words: Sequence[str]) -> int:
    """Type a command in a child of this process, unheard; gives its process id."""
    child = os.fork()
    if child:
        return child
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    try:
        main([*words])
    except SystemExit as end:
        os._exit(int(end.code or 0))
    os._exit(3)


def ended(child: int) -> int:
    """The exit code; below 0 the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Which file stands under each name; what is kept to go on from is left out."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
        )
        for path in folder.rglob("*")
        if KEPT not in path.relative_to(folder).parts
    }


class Kills:
    """Commands that are killed, and what came of it."""

    def __init__(self, place: Path, seed: int) -> None:
        self.place, self.chance = place, random.Random(seed)
        self.folder = place / "out"
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.seconds: dict[str, float] = {}
        old_town(40, seed=3).write(place / "town")
        self.cases = [*cases(place)]
        self._do(
            (*self.cases[0].old[:-1], "--time", "10", "--out", str(place / "plan"))
        )
        self._write_bids()
        for case in self.cases:
            self._prepare(case)

    def _do(self, words: Sequence[str]) -> float:
        """Run a command here, so that children find everything loaded."""
        begun, told = monotonic(), StringIO()
        try:
            with redirect_stdout(told), redirect_stderr(told):
                main([*words])
        except SystemExit as end:
            assert not end.code, told.getvalue()
        return monotonic() - begun

    def _write_bids(self) -> None:
        plan = json.loads((self.place / "plan" / "plan.json").read_text("utf-8"))
        for name, bidders in (("a", "XYZ"), ("b", "UVW")):
            rows = [
                f"{bidder},{lot['id']},{lot['cost'] + ord(bidder)}"
                for bidder in bidders
                for lot in plan["lots"]["lots"]
            ]
            text = "\n".join(["bidder,lot,price", *rows])
            (self.place / f"{name}.csv").write_text(text, "utf-8")

    def _prepare(self, case: Case) -> None:
        """The old output of a command, and how long the new one takes."""
        old = self.place / case.name
        if case.name in ("award", "money"):
            shutil.copytree(self.place / "plan", old)
        if case.name != "plan":
            self._do((*case.old, str(old)))
        (old / "own.txt").write_text("mine")
        shutil.copytree(old, self.folder)
        self.seconds[case.name] = self._do((*case.new, str(self.folder)))
        shutil.rmtree(self.folder)

    def kill(self) -> None:
        """Run one of the commands and end it; see what is in the folder then."""
        case, number = self.chance.choice(self.cases), self.chance.choice(SIGNALS)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.place / case.name, self.folder)
        before = state(self.folder)
        child = run((*case.new, str(self.folder)))
        self._wait(child, self.chance.choice(AIMS), self.seconds[case.name])
        phase = self._phase(child)
        try:
            os.kill(child, number)
            code = ended(child)
        except ChildProcessError:
            code = 0
        if code != -signal.SIGKILL:
            assert code in (0, 130), f"{case.name}: exit code {code}"
            assert SPACE not in state(self.folder), (
                "a command that ended left its space"
            )
        self._judge(case, before, phase, code)

    def _wait(self, child: int, aim: str, seconds: float) -> None:
        """Until the moment aimed at, or the end of the command."""
        space, begun = self.folder / SPACE, monotonic()
        mark = {"build": space / NEW, "place": space / JOURNAL}.get(aim)
        longest = seconds * self.chance.uniform(0, 1.05)
        while mark is None or not mark.exists():
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return
            if mark is None and monotonic() - begun > longest:
                return
            sleep(0.0002)
        if aim == "build":
            sleep(self.chance.uniform(0, 0.4 * seconds))
        else:
            sleep(self.chance.choice((0.0, self.chance.uniform(0, 0.004))))

    def _phase(self, child: int) -> str:
        """What the command was at, as far as can be seen from outside."""
        space = self.folder / SPACE
        if (space / JOURNAL).exists():
            return "putting in place"
        if (space / NEW).exists():
            return "building"
        is_over = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return "done" if is_over else "before or after"

    def _judge(
        self, case: Case, before: dict[str, tuple[int, int]], phase: str, code: int
    ) -> None:
        if case.name == "frontier":
            settle(self.folder)
        else:
            code = ended(run(("check", str(self.folder))))
            assert code == 0, f"{case.name}, killed {phase}: check gives {code}"
        now = state(self.folder)
        assert now["own.txt"] == before["own.txt"], "a file of others was touched"
        assert not [name for name in now if SPACE in name], f"left over: {now}"
        written = self._written(case, before)
        old = [
            name for name in written & before.keys() if now.get(name) == before[name]
        ]
        if old:
            assert now == before, f"{case.name}, killed {phase}: half old, half new"
        else:
            assert written <= now.keys(), f"{case.name}: {written - now.keys()} lack"
        self.counts[case.name, phase, "old" if old else "new"] += 1

    def _written(self, case: Case, before: dict[str, tuple[int, int]]) -> set[str]:
        """Names of the files that the command writes."""
        plan = {path.name for path in (self.place / "plan").iterdir()}
        beside = plan if case.name in ("award", "money") else set()
        return before.keys() - beside - {"own.txt"}


def table(counts: Counter[tuple[str, str, str]]) -> str:
    """What was hit, and what was found then."""
    rows = [f"{'command':10} {'killed while':18} {'old':>5} {'new':>5}"]
    for name, phase in sorted({key[:2] for key in counts}):
        old, new = counts[name, phase, "old"], counts[name, phase, "new"]
        rows.append(f"{name:10} {phase:18} {old:5} {new:5}")
    return "\n".join([*rows, f"{counts.total()} kills, no output half old, half new"])


def kills(count: int, seed: int) -> Counter[tuple[str, str, str]]:
    """Kill so many commands; an AssertionError tells what was found half done."""
    with tempfile.TemporaryDirectory() as place:
        killed = Kills(Path(place), seed)
        for _ in range(count):
            killed.kill()
    return killed.counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(table(kills(asked.count, asked.seed)), file=sys.stdout)
