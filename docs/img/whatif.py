"""Draw the pictures of the page on what-if: ``python docs/img/whatif.py``."""

from dataclasses import replace
from functools import partial

from district import district, save, solved
from matplotlib.figure import Figure

from zoning.analysis.alternatives import alternatives
from zoning.analysis.compare import compare
from zoning.analysis.edit import edit
from zoning.analysis.frontier import frontier
from zoning.check import judge
from zoning.lots import bundle
from zoning.plan import Plan
from zoning.plot.alternatives import draw_alternatives
from zoning.plot.compare import draw_difference
from zoning.plot.frontier import draw_frontier
from zoning.problem import Problem
from zoning.rules import Previous
from zoning.solve import solve

CHANGES = (0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)


def with_last_year(problem: Problem, plan: Plan) -> Problem:
    """The problem with the zones of some plan as those of last year."""
    names, region = judge(plan).names, problem.region
    column = tuple(names[plan.zone_of[i]] for i in region.unit_of_building)
    region = replace(region, columns={**region.columns, "last_year": column})
    return replace(problem, region=region, rules=(Previous("last_year"),))


def draw_wish(problem: Problem) -> Figure:
    """A compound goes to another zone, and the rest is drawn anew around it."""
    plan = solved(problem).plan
    compound = problem.region.buildings[problem.region.names.index("C034")]
    wish = edit(plan).move(compound, "14")
    print(*wish.history, *wish.verdict.faults, sep="\n")
    held = replace(problem, rules=wish.pins)
    result = solve(held, start=wish.plan, seed=1)
    print(compare([plan, wish.plan, result], ["now", "moved", "solved"]))
    assert result.plan is not None
    return draw_difference(plan, result.plan)


def main() -> None:
    """Draw them all and print what the page tells."""
    problem = Problem(district(), num_zones=15)
    save(draw_wish(problem), "whatif_wish.png")
    several = alternatives(problem, 5, time_limit=60, seed=1)
    print(several)
    save(draw_alternatives(several), "whatif_alternatives.png")
    for parameter, given, values in (
        ("tolerance", problem, None),
        ("num_zones", problem, None),
        ("previous", with_last_year(problem, several.plans[2]), CHANGES),
    ):
        lots = partial(bundle, size=3) if parameter == "num_zones" else None
        drawn = frontier(given, parameter, values, time_limit=100, seed=1, lots=lots)
        print(drawn)
        save(draw_frontier(drawn), f"whatif_{parameter}.png")


if __name__ == "__main__":
    main()
