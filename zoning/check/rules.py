"""Judge planners' rules on a plan, building by building, without any search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from zoning.check.zone_names import Naming
from zoning.plan import Plan
from zoning.region import Ints
from zoning.rules.asked import Drawn
from zoning.rules.violation import Violation
from zoning.text.lists import first_few


def frozen(plan: Plan, names: Sequence[str]) -> set[int]:
    """Zones no band is asked of."""
    locked = [rule.locked for rule in plan.problem.rules]
    free = {lock.zone for lock in locked if lock is not None and lock.frozen}
    return {zone for zone, name in enumerate(names) if name in free}


def drawn(plan: Plan, naming: Naming) -> Drawn:
    """The zones of a plan, for rules to judge."""
    return Drawn(plan.problem.edited_region, plan.zone_of, naming.names, naming.changed)


def broken_rules(plan: Plan, naming: Naming, center: Ints) -> Iterator[Violation]:
    """Every planner's rule the plan breaks.

    Prices, targets and ways are judged with cost, bands and centers.
    """
    zones = drawn(plan, naming)
    for rule in plan.problem.rules:
        yield from rule.violations(zones)
    yield from _badly_served(plan, naming, center)


def _badly_served(plan: Plan, naming: Naming, center: Ints) -> Iterator[Violation]:
    """Zones whose center may not be one, or is too far from a unit."""
    problem, region = plan.problem, plan.problem.region
    terms = problem.terms
    if not terms.limits_ways:
        return
    for zone, units in enumerate(plan.zones):
        called = naming.names[zone]
        if not terms.candidate[units].any():
            words = f"Zone {called} holds no building that may be a center."
            yield Violation("centers", called, words=words)
            continue
        served = problem.may_serve(units, center[zone : zone + 1])[:, 0]
        if not served.all():
            way = problem.way_between(units, center[zone : zone + 1])[:, 0]
            far = first_few(
                (
                    f"{region.called(units[p])} ({way[p]:.0f} m)"
                    for p in np.flatnonzero(~served)
                ),
                5,
            )
            words = (
                f"Zone {called}: too far from any center, the "
                f"best being {region.called(center[zone])}: {far}; allowed are "
                f"{terms.hard:g} m."
            )
            yield Violation("radius", called, (), float(way.max()), terms.hard, words)
