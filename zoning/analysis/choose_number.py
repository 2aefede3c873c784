"""Which number of zones is paid least for: several are tried, in lots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from zoning.analysis.diagnosed import solve_and_diagnose
from zoning.analysis.frontier import VALUES, Frontier, frontier, numbers_around, proved
from zoning.analysis.lots_of_each import LOTS, MakeLots, lots_of, maker_of
from zoning.limits import Limits
from zoning.lots import Lots
from zoning.problem import PROBLEM, Problem
from zoning.result import Result, Status
from zoning.search.auto import auto
from zoning.search.run import Progress, Strategy
from zoning.text.arguments import CALLABLE, SEARCH, takes

FIRST_SHARE = 0.5  # of the time goes to all numbers, the rest to the cheapest of them


@takes(
    problem=PROBLEM,
    numbers=VALUES.or_none,
    lots=LOTS.or_none,
    progress=CALLABLE.or_none,
    strategy=CALLABLE,
    **SEARCH,
)
def choose_number(
    problem: Problem,
    numbers: Iterable[int] | None = None,
    *,
    lots: int | MakeLots | None = 3,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
    strategy: Strategy = auto,
) -> Frontier:
    """Try several numbers of zones and take the one that is paid least for.

    That is what lots of its zones cost, where lots are made; numbers whose zones have
    no lots are left aside as long as others have some. Of equal cost the fewer zones.
    More zones have shorter ways, and their lots buy more whole staff and machines.

    Parameters
    ----------
    problem
        All but its number of zones stays as it is; the fair share is that of each
        number.
    numbers
        Such as ``range(12, 19)``. Default: from three zones fewer than in `problem` to
        three more.
    lots
        So many zones to a lot, as in `zoning.bundle`; or what makes lots of a plan. 0
        or None: no lots, zones decide.
    time_limit
        Wall seconds to search zones. Half of it is shared evenly by all numbers, and
        what one does not need goes to those after it. All that is left goes to the
        cheapest, unless it is proved optimal. Once more as much for lots. Ctrl-C ends
        the search: what was found is returned, see `Frontier.stopped`.
    seed, workers, progress, strategy
        As in `zoning.solve`.

    Returns
    -------
    Frontier
        `Frontier.best` and `Frontier.best_lots` are what to write; `Frontier.rows` is
        the table of all numbers, `Frontier.entry` the same for ``settings={"number":
        ...}`` of `zoning.write`.

    Raises
    ------
    InputError
        A number is below 1, or no whole number. One that has no plan is a row that
        says why.
    """
    several = numbers_around(problem) if numbers is None else tuple(numbers)
    limits = Limits(time_limit, seed, workers)
    make = maker_of(lots, limits, len(several) + 1)
    found = frontier(
        problem,
        "num_zones",
        several,
        time_limit=FIRST_SHARE * time_limit,
        seed=seed,
        workers=workers,
        progress=progress,
        strategy=strategy,
        lots=make,
    )
    best = found.best
    left = time_limit - sum(one.seconds for one in found.results)
    if found.stopped or best.plan is None or best.status is Status.OPTIMAL or left <= 0:
        return found
    again = solve_and_diagnose(
        best.plan.problem,
        strategy,
        limits=replace(limits, time=left),
        start=best.plan,
        progress=progress,
    )
    return with_more(found, again, lots_of(make, again.plan)[0])


def with_more(found: Frontier, again: Result, lots: Lots | None) -> Frontier:
    """The frontier after the chosen number was searched once more.

    The new plan takes the place of the former one where it has less excess, or as much
    and what counts costs no more. If the former stays, its bounds are the better ones.
    """
    at = found.chosen
    assert at is not None  # it was searched because it had a plan
    former = found.results[at]
    results, several = [*found.results], [*found.lots]
    results[at] = again
    if several:
        several[at] = lots
    after = replace(found, results=tuple(results), lots=tuple(several))
    lost_lots = found.in_lots and after.paid[at] is None
    if not lost_lots and _rank(after, at) <= _rank(found, at):
        results[at] = proved(again, former.bound, former.excess_bound)
        return replace(after, results=tuple(results))
    fits = (former.excess or 0) <= (again.excess or 0)
    bound = again.bound if fits else former.bound
    results[at] = proved(former, bound, again.excess_bound)
    return replace(found, results=tuple(results))


def _rank(found: Frontier, at: int) -> tuple[float, float]:
    """Of one number of zones: first excess, then what counts."""
    excess, cost = found.results[at].excess, found.costs[at]
    return (inf if excess is None else excess, inf if cost is None else cost)
