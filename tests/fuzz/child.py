"""One command in a fork of this process: bounded in time and memory, and watched."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import resource
import select
import signal
import struct
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

SECONDS, MEMORY = 25.0, 4 * 2**30
_NETWORK = (
    *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind"),
    *("socket.sendto", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"),
    "urllib.Request",
)
_CHANGING = (
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "shutil.rmtree",
    "os.link",
)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# of inotify(7)
_OPENED, _CREATED, _MODIFIED, _DELETED, _MOVED = 0x20, 0x100, 0x2, 0x200, 0xC0
_EVENT = struct.Struct("iIII")


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Parameters
    ----------
    code
        Its exit code; less than 0 for a signal.
    out, err
        What it said.
    seconds
        How long it took.
    hung
        It had to be killed.
    events
        What it opened, changed or called, as Python saw it.
    opened, changed
        Names in the watched folders that anybody opened, or changed.
    """

    code: int
    out: str
    err: str
    seconds: float
    hung: bool
    events: tuple[tuple[str, str], ...]
    opened: tuple[str, ...]
    changed: tuple[str, ...]


def run(
    arguments: tuple[str, ...],
    folder: Path,
    *,
    watched: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> Ended:
    """Run a command with a folder as the working folder.

    Parameters
    ----------
    watched
        Folders inside, whose files are told when they are opened or changed.
    env
        Variables besides those of this process.
    """
    logs = {name: folder.with_name(f"{folder.name}.{name}") for name in ("o", "e", "l")}
    with _watching([folder / name for name in watched]) as seen:
        begin = time.monotonic()
        child = os.fork()
        if not child:
            _be_command(arguments, folder, logs, env or {}, seconds)
        code, hung = _wait(child, seconds)
        took = time.monotonic() - begin
        opened, changed = seen()
    said = {
        name: path.read_bytes().decode("utf-8", "replace")
        for name, path in logs.items()
    }
    for path in logs.values():
        path.unlink()
    events = tuple(
        (name, rest)
        for line in said["l"].split("\0")
        if line
        for name, _, rest in [line.partition(" ")]
    )
    return Ended(code, said["o"], said["e"], took, hung, events, opened, changed)


def _wait(child: int, seconds: float) -> tuple[int, bool]:
    """The exit code of a child that is killed if it takes longer, and if it was."""
    handle = os.pidfd_open(child)
    try:
        hung = not select.select([handle], [], [], seconds)[0]
    finally:
        os.close(handle)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # and what it may have started
    if hung:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), hung


def _be_command(
    arguments: tuple[str, ...],
    folder: Path,
    logs: Mapping[str, Path],
    env: Mapping[str, str],
    seconds: float,
) -> NoReturn:
    """Become the command; this never returns."""
    code = 99
    try:
        os.setsid()
        _to_files(logs)
        os.chdir(folder)
        os.environ |= {
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            **env,
        }
        tempfile.tempdir = None
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        faulthandler.dump_traceback_later(max(1.0, seconds - 2), file=sys.stderr)
        if "ZONING_DEBUG" in env:  # the place of a warning is wanted as well
            for kind in (RuntimeWarning, UserWarning, FutureWarning):
                warnings.simplefilter("error", kind)
        _log_events(logs["l"])
        code = _run(arguments)
    except BaseException as error:
        os.write(2, f"Traceback of the child: {error!r}\n".encode())
    finally:
        with suppress(Exception):
            sys.stdout.flush()
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


def _to_files(logs: Mapping[str, Path]) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, name in ((1, "o"), (2, "e")):
        file = os.open(logs[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    how: dict[str, Any] = {"encoding": "utf-8", "closefd": False}
    sys.stdout = os.fdopen(1, "w", errors="surrogateescape", **how)
    sys.stderr = os.fdopen(2, "w", errors="surrogateescape", **how)


def _run(arguments: tuple[str, ...]) -> int:
    from zoning.cli import main

    try:
        main(arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 98


def _log_events(path: Path) -> None:
    """Write down what Python opens, changes and calls."""
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def heard(name: str, given: tuple[Any, ...]) -> None:
        told = _told(name, given)
        if told is not None:
            os.write(log, f"{told}\0".encode("utf-8", "replace"))

    sys.addaudithook(heard)


def _told(name: str, given: tuple[Any, ...]) -> str | None:
    if name == "open":
        path, _, flags = given
        if isinstance(path, int) or path is None:
            return None
        how = "write" if isinstance(flags, int) and flags & _WRITES else "read"
        return f"{how} {os.fsdecode(path)}"
    if name in _CHANGING:
        return (
            f"change {os.fsdecode(given[0])}" if not isinstance(given[0], int) else None
        )
    if name not in _NETWORK or given[0] == sys.executable:  # reads old workbooks
        return None
    return f"call {name} {given[:2]!r}"


@contextmanager
def _watching(folders: list[Path]) -> Iterator[Any]:
    """Gives a function that tells names opened and changed, by whatever code."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_NONBLOCK)
    mask = _OPENED | _CREATED | _MODIFIED | _DELETED | _MOVED
    places = {
        libc.inotify_add_watch(handle, os.fsencode(folder), mask): folder.name
        for folder in folders
        if folder.is_dir()
    }

    def seen() -> tuple[tuple[str, ...], tuple[str, ...]]:
        opened, changed = dict[str, None](), dict[str, None]()
        for place, what, name in _events(handle):
            if name:
                told = f"{places.get(place, '?')}/{name}"
                (opened if what & _OPENED else changed)[told] = None
        return tuple(opened), tuple(changed)

    try:
        yield seen
    finally:
        os.close(handle)


def _events(handle: int) -> Iterator[tuple[int, int, str]]:
    while True:
        try:
            content = os.read(handle, 65_536)
        except BlockingIOError:
            return
        at = 0
        while at < len(content):
            place, what, _, size = _EVENT.unpack_from(content, at)
            at += _EVENT.size
            name = content[at : at + size].rstrip(b"\0")
            at += size
            yield place, what, os.fsdecode(name)
