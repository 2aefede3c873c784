"""What came up in a planner's files: faults to mend, and notes on what was assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.text.lists import first_few

Bools = NDArray[np.bool_]

_MOST = 100  # faults that are told at once; more are of one kind, and nobody reads them


class Issues:
    """Faults and notes in the order they came up, told at once.

    Parameters
    ----------
    where
        What they were found in, as a sentence begins: "The input".
    """

    def __init__(self, where: str = "The input") -> None:
        self.where = where
        self.faults: list[str] = []
        self.notes: list[str] = []

    def raise_faults(self) -> None:
        """Tell all faults so far in one error, and what was only noted after them.

        Raises
        ------
        InputError
            There is a fault.
        """
        if not self.faults:
            return
        told = [*self.faults]
        if len(told) > 1:
            told = [f"{i}. {fault}" for i, fault in enumerate(told[:_MOST], 1)]
            told.insert(0, f"{self.where} has {len(self.faults):,} faults.")
        if len(self.faults) > _MOST:
            more = len(self.faults) - _MOST
            told.append(f"And {more:,} more, told when these are mended.")
        if self.notes:
            told += ["Noted besides:", *(f"- {note}" for note in self.notes)]
        raise InputError("\n".join(told))

    @contextmanager
    def errors_as_faults(self) -> Iterator[None]:
        """An error of the input within this block is a fault like the others."""
        try:
            yield
        except InputError as error:
            self.faults.append(str(error))


def count(which: Bools) -> str:
    """How many buildings, up to the verb: "2 buildings have"."""
    number = int(which.sum())
    return f"{number:,} building{'s have' if number > 1 else ' has'}"


def some(names: Sequence[str], which: Bools) -> str:
    """Names of the first few, and how many more there are."""
    chosen = [names[i] for i in np.flatnonzero(which).tolist()]
    return first_few(dict.fromkeys(chosen))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, or nothing where none is near."""
    lower = {str(name).lower(): str(name) for name in known}
    near = get_close_matches(word.lower(), lower, n=1)
    return f"Did you mean {lower[near[0]]!r}? " if near else ""


def capital(text: str) -> str:
    """As a sentence begins; paths stay as they are."""
    return text if Path(text).suffix else text[:1].upper() + text[1:]
