"""Where no plan keeps all bands: the plan of the least excess, then of the least cost.

Both are searched by one price, yuan of travel for a yuan of excess. First it is so high
that no travel outweighs a yuan of excess: a bound on ``travel + price × excess`` is one
on excess then. Next it is low enough for the numbers of linear programs, which prove
the cost of plans of no more excess. See "Bands that bend" in docs/formulation.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from zoning.limits import Limits
from zoning.problem import Problem
from zoning.search.any_plan import any_plan
from zoning.search.auto import ENUMERATION_UNITS, FEW_UNITS, PACE, SOME_UNITS, auto
from zoning.search.run import Run, Strategy
from zoning.search.strategies.anneal import Anneal
from zoning.search.strategies.anneal_by_parts import AnnealByParts, PartsParams
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.construct import Construct
from zoning.search.strategies.enumeration import Enumeration
from zoning.search.strategies.lagrangian_bound import LagrangianBound
from zoning.search.strategies.lns import LNS
from zoning.share import COST_BAND


@dataclass(frozen=True)
class ElasticParams:
    """Prices of excess.

    Parameters
    ----------
    first_value
        Priced excess of the best plan, to begin with: linear programs tell a yuan of
        travel beside it.
    most_value
        And at most: sums of reduced costs are whole numbers of 64 bits.
    last_price
        At which the cost is proved where that did not come of itself.
    """

    first_value: int = 10**10
    most_value: int = 2**45
    last_price: int = 100


PARAMS = ElasticParams()
BRIEF = PartsParams(repair_share=0.1)  # neighbourhoods are searched after it anyway
BEGIN_SHARE = 0.4  # of the time, to mend a first plan of many units


def bend(run: Run) -> None:
    """Strategy: the plan of the least excess, then of the least cost, with bounds."""
    if run.infeasibility:
        run.infeasibility = ""
        run.excess_bound = run.excess_base + 1
    else:
        run.hard_bound = max(run.hard_bound, run.bound)
    run.bound = run.base
    if not run.pool:
        some = len(run.units) <= FEW_UNITS
        run.follow(Anneal(4, 2, 500) if some else Construct(BEGIN_SHARE))
    run.submit_pool("annealing")
    if run.best_verdict is None and run.time_left > 0:
        _leave_bands_out(run)
    if run.best_verdict is None:
        return
    if run.avoidable:
        first = _price(run, PARAMS.first_value)
        _search(run, first, _parts(run))
    if not run.avoidable:
        run.harden()
        run.follow(auto)
        return
    exact = _price(run, PARAMS.most_value)
    if first < exact and len(run.units) <= FEW_UNITS and not _is_proved(run):
        _search(run, exact, (ColumnGeneration(),))
    if not _is_proved(run):
        # a plan of too much excess is let save travel at this price
        least = run.best_verdict.excess <= run.excess_bound
        _search(run, PARAMS.last_price if least else 1, (_proof(run),))


def unbent(problem: Problem) -> Problem:
    """The problem without the bands that bend: what makes that impossible is proof."""
    bent = problem.excess_price
    if not bent:
        return problem
    return replace(
        problem.settled(),
        tolerance=None if COST_BAND in bent else problem.tolerance,
        bands={name: band for name, band in problem.bands.items() if name not in bent},
        bend={},
        strict=True,
    )


def _leave_bands_out(run: Run) -> None:
    """Where annealing met no plan at all: any plan without the bands, or none is."""
    limits = Limits(run.time_left, run.seed, run.limits.workers)
    aside = Run(unbent(run.problem), limits, executor=run.hub)
    aside.follow(any_plan)
    if aside.plan is not None:
        run.submit(run.searched(aside.plan.zone_of), "bands left out")
    elif aside.infeasibility:
        run.prove_infeasible(aside.infeasibility)


def _is_proved(run: Run) -> bool:
    best = run.best_verdict
    return (
        best is not None
        and best.excess <= run.excess_bound
        and best.total <= run.cost_bound
    )


def _price(run: Run, value: int) -> int:
    """Yuan of travel for a yuan of excess, so that the best plan's comes to `value`.

    Above what travel can come to no more is needed.
    """
    return max(1, min(_most_travel(run) + 1, value // max(1, run.avoidable)))


def _search(run: Run, price: int, parts: tuple[Strategy, ...]) -> None:
    """Search at a price, and take from its bound those on excess and on cost."""
    if run.time_left <= 0:
        return
    run.bend(price)
    for part in parts:
        if run.done:
            break
        run.follow(part)
    # the least value is at most that of the plan of the least excess: price × excess,
    # and what it travels
    least = -(-(run.bound - run.base - _most_travel(run)) // price)
    charged = any(rule.is_own and rule.is_priced for rule in run.problem.rules)
    if not charged:  # what rules of one's own charge has no known upper end
        run.excess_bound = max(run.excess_bound, run.excess_base + least)
    run.least_cost = max(run.least_cost, run.cost_bound)


def _most_travel(run: Run) -> int:
    """No plan of no more excess than the best travels more, and makes change cost more.

    The cost band says so, where there is one: zones cost no more than its upper end and
    their excess.
    """
    instance, problem = run.hard_instance, run.problem
    most = int(instance.travel_data.most())
    if problem.tolerance is not None:
        ends = run.num_zones * int(instance.cost_high)
        most = min(most, ends + run.avoidable - int(instance.sums[0].sum()))
    return most + round(problem.terms.change_price * int(problem.region.area.sum()))


def _parts(run: Run) -> tuple[Strategy, ...]:
    """What to run by size, as `zoning.search.auto` does where bands are hard."""
    n = len(run.units)
    if n <= ENUMERATION_UNITS:
        return Enumeration(), Anneal(8, 2, 2_000), ColumnGeneration(), LNS()
    if n <= FEW_UNITS:
        return Anneal(8, 2, 2_000), LNS(share=0.1), ColumnGeneration()
    if n <= SOME_UNITS:
        return AnnealByParts(0.2, BRIEF), LNS(share=0.2), ColumnGeneration(0.5)
    return AnnealByParts(0.3, BRIEF), LNS(share=0.5, pace=PACE)


def _proof(run: Run) -> Strategy:
    """What bounds best at this size."""
    few = len(run.units) <= FEW_UNITS
    return ColumnGeneration() if few else LagrangianBound()
