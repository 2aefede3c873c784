"""List every zone there can be, and choose: where units are few and coarse."""

from __future__ import annotations

from dataclasses import dataclass

from zoning.search import exact, zones
from zoning.search.run import Run


@dataclass(frozen=True)
class Listed:
    """Strategy: choose among all zones that keep the bands, if they are few.

    Nothing is done where there are more than `most`; to find that out takes at most
    `share` of the time left.

    Parameters
    ----------
    most
        So many zones are listed.
    share
        Part of the time left that may go to listing.
    """

    most: int = 10_000
    share: float = 0.1

    def __call__(self, run: Run) -> None:
        """Offer the best plan and prove it best, or prove that there is none."""
        a = run.arrays
        seconds = self.share * run.left
        limits = exact.Limits(seconds, run.seed, run.workers, run.executor)
        master = exact.Master(a, run.count, None, limits, run.near_plans())
        listed = master.remaining(self.most)
        if listed is None:
            return
        limits = exact.Limits(run.left, run.seed, run.workers, run.executor)
        picked = exact.pick_plan(a, listed, run.count, limits, run.left)
        if picked.best is not None:
            run.offer(zones.labels(picked.best, len(a.metre)), "list")
        if picked.bound is not None:
            run.prove_travel(picked.bound, "list")
        elif picked.closed:
            run.forbid(
                f"No plan keeps every rule: all {len(listed):,} connected zones that "
                "keep the bands were listed, and no choice among them holds every unit "
                "once. Raise the tolerance, or ask for another number of zones."
            )
