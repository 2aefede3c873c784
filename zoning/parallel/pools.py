"""Hubs of several kinds: threads, processes of this machine, a cluster of Dask."""

# distributed has no annotations
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from zoning.errors import InputError
from zoning.parallel.hub import Hub
from zoning.parallel.worker import begin
from zoning.text.arguments import COUNT, PATH, WORD, instance, takes
from zoning.text.lists import first_few

EXECUTOR = instance(
    (Executor, Hub), "an Executor of concurrent.futures", "zoning.processes(2)"
).or_none
LOCAL = "local"  # the address of a cluster that is begun here
# a solver has one thread; a worker that has taken much memory is no fault
ALONE = {
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"
    ),
    "LOKY_MAX_MEMORY_LEAK_SIZE": "1e15",
}
ANSWER = 10.0  # seconds a scheduler has to answer


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


@takes(address=WORD, workers=COUNT.or_none, folder=PATH.or_none)
def cluster(
    address: str = LOCAL, workers: int | None = None, folder: Path | None = None
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
        from distributed import Client
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        msg = "Work on a cluster needs Dask: pip install 'zoning[cluster]'."
        raise InputError(msg) from error
    _hush()
    local = _begun_here(workers or os.cpu_count() or 1) if address == LOCAL else None
    try:
        if local is None:
            _reach(address)
        client = Client(local or address, timeout=ANSWER)
    except Exception as error:  # Dask has many words for it
        msg = (
            f"No scheduler of Dask answers at {address!r} ({error}). Give HOST:PORT as "
            "`dask scheduler` tells it, or local."
        )
        raise InputError(msg) from error
    try:
        _require_same_release(client)
    except InputError:
        client.close()
        raise
    count = workers or sum(client.nthreads().values())

    def begin() -> Executor:
        made: Executor = client.get_executor(pure=False)
        return made

    def end(executor: Executor) -> None:
        executor.shutdown(wait=False)
        client.close()
        if local is not None:
            local.close()

    return Hub(begin(), count, folder=folder, losses=(KilledWorker,), close=end)


def _reach(address: str) -> None:
    """Fail where no scheduler answers.

    A client that fails to connect is left open, and waits twenty seconds when it is
    thrown away.
    """
    from distributed.comm.core import connect
    from distributed.utils import LoopRunner

    async def reach() -> None:
        await (await connect(address, timeout=ANSWER)).close()

    LoopRunner().run_sync(reach)


def _begun_here(workers: int) -> Any:
    """A cluster of this machine; a job that ends its worker is told at once."""
    import dask
    from distributed import LocalCluster

    quiet = {"DASK_LOGGING__DISTRIBUTED": "critical"}
    with dask.config.set(
        {
            "distributed.scheduler.allowed-failures": 0,
            "distributed.nanny.pre-spawn-environ": {**ALONE, **quiet},
        }
    ):
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        )


def _hush() -> None:
    """What becomes of workers is told by what comes back, not by Dask's log."""
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _require_same_release(client: Any) -> None:
    found, here = client.run(_release, on_error="return"), _release()
    if not found:
        msg = "The scheduler has no workers. Begin some: `dask worker HOST:PORT`."
        raise InputError(msg)
    other = [f"{at} has {had}" for at, had in sorted(found.items()) if had != here]
    if other:
        msg = (
            f"Workers need {here}, as here: {first_few(other)}. Install the same "
            "releases on every machine of the cluster."
        )
        raise InputError(msg)


def _release() -> str:
    number = "of no known release"
    with suppress(PackageNotFoundError):
        number = version("zoning")
    return f"zoning {number} with Python {'.'.join(map(str, sys.version_info[:2]))}"


def _pool(workers: int) -> Executor:
    from loky import ProcessPoolExecutor

    made: Executor = ProcessPoolExecutor(
        workers, initializer=begin, initargs=(os.getpid(),), env=ALONE
    )
    return made


def _leave(pool: Executor) -> None:
    """Threads end when their job does; nobody waits for them."""
    pool.shutdown(wait=False, cancel_futures=True)


def _kill(pool: Any) -> None:
    """Workers that were stopped do not end when they are asked to."""
    pool.shutdown(wait=True, kill_workers=True)
