"""What a search may take: time, workers, and the seed of its chance."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zoning.clock import perf_counter


@dataclass(frozen=True)
class SearchBudget:
    """`Limits` whose clock runs: what travels together into every search.

    Parameters
    ----------
    deadline
        When to stop, by `zoning.clock.perf_counter`.
    seed, workers
        As CP-SAT takes them; one worker and one seed give one answer.
    """

    deadline: float
    seed: int = 0
    workers: int = 1

    @classmethod
    def of(cls, seconds: float, seed: int = 0, workers: int = 1) -> SearchBudget:
        """So many seconds from now."""
        return cls(perf_counter() + seconds, seed, workers)

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - perf_counter()

    def share(self, part: float) -> SearchBudget:
        """The same, with a part of the time left."""
        return replace(self, deadline=perf_counter() + part * self.left)
