"""The exact engine on the whole region."""

from __future__ import annotations

from dataclasses import dataclass

from zoning.search.column_generation import solve as exact
from zoning.search.column_generation.restricted_master import Limits
from zoning.search.instance import zones
from zoning.search.run import Run


@dataclass(frozen=True)
class Whole:
    """Strategy: bound, cut, fix, list, choose on the whole region.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    """

    share: float = 1.0

    def __call__(self, run: Run) -> None:
        """Prove a bound, and offer a better plan where there is one."""
        a, count = run.arrays, run.count
        best, extra, labels = None, 0, run.labels
        if labels is not None and run.cost is not None:
            best = zones.of_plan(a, labels, count)
            extra = run.cost - run.base - int(best.cost.sum())
        limits = Limits(
            seconds=self.share * run.left,
            seed=run.seed,
            workers=run.workers,
            executor=run.executor,
            tell=lambda travel: run.prove_travel(travel, "columns"),
            found=lambda plan: run.offer(zones.zone_of(plan, a.num_units), "choice"),
        )
        chosen = exact.close(a, count, best, limits, run.near_plans(), extra)
        if chosen.bound is not None:
            run.prove_travel(chosen.bound, "columns")
        elif chosen.closed:
            run.forbid(
                "No split into connected zones keeps all bands: proved by the "
                "relaxation of choosing among all such zones. Raise the tolerance, or "
                "ask for another number of zones."
            )
