"""One stream of random numbers for each compiled run, carried in a state."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray


def seed_state(seed: int) -> NDArray[np.uint64]:
    """State of the generator, never zero."""
    word = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    return np.maximum(word, np.uint64(1))


@nb.njit(cache=True, nogil=True)
def _draw(state):  # type: ignore[no-untyped-def]
    """xorshift64*."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return (x * np.uint64(2685821657736338717)) >> np.uint64(11)


@nb.njit(cache=True, nogil=True)
def uniform(state):  # type: ignore[no-untyped-def]
    """A number from 0 to 1."""
    return np.float64(_draw(state)) / 9007199254740992.0


@nb.njit(cache=True, nogil=True)
def below(state, n):  # type: ignore[no-untyped-def]
    """A whole number from 0 to n - 1."""
    return np.int64(_draw(state) % np.uint64(n))
