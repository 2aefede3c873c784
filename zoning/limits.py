"""How long a search may take, where its random choices flow from, how many threads."""

from __future__ import annotations

from dataclasses import dataclass

from zoning.text.arguments import NUMBER, SEED, WORKERS, instance, take


@dataclass(frozen=True)
class Limits:
    """What a search may spend, and where chance begins; handed on as one.

    Parameters
    ----------
    time
        Seconds on the wall, those of compiling not counted; 0 or less: none are left.
    seed
        Where every random choice flows from.
    workers
        Threads, up to 1,000. With 1, the same problem and seed give the same plan, as
        long as the search ends before the time does.

    Raises
    ------
    InputError
        One of them is not usable.
    """

    time: float = 60.0
    seed: int = 0
    workers: int = 1

    def __post_init__(self) -> None:
        take(self, time=NUMBER, seed=SEED, workers=WORKERS)


LIMITS = instance(Limits, "a Limits", "zoning.limits.Limits(time=60)")
