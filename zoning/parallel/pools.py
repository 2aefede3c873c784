"""Hubs of several kinds: threads, processes of this machine, a cluster of Dask."""

# distributed has no annotations
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import sleep
from typing import Any

from zoning.errors import InputError
from zoning.parallel.hub import Hub
from zoning.text.arguments import COUNT, WORD, instance, takes

EXECUTOR = instance(
    (Executor, Hub), "an Executor of concurrent.futures", "zoning.processes(2)"
).or_none
LOOK = 1.0  # seconds between two looks of a worker at whether its hub is still there
RETRIES = 2  # times Dask does the job of a lost worker again before it says so


def threads(workers: int) -> Hub:
    """Threads of this process; with 1 all is done here, one after the other."""
    if workers == 1:
        return Hub()
    return Hub(ThreadPoolExecutor(workers), workers, close=_leave)


@contextmanager
def minding(executor: Executor | Hub | None, workers: int) -> Iterator[Hub]:
    """The hub of what a planner gives; what is not theirs is closed at the end."""
    hub = hub_of(executor, workers)
    try:
        yield hub
    finally:
        if hub is not executor:
            hub.close()


def hub_of(executor: Executor | Hub | None, workers: int) -> Hub:
    """The hub of what a planner gives as `executor`."""
    if isinstance(executor, Hub):
        return executor
    if executor is None:
        return threads(workers)
    renew = partial(_pool, workers)
    return Hub(executor, workers, renew=renew, close=_kill, ours=False)


@takes(workers=COUNT)
def processes(workers: int) -> Hub:
    """Processes of this machine, as an `executor` of `zoning.solve` and others.

    Where one is killed or stops answering, its work is done again by another one. They
    end with the block, and with this process, however it ends.

    Parameters
    ----------
    workers
        How many.

    Examples
    --------
    ::

        with zoning.processes(2) as executor:
            result = zoning.solve(problem, executor=executor)
    """
    return Hub(_pool(workers), workers, renew=partial(_pool, workers), close=_kill)


@takes(address=WORD, workers=COUNT.or_none)
def cluster(
    address: str = "local", workers: int | None = None, folder: Path | None = None
) -> Hub:
    """Workers of Dask, as an `executor` of `zoning.solve` and others.

    Needs ``pip install zoning[cluster]``, here and on each worker.

    Parameters
    ----------
    address
        Of the scheduler, such as ``"10.0.0.5:8786"``; ``"local"`` begins one here.
    workers
        Jobs at once; as many as the cluster has threads if None.
    folder
        What all workers see, where some are on other machines.

    Raises
    ------
    InputError
        Dask is not installed, nobody answers there, or workers have another release.
    """
    try:
        from distributed import Client, LocalCluster
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        msg = "Work on a cluster needs Dask: pip install 'zoning[cluster]'."
        raise InputError(msg) from error
    local = None
    if address == "local":
        local = LocalCluster(
            n_workers=workers or os.cpu_count(),
            threads_per_worker=1,
            dashboard_address=None,
        )
    try:
        client = Client(local or address, timeout=LOOK * 10)
        _require_release(client)
    except (OSError, ValueError) as error:
        msg = (
            f"No scheduler of Dask answers at {address!r} ({error}). Give HOST:PORT as "
            "`dask scheduler` tells it, or local."
        )
        raise InputError(msg) from error
    count = workers or max(1, sum(client.nthreads().values()))

    def begin() -> Executor:
        made: Executor = client.get_executor(pure=False, retries=RETRIES)
        return made

    def end(executor: Executor) -> None:
        executor.shutdown(wait=False)
        client.close()
        if local is not None:
            local.close()

    return Hub(begin(), count, folder=folder, losses=(KilledWorker,), close=end)


def _require_release(client: Any) -> None:
    here = _release()
    other = {at: v for at, v in client.run(_release).items() if v != here}
    if other:
        told = ", ".join(f"{at} has {v or 'none'}" for at, v in sorted(other.items()))
        client.close()
        msg = (
            f"Workers need zoning {here}, as here: {told}. Install the same release on "
            "every machine of the cluster."
        )
        raise InputError(msg)


def _release() -> str:
    with suppress(PackageNotFoundError):
        return version("zoning")
    return ""


def _pool(workers: int) -> Executor:
    from loky import ProcessPoolExecutor

    made: Executor = ProcessPoolExecutor(
        workers, initializer=_begin, initargs=(os.getpid(),)
    )
    return made


def _leave(pool: Executor) -> None:
    """Threads end when their job does; nobody waits for them."""
    pool.shutdown(wait=False, cancel_futures=True)


def _kill(pool: Any) -> None:
    """Workers that were stopped do not end when they are asked to."""
    pool.shutdown(wait=True, kill_workers=True)


def _begin(hub: int) -> None:
    """A worker begins: Ctrl-C is the hub's to hear; it ends with the hub."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(hub,), daemon=True).start()


def _end_with(hub: int) -> None:
    while os.getppid() == hub:
        sleep(LOOK)
    os._exit(1)
