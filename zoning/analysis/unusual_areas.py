"""Zones of unusual floor area: told, since nothing limits it unasked."""

from __future__ import annotations

from collections.abc import Iterator

from zoning.check import judge
from zoning.check.plan import sum_over
from zoning.plan import PLAN, Plan
from zoning.scenario import read_scenario_file
from zoning.scenario.shipped import ONE_RULE
from zoning.text.arguments import takes


@takes(plan=PLAN)
def told_unusual_areas(plan: Plan) -> Iterator[str]:
    """One sentence on zones of a floor area that is far from the usual.

    The usual is what the one written rule that we know of allows. Nothing is told where
    the problem limits floor area itself, or where none is known.
    """
    usual = read_scenario_file(ONE_RULE).bands["area"]
    areas = sum_over(plan, plan.problem.region.area)
    if "area" in plan.problem.bands or not areas.any():
        return
    beyond = {
        name: area
        for name, area in zip(judge(plan).names, areas.tolist(), strict=True)
        if not usual.low <= area <= usual.high
    }
    if not beyond:
        return
    farthest = max(beyond, key=lambda name: _times(beyond[name], usual.low, usual.high))
    yield (
        f"Floor area is not limited: {len(beyond):,} of {len(areas):,} zones lie "
        f"outside {usual.low:,} to {usual.high:,} m², which is one region's rule "
        f"(--scenario {ONE_RULE}); farthest is zone {farthest} "
        f"with {beyond[farthest]:,} m²."
    )


def _times(area: int, low: int, high: int) -> float:
    """How many times too small or too large a floor area outside of these is."""
    return max(area / high, low / max(area, 1))
