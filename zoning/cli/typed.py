"""What was typed: known to the whole command, and loaded before all else."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Typed:
    """What was typed.

    Parameters
    ----------
    words
        After ``zoning``.
    goes_on
        It was typed before and goes on.
    """

    words: tuple[str, ...] = ()
    goes_on: bool = False


TYPED: ContextVar[Typed] = ContextVar("typed")
