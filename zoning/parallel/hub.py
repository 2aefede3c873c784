"""The hub: hands pieces of work to workers, and minds those that fail.

A piece of work is a task, which is a function of a module, given something large that
all pieces share, its own job, and when it should end. It changes nothing, so it can be
done again wherever a worker died, stopped or ran out of memory, and the results, in the
order of the jobs, do not hang on who was first. A job that is lost twice is given up.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from math import inf, isfinite
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import Any, Generic, TypeVar

from zoning.clock import perf_counter
from zoning.parallel.store import OPEN, store
from zoning.parallel.worker import do

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Out = TypeVar("Out")
Task = Callable[[Shared, Job, float], Out]  # the last: when to end, by `zoning.clock`

GRACE = 10.0  # seconds beyond its own that a job may take before it is done elsewhere
LOSSES = MemoryError, BrokenExecutor, CancelledError  # of a worker
FIRST_GRACE = 60.0  # until every worker has done the task: it may be compiled
TRIES = 2  # a job that was lost so often is given up


@dataclass(frozen=True)
class Lost:
    """What stands in the place of a result that no worker brought back."""

    why: str


class Hub(AbstractContextManager["Hub"]):
    """Where independent pieces of work run.

    Parameters
    ----------
    executor
        Any of `concurrent.futures`, or of another package; None: here, one after the
        other.
    workers
        Jobs that run at once.
    renew
        Makes another executor when this one is broken or stopped; None: what is left
        is done here, except jobs that may have broken it.
    folder
        Where what jobs share is written for workers that do not share memory: all
        workers must see it. None: where this machine has temporary files.
    losses
        Exceptions of the executor that say a worker was lost, not that a job is wrong.
    close
        Ends an executor of ours at once.
    ours
        Whether this one is: another's is left as it is.
    """

    def __init__(
        self,
        executor: Executor | None = None,
        workers: int = 1,
        *,
        renew: Callable[[], Executor] | None = None,
        folder: Path | None = None,
        losses: tuple[type[BaseException], ...] = (),
        close: Callable[[Executor], None] | None = None,
        ours: bool = True,
    ) -> None:
        self.executor = executor
        self.workers = workers
        self.shares_memory = executor is None or isinstance(
            executor, ThreadPoolExecutor
        )
        self.losses: tuple[type[BaseException], ...] = (*LOSSES, *losses)
        self._renew = renew
        self._close = close
        self._ours = ours
        self._folder = folder
        self._space: Path | None = None
        self._stored: dict[int, tuple[object, Path]] = {}
        self._count = 0
        self._stuck = 0
        # workers that have done each task
        self._known: dict[Callable[..., Any], set[str]] = defaultdict(set)

    def map(
        self,
        task: Task[Shared, Job, Out],
        shared: Shared,
        jobs: Iterable[Job],
        *,
        end: float = inf,
        seconds: float = inf,
        each: Callable[[int, Out | Lost], object] = lambda _, __: None,
    ) -> list[Out | Lost]:
        """Do all jobs; results in their order, `Lost` where one was given up.

        Parameters
        ----------
        task
            A function of a module that changes nothing.
        shared
            Handed to every job. It must not change as long as the hub knows it.
        end
            When all should be over, by `zoning.clock`.
        seconds
            What one job may take at most.
        each
            Told of each result when it comes, with the place of its job: what is known
            where Ctrl-C ends the call.

        Raises
        ------
        Exception
            What the first job that failed raised, where that was no loss of a worker.
        """
        return _Work(self, task, shared, list(jobs), end, seconds, each).done()

    def close(self) -> None:
        """End workers that are ours, at once, and remove what was written for them."""
        self._end()
        self.executor = None
        if self._space is not None:
            rmtree(self._space, ignore_errors=True)
            self._space = None

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def here(self) -> Hub:
        """The same where it shares memory; else work is done here, one by one."""
        return self if self.shares_memory else Hub()

    # for the work of one call

    def submit(
        self, task: Task[Shared, Job, Out], shared: Shared, job: Job, seconds: float
    ) -> Future[Any]:
        """Hand one job to a worker."""
        assert self.executor is not None
        if self.shares_memory:
            return self.executor.submit(_here, task, shared, job, seconds)
        folder, me = self._written(shared), os.getpid()
        return self.executor.submit(do, task, folder, job, seconds, me)

    @property
    def free(self) -> int:
        """Jobs that may run at once, workers left out that do not answer."""
        return self.workers - self._stuck

    def grace(self, task: Callable[..., Any]) -> float:
        """Seconds beyond its own that a job may take."""
        return GRACE if len(self._known[task]) >= self.free else FIRST_GRACE

    def result(self, task: Callable[..., Any], flight: Future[Any]) -> Any:
        """What a job came to; whoever did it has the code of its task by now."""
        if self.shares_memory:
            return flight.result()
        worker, found = flight.result()
        self._known[task].add(worker)
        return found

    def leave(self, flight: Future[Any]) -> None:
        """Wait no more for a worker; it is counted again when it answers."""
        self._stuck += 1
        flight.add_done_callback(self._answered)

    def _answered(self, _: object) -> None:
        self._stuck = max(0, self._stuck - 1)

    def begin_anew(self) -> None:
        """Take other workers; where there are none, work goes on here."""
        self._end()
        self.executor, self._stuck, self._ours = None, 0, True
        self._known.clear()
        if self._renew is not None:
            with suppress(*self.losses, OSError):
                self.executor = self._renew()

    def _end(self) -> None:
        if self._ours and self.executor is not None and self._close is not None:
            with suppress(*self.losses, OSError):
                self._close(self.executor)

    def _written(self, shared: object) -> Path:
        """The folder of what is shared, written once."""
        if id(shared) not in self._stored:
            if self._space is None:
                self._space = space_in(self._folder)
            while len(self._stored) >= OPEN:
                oldest = next(iter(self._stored))
                rmtree(self._stored.pop(oldest)[1], ignore_errors=True)
            self._count += 1
            folder = self._space / str(self._count)
            store(shared, folder)
            self._stored[id(shared)] = shared, folder  # kept: its id is not given away
        return self._stored[id(shared)][1]


@dataclass(frozen=True)
class _Flight:
    job: int
    end: float  # by a clock that does not stand still while code is compiled


@dataclass
class _Work(Generic[Shared, Job, Out]):
    """The jobs of one call.

    Those that were in work when workers broke are tried again one at a time, with no
    other job beside them: whichever breaks the workers twice is known to.
    """

    hub: Hub
    task: Task[Shared, Job, Out]
    shared: Shared
    jobs: Sequence[Job]
    end: float
    seconds: float
    each: Callable[[int, Out | Lost], object]
    out: dict[int, Out | Lost] = field(default_factory=dict)
    losses: dict[int, int] = field(default_factory=dict)
    flying: dict[Future[Any], _Flight] = field(default_factory=dict)

    def done(self) -> list[Out | Lost]:
        """Do them all."""
        self.waiting = deque(range(len(self.jobs)))
        self.suspects: deque[int] = deque()
        try:
            while len(self.out) < len(self.jobs):
                if self.hub.executor is None:
                    self._do_here()
                else:
                    self._launch()
                    self._land()
        finally:
            for flight in self.flying:
                flight.cancel()
        return [self.out[job] for job in range(len(self.jobs))]

    @property
    def _left(self) -> float:
        return max(0.0, min(self.seconds, self.end - perf_counter()))

    def _do_here(self) -> None:
        """The next job; one that may have ended a worker is not tried in the hub."""
        job = (self.waiting or self.suspects).popleft()
        if self.losses.get(job) and not self.hub.shares_memory:
            self._put(job, Lost("its worker ended, and there is no other"))
            return
        try:
            self._put(job, _here(self.task, self.shared, self.jobs[job], self._left))
        except MemoryError as error:
            self._lose(job, error)

    def _launch(self) -> None:
        hub = self.hub
        if hub.free <= 0:
            for flight in list(self.flying):
                self._miss(flight)
            hub.begin_anew()
            return
        try:
            while self.waiting and len(self.flying) < hub.free:
                self._submit(self.waiting)
            if self.suspects and not self.flying and not self.waiting:
                self._submit(self.suspects)
        except hub.losses as error:
            self._broken(error)

    def _submit(self, queue: deque[int]) -> None:
        job, seconds = queue[0], self._left
        flight = self.hub.submit(self.task, self.shared, self.jobs[job], seconds)
        queue.popleft()
        self.flying[flight] = _Flight(job, monotonic() + seconds)

    def _due(self, flight: _Flight) -> float:
        """When a job is done elsewhere; threads of this process all stop as one."""
        if self.hub.shares_memory:
            return inf
        return flight.end + self.hub.grace(self.task)

    def _land(self) -> None:
        """Wait for the next job that comes back, or does not come in time."""
        if not self.flying:
            return
        due = min(map(self._due, self.flying.values()))
        timeout = max(0.0, due - monotonic()) if isfinite(due) else None
        for flight in wait(self.flying, timeout, FIRST_COMPLETED).done:
            if flight in self.flying:  # not if workers were all lost meanwhile
                self._take(flight)
        now = monotonic()
        for flight in [x for x, one in self.flying.items() if self._due(one) < now]:
            self.hub.leave(flight)
            self._miss(flight)

    def _take(self, flight: Future[Any]) -> None:
        job = self.flying[flight].job
        try:
            found = self.hub.result(self.task, flight)
        except BrokenExecutor as error:
            self._broken(error)
        except self.hub.losses as error:
            del self.flying[flight]
            self._lose(job, error)
        else:
            del self.flying[flight]
            self._put(job, found)

    def _put(self, job: int, found: Out | Lost) -> None:
        self.out[job] = found
        self.each(job, found)

    def _broken(self, error: BaseException) -> None:
        """All workers are gone; any of the jobs in work may have ended them."""
        jobs = [one.job for one in self.flying.values()]
        self.flying.clear()
        for job in jobs:
            self._lose(job, error)
        self.hub.begin_anew()

    def _miss(self, flight: Future[Any]) -> None:
        self._lose(self.flying.pop(flight).job, None)

    def _lose(self, job: int, error: BaseException | None) -> None:
        self.losses[job] = self.losses.get(job, 0) + 1
        if self.losses[job] < TRIES:
            self.suspects.append(job)
        else:
            self._put(job, Lost(_why(error)))


def _why(error: BaseException | None) -> str:
    if error is None:
        return "its worker did not answer"
    if isinstance(error, MemoryError):
        return "the memory of its worker is too small"
    return "its worker ended"


def _here(
    task: Task[Shared, Job, Out], shared: Shared, job: Job, seconds: float
) -> Out:
    return task(shared, job, perf_counter() + seconds)


def space_in(folder: Path | None) -> Path:
    """A new folder for what jobs share; those of hubs that were killed are removed."""
    place = Path(tempfile.gettempdir() if folder is None else folder)
    ours = f".zoning-work-{socket.gethostname()}-"
    for path in place.glob(f"{ours}*"):
        number = path.name.removeprefix(ours).partition("-")[0]
        if number.isdigit() and not _is_alive(int(number)):
            rmtree(path, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{ours}{os.getpid()}-", dir=place))


def _is_alive(process: int) -> bool:
    """Whether it may be; there is no asking without harm on Windows."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
