"""Which number of zones is paid least for: several are tried, in lots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import ceil, inf

from zoning.analysis.frontier import VALUES, Frontier, frontier, numbers_around
from zoning.analysis.lots_of_each import LOTS, MakeLots, lots_of, maker_of
from zoning.analysis.points import (
    Asked,
    Point,
    proved,
    search_points,
    spent_since,
    told_of,
)
from zoning.checkpoint.checkpoint import CHECKPOINT, Folder, checkpoint_of, now
from zoning.limits import Limits
from zoning.lots import Lots
from zoning.parallel.hub import Hub
from zoning.parallel.pools import EXECUTOR, minding
from zoning.problem import PROBLEM, Problem
from zoning.result import Result, Status
from zoning.search.auto import auto
from zoning.search.run import Progress, Strategy
from zoning.text.arguments import CALLABLE, SEARCH, takes

ROUNDS = 3  # of all numbers, of the better half, of the best, with like time


@takes(
    problem=PROBLEM,
    numbers=VALUES.or_none,
    lots=LOTS.or_none,
    progress=CALLABLE.or_none,
    strategy=CALLABLE,
    executor=EXECUTOR,
    checkpoint=CHECKPOINT,
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
    executor: Executor | Hub | None = None,
    checkpoint: Folder = None,
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
        Wall seconds to search zones. A third is shared evenly by all numbers, a third
        by the better half of them, and all that is left goes to the best; what one does
        not need goes to those after it, and what is proved optimal is not searched
        again. Once more as much for lots. Ctrl-C ends the search: what was found is
        returned, see `Frontier.stopped`.
    seed, workers, progress, strategy, checkpoint
        As in `zoning.solve`.
    executor
        As in `zoning.frontier`; the best number has all its workers in the end.

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
    kept = checkpoint_of(checkpoint)
    half = ceil(len(several) / 2)
    limits = Limits(time_limit, seed, workers)
    make = maker_of(lots, limits, len(several) + half + 1)
    with minding(Hub() if executor is None else executor, workers) as hub:
        found = frontier(
            problem,
            "num_zones",
            several,
            time_limit=time_limit / ROUNDS,
            seed=seed,
            workers=workers,
            progress=progress,
            strategy=strategy,
            lots=make,
            executor=None if executor is None else hub,
            checkpoint=kept,
        )
        spent = sum(one.seconds for one in found.results) / hub.workers
        alone = limits if executor is None else replace(limits, workers=1)
        asked = Asked(problem, "num_zones", strategy, kept)
        goes_on = _GoesOn(
            *(asked, found, time_limit - spent, alone, hub, make, progress),
            stopped=found.stopped,
        )
        goes_on.again(promising(found, half), 1 / 2)
        found = goes_on.found
        best = promising(found, 1) if found.chosen is None else (found.chosen,)
        goes_on.again(best, 1)
    return goes_on.found


@dataclass
class _GoesOn:
    """A search for the best number: what is found, and the seconds that are left."""

    asked: Asked
    found: Frontier
    left: float
    limits: Limits
    hub: Hub
    make: MakeLots | None
    progress: Progress | None
    stopped: bool = False

    def again(self, places: Sequence[int], share: float) -> None:
        """Search some numbers once more, together in a share of what is left."""
        open_ = [at for at in places if not _is_proved(self.found.results[at])]
        until, workers = self.left * (1 - share), self.hub.workers
        for turn in range(0, len(open_), workers):
            waves = ceil((len(open_) - turn) / workers)
            seconds = (self.left - until) / waves
            if self.stopped or seconds <= 0:
                return
            self._wave(open_[turn : turn + workers], seconds)

    def _wave(self, places: Sequence[int], seconds: float) -> None:
        """Search some numbers side by side."""
        limits, started = replace(self.limits, time=seconds), now(self.asked.checkpoint)
        points = [self._point(at, limits) for at in places]
        several, self.stopped = search_points(self.hub, self.asked, points)
        self.left -= spent_since(started, self.asked, several)
        for at, one in zip(places, several, strict=True):
            lots, cut_short = lots_of(self.make, one.plan)
            self.found = with_more(self.found, at, one, lots)
            self.stopped |= one.stopped or cut_short

    def _point(self, at: int, limits: Limits) -> Point:
        value, plan = self.found.values[at], self.found.results[at].plan
        spent = self.limits.time - self.left
        telling = told_of(self.progress, self.found.called(value), spent)
        return Point(value, limits, None if plan is None else plan.zone_of, telling)


def promising(found: Frontier, most: int) -> tuple[int, ...]:
    """So many places that may be the best, as if what is not proved were mended.

    A zone outside the balance that is not proved to be so may come in with more time.
    """

    def rank(at: int) -> tuple[int, float, int]:
        cost = found.costs[at]
        bent = min(1, found.results[at].excess_bound)
        return (bent, inf if cost is None else cost, at)

    may = [
        at
        for at, one in enumerate(found.results)
        if one.status is not Status.INFEASIBLE
    ]
    return tuple(sorted(may, key=rank)[:most])


def _is_proved(result: Result) -> bool:
    return result.status in (Status.OPTIMAL, Status.INFEASIBLE)


def with_more(found: Frontier, at: int, again: Result, lots: Lots | None) -> Frontier:
    """The frontier after one of its numbers was searched once more.

    The new plan takes the place of the former one where it has less excess, or as much
    and what counts costs no more. If the former stays, its bounds are the better ones.
    """
    former = found.results[at]
    if again.plan is None:
        return found if _is_proved(former) else _put(found, at, again, lots)
    after = _put(found, at, again, lots)
    if former.plan is None:
        return after
    had, has = found.paid[at] is not None, after.paid[at] is not None
    if (has and not had) or (has == had and _rank(after, at) <= _rank(found, at)):
        kept = proved(again, former.bound, former.excess_bound)
        return _put(found, at, kept, lots)
    fits = (former.excess or 0) <= (again.excess or 0)
    bound = again.bound if fits else former.bound
    kept = proved(former, bound, again.excess_bound)
    return _put(found, at, kept, found.lots[at] if found.lots else None)


def _put(found: Frontier, at: int, result: Result, lots: Lots | None) -> Frontier:
    results, several = [*found.results], [*found.lots]
    results[at] = result
    if several:
        several[at] = lots
    return replace(found, results=tuple(results), lots=tuple(several))


def _rank(found: Frontier, at: int) -> tuple[float, float]:
    """Of one number of zones: first excess, then what counts."""
    result, paid = found.results[at], found.paid[at]
    cost = result.cost if paid is None else paid
    return (
        inf if result.excess is None else result.excess,
        inf if cost is None else cost,
    )
