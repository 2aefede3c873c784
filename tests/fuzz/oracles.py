"""What is wrong with how a command ended: nothing of it hangs on what was asked."""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from os.path import normpath
from pathlib import Path

import zoning
from tests.fuzz.cases import IN, PLAN, Case
from tests.fuzz.child import Ended
from tests.fuzz.hostile import TOKEN

CODES = (0, 1, 2)
LONGEST = 30_000  # letters of a message
_SENTENCE = re.compile(r"\S.{20,}")
# what no user is to see: of Python, of libraries, of programmers
_NOISE = re.compile(
    r"Traceback|Exception ignored|\b[A-Z]\w{1,30}Warning: |This is a bug|ERROR \d+:"
    r"|object at 0x"
    r"|<class '|Segmentation|terminate called|core dumped|\bnumpy\.|np\.\w+\("
    r"|invalid literal|could not convert|cannot convert|has no attribute|C long|C int"
    r"|object is not|unhashable|NoneType|unsupported operand|index out of range"
    r"|out of bounds|must be str|'int' object|not supported between|inhomogeneous"
    r"|argument must|to unpack|codec can't|setting an array|positional argument"
    r"|unexpected keyword|too large to convert|maximum recursion|\bself\.|KeyError"
)
_SYSTEM = tuple(
    str(Path(one))
    for one in (
        *(sys.prefix, sys.base_prefix, sysconfig.get_path("purelib")),
        *(
            Path(zoning.__file__).parent,
            "/usr",
            "/lib",
            "/proc",
            "/sys",
            "/dev",
            "/etc/",
        ),
    )
)
_CACHES = ("__pycache__", ".cache", "matplotlib", "numba")
_WHOLE = {"plan", "adopt", "bundle"}  # commands that write a plan


def faults(
    case: Case,
    ended: Ended,
    folder: Path,
    before: Mapping[str, bytes],
    checked: Ended | None,
) -> Iterator[str]:
    """All that is wrong, in words that are the same for the same kind of fault.

    Parameters
    ----------
    before
        Content of all files in the folder before the command began.
    checked
        How `zoning check` of a plan that was written ended.
    """
    yield from _how_it_ended(ended)
    yield from _words(ended)
    yield from _reached(case, ended, folder)
    if not ended.hung:  # what was killed could not tidy up
        yield from _written(case, ended, folder, before)
    if checked is not None and checked.code:
        yield f"what was written does not pass the check ({checked.code})"


def _how_it_ended(ended: Ended) -> Iterator[str]:
    if ended.hung:
        yield "it hung"
    elif ended.code == 3:
        yield "it ended as a bug"
    elif ended.code not in CODES:
        yield f"it ended with {ended.code}"


def _words(ended: Ended) -> Iterator[str]:
    said = ended.out + ended.err
    if ended.code != 3 and not ended.hung:
        yield from (f"it said {one!r}" for one in sorted({*_NOISE.findall(said)}))
    if ended.code == 2 and not _SENTENCE.search(ended.err):
        yield "it gave no reason"
    if len(ended.err) > LONGEST:
        yield "it said far too much"
    if re.search(
        r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1b\x7f\u202a-\u202e\u2066-\u2069]", said
    ):
        yield "it said what a terminal obeys"


def _reached(case: Case, ended: Ended, folder: Path) -> Iterator[str]:
    """What it opened that nobody named, and whom it called."""
    for name, rest in ended.events:
        if name == "call":
            yield f"it called {rest.split()[0]}"
        elif name == "read" and not _may_read(case, rest, folder):
            yield "it read a file that nobody named"
        elif name in ("write", "change") and not _may_write(rest, folder):
            yield "it wrote outside"
    if not any("secret" in word for word in case.arguments):
        if any("secret" in name for name in ended.opened):
            yield "it opened a file that only another one names"
        if TOKEN in ended.out + ended.err:
            yield "it told what is in a file that only another one names"
    if any(name.startswith(f"{IN}/") for name in ended.changed):
        yield "it changed its inputs"


def _may_read(case: Case, name: str, folder: Path) -> bool:
    path = normpath(folder / name)
    inside = path.startswith((str(folder), *_SYSTEM))
    return inside or any(
        normpath(word) in normpath(name) for word in case.arguments if len(word) > 1
    )


def _may_write(name: str, folder: Path) -> bool:
    path = normpath(folder / name)
    # where nobody can write, it may try
    return path.startswith((str(folder), "/dev/", "/proc/", "/sys/")) or any(
        c in path for c in _CACHES
    )


def _written(
    case: Case, ended: Ended, folder: Path, before: Mapping[str, bytes]
) -> Iterator[str]:
    after = content_of(folder)
    if any(name.startswith("tmp/") for name in after) and "tmp" not in str(
        case.arguments
    ):
        yield "it left files in the folder of temporary ones"
    if any(".zoning-" in name for name in after):
        yield "it left its own space behind"
    if any(
        after.get(name) != content
        for name, content in before.items()
        if not name.startswith((f"{PLAN}/", "out/"))
    ):
        yield "it changed its inputs"
    command = case.arguments[0] if case.arguments else ""
    is_quiet = ended.code not in (0, 1) or (ended.code == 1 and command != "award")
    own = {
        name: one
        for name, one in after.items()
        if not name.startswith(("tmp/", "home/"))
    }
    if is_quiet and own != before:
        yield "it ended badly and left other files than there were"
    if (
        is_quiet
        and not any(n.startswith("out/") for n in before)
        and (folder / "out").exists()
    ):
        yield "it ended badly and left an empty folder"
    plan = f"{PLAN}/plan.json"
    if command not in _WHOLE and before.get(plan) != after.get(plan):
        yield "it changed a plan"


def content_of(folder: Path) -> dict[str, bytes]:
    """Content of all files in a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
