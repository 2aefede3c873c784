"""Chance for compiled code: one stream per run, carried in an array of one number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoning.search.kernels.compiled import inner


def seed_state(seed: int) -> NDArray[np.uint64]:
    """State of the compiled generator, never zero."""
    word = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    return np.maximum(word, np.uint64(1))


@inner
def _draw(rng):  # type: ignore[no-untyped-def]
    """xorshift64*."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return (x * np.uint64(2685821657736338717)) >> np.uint64(11)


@inner
def uniform(rng):  # type: ignore[no-untyped-def]
    """A number from 0 up to 1."""
    return np.float64(_draw(rng)) / 9007199254740992.0


@inner
def below(rng, n):  # type: ignore[no-untyped-def]
    """A whole number from 0 up to n - 1."""
    return np.int64(_draw(rng) % np.uint64(n))
