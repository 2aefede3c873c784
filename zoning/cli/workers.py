"""Where the work of a command runs: threads, processes of this machine, a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any

from zoning.cli import options
from zoning.errors import InputError
from zoning.parallel.hub import Hub
from zoning.parallel.pools import LOCAL, cluster, processes

_TYPED = (
    ("processes", options.Processes, False),
    ("cluster", options.Cluster, None),
)


def with_workers(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose `executor` is typed as ``--processes`` or ``--cluster``.

    It has options for `workers` and `out`, too. Whatever becomes of it, its workers
    end with it.
    """
    own = [*signature(command, eval_str=True).parameters.values()]
    at = next(i for i, one in enumerate(own) if one.name == "executor")
    asked = [
        Parameter(name, own[at].kind, annotation=hint, default=default)
        for name, hint, default in _TYPED
    ]

    def typed(**given: Any) -> None:
        where = {name: given.pop(name) for name, *_ in _TYPED}
        with working(given["workers"], out=given["out"], **where) as executor:
            command(**given, executor=executor)

    typed.__name__, typed.__doc__ = command.__name__, command.__doc__
    typed.__annotations__ = {}
    several = [*own[:at], *asked, *own[at + 1 :]]
    typed.__signature__ = Signature(several)  # type: ignore[attr-defined] # read
    return typed


@contextmanager
def working(
    workers: int, *, processes: bool, cluster: str | None, out: str
) -> Iterator[Hub | None]:
    """The hub that was asked for; None where threads of this process do."""
    hub = _hub(workers, processes, cluster, out)
    if hub is None:
        yield None
        return
    with hub:
        yield hub


def _hub(workers: int, own: bool, address: str | None, out: str) -> Hub | None:
    if own and address is not None:
        msg = "Give --processes for this machine, or --cluster for others, not both."
        raise InputError(msg)
    if own and workers == 1:
        msg = (
            "--processes splits the work among --workers, of which there is 1. Give "
            "--workers 2 or more, or leave out --processes."
        )
        raise InputError(msg)
    if own:
        return processes(workers)
    if address is None:
        return None
    here = None if address == LOCAL else Path(out).resolve().parent
    return cluster(address, workers if workers > 1 else None, here)
