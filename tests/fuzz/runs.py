"""Many cases, by several processes; what was wrong is kept, and told by its kind."""

from __future__ import annotations

import gc
import json
import os
import re
import shlex
import shutil
import socket
import tempfile
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import oracles
from tests.fuzz.base import Base
from tests.fuzz.cases import IN, OUT, PLAN, Case, case_of
from tests.fuzz.child import Ended, run

_FRAME = re.compile(r'File "[^"]*/(zoning/[^"]*)", line (\d+), in (\w+)')
_ERROR = re.compile(r"^(\w[\w.]*(?:Error|Exception|Warning|Interrupt|Exit))\b", re.M)
_PLACED = ("This is a bug", "Warning: ")  # what is said at a place that can be found


@dataclass(frozen=True)
class Found:
    """A case that is wrong, and its kind of fault."""

    number: int
    kind: str
    fault: str
    where: str

    @property
    def alike(self) -> str:
        """The same for faults of one kind."""
        return f"{self.fault} {self.where}".strip()


class Bench:
    """Where cases are run: sound files in memory, a folder, and a port that listens."""

    def __init__(self, base: Base, seed: int, folder: Path) -> None:
        self.seed = seed
        self.base = base
        self.folder = folder
        self.door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.door.setblocking(False)
        proxy = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy")
        self.env = {**dict.fromkeys(names, proxy), "no_proxy": "", "NO_PROXY": ""}

    def try_case(self, number: int) -> tuple[Case, Ended, list[str]]:
        """Run one case; the folder of it is there afterwards."""
        case = case_of(self.base, self.seed, number)
        place = self.place(number)
        shutil.rmtree(place, ignore_errors=True)
        case.put(place)
        before = oracles.content_of(place)
        ended = self._run(case.arguments, place)
        checked = None
        target = _written_plan(case, ended, place)
        if target is not None:
            checked = self._run(("check", target), place)
        wrong = [*dict.fromkeys(oracles.faults(case, ended, place, before, checked))]
        if self._knocked():
            wrong.append("it went to the network")
        return case, ended, wrong

    def place(self, number: int) -> Path:
        return self.folder / f"{self.seed}-{number}"

    def _run(self, arguments: tuple[str, ...], place: Path, **env: str) -> Ended:
        watched = (".", IN, PLAN, OUT, "other")
        return run(arguments, place, watched=watched, env={**self.env, **env})

    def _knocked(self) -> bool:
        try:
            self.door.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def where(self, number: int, ended: Ended) -> str:
        """Where in the library a bug is, found by doing it again."""
        if ended.hung:
            return _innermost(ended.err, first=True)
        told = ended.out + ended.err
        if ended.code != 3 and not any(word in told for word in _PLACED):
            return ""
        case, place = case_of(self.base, self.seed, number), self.folder / "again"
        shutil.rmtree(place, ignore_errors=True)
        case.put(place)
        again = self._run(case.arguments, place, ZONING_DEBUG="1")
        shutil.rmtree(place)
        return _innermost(again.err)


def _innermost(text: str, *, first: bool = False) -> str:
    """The last line of the library in a traceback, and the error."""
    frames, errors = _FRAME.findall(text), _ERROR.findall(text)
    if not frames:
        return ""
    file, line, name = frames[0 if first else -1]
    return f"{errors[-1] if errors else ''} at {file}:{line} {name}"


def _written_plan(case: Case, ended: Ended, place: Path) -> str | None:
    """The folder of a plan that the command says it wrote; None where it wrote none."""
    if ended.code or not case.arguments or "--help" in case.arguments:
        return None
    command = case.arguments[0]
    if command == "plan" or (command == "bundle" and "--out" in case.arguments):
        at = len(case.arguments) - case.arguments[::-1].index("--out")
        return case.arguments[at] if at < len(case.arguments) else None
    return PLAN if command in ("adopt", "bundle") and (place / PLAN).exists() else None


def many(seed: int, numbers: Iterable[int], workers: int, keep: Path) -> list[Found]:
    """Run cases; the folders of those that are wrong are kept.

    Parameters
    ----------
    workers
        Processes that run cases at once.
    keep
        Where they are kept, each with the command to type.
    """
    keep.mkdir(parents=True, exist_ok=True)
    listed = [*numbers]
    _warm()
    base = Base.made().complete()
    gc.freeze()  # so that no fork copies what it only counts
    log = keep / f"found-{seed}.jsonl"
    log.write_text("")
    children = []
    for worker in range(workers):
        child = os.fork()
        if not child:
            _work(base, seed, listed[worker::workers], keep, log)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert not any(codes), f"a worker ended with {codes}"
    return [Found(*json.loads(line)) for line in log.read_text().splitlines()]


def _work(base: Base, seed: int, numbers: list[int], keep: Path, log: Path) -> None:
    code = 1
    try:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            bench = Bench(base, seed, Path(folder))
            for number in numbers:
                _one(bench, number, keep, log)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _one(bench: Bench, number: int, keep: Path, log: Path) -> None:
    case, ended, wrong = bench.try_case(number)
    place = bench.place(number)
    if wrong:
        where = bench.where(number, ended)
        found = [(number, case.kind, fault, where) for fault in wrong]
        with log.open("a") as out:
            out.write("".join(f"{json.dumps(one)}\n" for one in found))
        _keep(bench, case, ended, number, keep, wrong)
    with (keep / f"times-{bench.seed}.csv").open("a") as out:
        out.write(f"{number},{case.kind},{ended.code},{ended.seconds:.2f}\n")
    shutil.rmtree(place)


def _keep(
    bench: Bench, case: Case, ended: Ended, number: int, keep: Path, wrong: list[str]
) -> None:
    """Inputs, the command, and what it said."""
    target = keep / f"{bench.seed}-{number}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    case.put(target)
    told = (
        f"python -m tests.fuzz --seed {bench.seed} --case {number}\n\n"
        f"# or, in this folder:\n{typed(case)}\n\n# wrong:\n"
        + "".join(f"# {one}\n" for one in wrong)
        + f"\n# exit code {ended.code}, {ended.seconds:.1f} s\n\n{ended.out}\n"
        + ended.err
    )
    (target / "command.txt").write_text(told, "utf-8", "replace")


def typed(case: Case) -> str:
    """The command as it is typed."""
    return shlex.join(["zoning", *case.arguments])


def _warm() -> None:
    """Load and compile what commands need, once for all forks."""
    from dataclasses import replace
    from importlib import import_module
    from pkgutil import walk_packages

    import matplotlib.pyplot
    import pyarrow.parquet  # noqa: F401 - so that no fork has to load it

    import zoning
    from tests.conftest import blocks
    from zoning.problem import Problem
    from zoning.rules import CannotLink, Pin
    from zoning.search.strategies.anneal import Anneal
    from zoning.search.strategies.column_generation import ColumnGeneration
    from zoning.solve import solve

    for module in walk_packages(zoning.__path__, "zoning."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    matplotlib.pyplot.close(matplotlib.pyplot.figure())
    free = Problem(blocks(3, 3), 3, tolerance=0.9)
    ruled = replace(free, rules=(CannotLink(("u0", "u8")), Pin("A", ("u0",))))
    for problem in (free, ruled):
        for strategy in (Anneal(starts=1, again=0), ColumnGeneration()):
            solve(problem, strategy, time_limit=60)


def one(seed: int, number: int) -> tuple[Case, Ended, list[str], str]:
    """Run one case again."""
    _warm()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        bench = Bench(Base.made(), seed, Path(folder))
        case, ended, wrong = bench.try_case(number)
        return case, ended, wrong, bench.where(number, ended) if wrong else ""
