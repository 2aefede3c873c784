"""Column generation on the whole region: bound, cut, fix, enumerate, choose."""

from __future__ import annotations

from dataclasses import dataclass
from warnings import warn

from zoning.search.column_generation.params import PARAMS, ColumnGenerationParams
from zoning.search.column_generation.restricted_master import ColumnGenerationLimits
from zoning.search.column_generation.solve import solve
from zoning.search.instance import zones
from zoning.search.run import Run


@dataclass(frozen=True)
class ColumnGeneration:
    """Strategy: bound, cut, fix, enumerate and choose on the whole region.

    Parameters
    ----------
    share
        At most this part of the time left is used.
    params
        How that time is shared, and how far each part goes.
    """

    share: float = 1.0
    params: ColumnGenerationParams = PARAMS

    def __call__(self, run: Run) -> None:
        """Prove a bound, and submit a better plan where there is one."""
        instance, num_zones = run.instance, run.num_zones
        best, extra, labels = None, 0, run.incumbent
        if labels is not None and run.cost is not None:
            best = zones.of_plan(instance, labels, num_zones)
            extra = run.cost - run.base - int(best.cost.sum())
        limits = ColumnGenerationLimits(
            seconds=self.share * run.time_left,
            seed=run.seed,
            workers=run.limits.workers,
            hub=run.hub,
            on_bound=lambda travel: run.update_travel_bound(travel, "columns"),
            on_plan=lambda plan: run.submit(
                zones.zone_of(plan, instance.num_units), "choice"
            ),
            on_duals=run.take_duals,
            multipliers=run.multipliers,
        )
        plans = run.initial_plans()
        result = solve(instance, num_zones, best, limits, plans, extra, self.params)
        if result.bound is not None:
            run.update_travel_bound(result.bound, "columns")
        elif result.closed:
            run.prove_infeasible(
                "No split into connected zones keeps all bands: proved by the "
                "relaxation of choosing among all such zones. Raise the tolerance, or "
                "ask for another number of zones."
            )


def __getattr__(name: str) -> object:
    """The strategy by its old name, for one release."""
    if name != "Whole":
        raise AttributeError(name)
    warn("Whole is now ColumnGeneration.", DeprecationWarning, stacklevel=2)
    return ColumnGeneration
