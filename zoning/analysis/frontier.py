"""What a rule costs: the cheapest plan for each tolerance, number of zones, change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from math import ceil, floor
from typing import Any

from zoning.analysis.frontier_rows import choice, rows_of
from zoning.analysis.lots_of_each import LOTS, MakeLots, lots_of, maker_of
from zoning.analysis.points import (
    NOT_SEARCHED,
    Asked,
    Parameter,
    Point,
    calls,
    or_else,
    proved,
    search_points,
    spent_since,
    told_of,
)
from zoning.analysis.tightest import Tightest, tightest
from zoning.checkpoint.checkpoint import CHECKPOINT, Folder, checkpoint_of, now
from zoning.costs import YUAN
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.lots import Lots
from zoning.parallel.hub import Hub
from zoning.parallel.pools import EXECUTOR, minding
from zoning.plan import Plan
from zoning.problem import PROBLEM, Problem
from zoning.result import Result, Status
from zoning.search.auto import auto
from zoning.search.run import Progress, Strategy
from zoning.text.arguments import CALLABLE, NUMBER, SEARCH, WORD, many, takes

TOLERANCES = (0.03, 0.05, 0.07, 0.10, 0.15, 0.20, 0.25, 0.30)
BUDGETS = (0.0, 0.05, 0.10, 0.20, 0.30, 0.50)
MOST = 2**62  # no excess is more
AROUND = 3  # numbers of zones tried to either side
TIGHTEST_SHARE = 0.3  # of the time goes to the tightest tolerance
VALUES = many(NUMBER, "numbers in a list", "[0.05, 0.1, 0.2]")


@dataclass(frozen=True, eq=False)
class Frontier:
    """The cheapest plan for each value of one parameter, in rising order.

    Parameters
    ----------
    parameter
        What varies.
    values
        A tolerance, a number of zones, or a share of the floor area that may change.
    results
        One per value, each with its status and bound.
    refuted
        Within this tolerance no plan exists, which is proved; None where the tightest
        tolerance was not asked for.
    lots
        The lots of each plan, None where there are none; empty where none were asked
        for. Lots without any lot say why there are none.
    """

    parameter: Parameter
    values: tuple[float, ...]
    results: tuple[Result, ...]
    refuted: float | None = None
    lots: tuple[Lots | None, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def currency(self) -> str:
        """What money is called in the plans; yuan where there is none."""
        plans = [one.plan for one in self.results if one.plan is not None]
        return plans[0].problem.region.costs.currency if plans else YUAN

    @property
    def stopped(self) -> bool:
        """Ctrl-C ended the search; values after the last plan were not searched."""
        return any(one.stopped for one in self.results)

    @property
    def paid(self) -> tuple[int | None, ...]:
        """What the lots of each plan cost, yuan a year; None where there are none."""
        lots = self.lots or (None,) * len(self)
        return tuple(None if some is None else some.cost for some in lots)

    @property
    def in_lots(self) -> bool:
        """What is paid for lots counts: numbers of zones are held against each other.

        More zones are served from more centers, which makes zones cheap; lots of them
        buy whole staff and machines, and more of these.
        """
        return self.parameter == "num_zones" and any(self.paid)

    @property
    def costs(self) -> tuple[int | None, ...]:
        """What counts at each value, yuan a year: of its lots, or else of its zones."""
        if self.in_lots:
            return self.paid
        return tuple(one.plan_cost for one in self.results)

    @property
    def ranks(self) -> tuple[tuple[int, int] | None, ...]:
        """What plans are compared by, the less the better; None where there is none.

        First excess, then `costs`. Each number of zones has bands of its own, so of
        these it only counts whether any zone lies outside.
        """
        zones = self.parameter == "num_zones"
        return tuple(
            None if cost is None else (min(one.excess or 0, 1 if zones else MOST), cost)
            for one, cost in zip(self.results, self.costs, strict=True)
        )

    @property
    def dominated(self) -> tuple[bool, ...]:
        """Whether a smaller value is as good: nothing is gained by this one.

        Where there is no plan, the point is not dominated but empty.
        """
        out: list[bool] = []
        least: tuple[int, int] | None = None
        for rank in self.ranks:
            out.append(rank is not None and least is not None and rank >= least)
            if rank is not None:
                least = rank if least is None else min(least, rank)
        return tuple(out)

    @property
    def chosen(self) -> int | None:
        """The place of the best plan, of the smallest value; None without plans.

        The best has no zone outside a band, or else as little excess as there is, and
        is the cheapest of these. See `ranks`.
        """
        found = [(rank, at) for at, rank in enumerate(self.ranks) if rank is not None]
        return min(found)[1] if found else None

    @property
    def best(self) -> Result:
        """The best plan, see `chosen`; the first result where there is none."""
        return self.results[self.chosen or 0]

    @property
    def best_lots(self) -> Lots | None:
        """Lots of the best plan; None where none were asked for, or made."""
        return self.lots[self.chosen or 0] if self.lots else None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """A row for each value: what zones and their lots cost, or why none are."""
        return rows_of(self)

    @property
    def entry(self) -> dict[str, Any]:
        """Numbers of zones that were tried, and why one is chosen, for plan.json."""
        by = "lots" if self.in_lots else "zones"
        return {"by": by, "reason": choice(self), "tried": self.rows}

    @property
    def words(self) -> tuple[str, ...]:
        """Every point in a sentence."""
        lines = []
        before: int | None = None
        if self.refuted:
            within = floor(1e4 * self.refuted + 1e-6) / 100  # up, it might have a plan
            lines.append(f"Proved: no plan keeps all zones within ±{within:g} %.")
        for at, (cost, idle) in enumerate(zip(self.costs, self.dominated, strict=True)):
            told = f"{self.called(self.values[at])}: {self._point(at)}"
            if idle:
                told += "; nothing is gained against a smaller value"
            elif before is not None and cost is not None:
                told += f", {100 * (cost / before - 1):+.2f} %"
            if cost is not None and not idle:
                before = cost
            lines.append(f"{told}.")
        return tuple(lines)

    def _point(self, at: int) -> str:
        """What zones cost at a value, and their lots; the last is what counts."""
        zones = _told(self.results[at], self.currency)
        if not self.lots or self.results[at].plan is None:
            return zones
        paid = self.paid[at]
        lots = "no lots" if paid is None else f"in lots {paid:,} {self.currency} a year"
        told = [f"zones {zones}", lots]
        return "; ".join(told if self.in_lots else told[::-1])

    def called(self, value: float) -> str:
        """A value as a planner says it."""
        return calls(self.parameter, value)

    def __str__(self) -> str:
        return "\n".join(self.words)


@takes(
    problem=PROBLEM,
    parameter=WORD,
    values=VALUES.or_none,
    progress=CALLABLE.or_none,
    strategy=CALLABLE,
    lots=LOTS.or_none,
    executor=EXECUTOR,
    checkpoint=CHECKPOINT,
    **SEARCH,
)
def frontier(
    problem: Problem,
    parameter: Parameter,
    values: Iterable[float] | None = None,
    *,
    time_limit: float = 120.0,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
    strategy: Strategy = auto,
    lots: int | MakeLots | None = None,
    executor: Executor | Hub | None = None,
    checkpoint: Folder = None,
) -> Frontier:
    """Solve a problem for several values of one parameter.

    Each solve starts from the plan of the former value. What is allowed at a value of
    the tolerance or of the change is also allowed at a larger one, so a bound, or a
    proof that there is no plan, holds for all smaller values too; a bound on cost only
    if the plan of the smaller value has no more excess.

    Parameters
    ----------
    problem
        Everything else stays as in it.
    parameter
        ``"tolerance"``, ``"num_zones"``, or ``"previous"``: the budget of change of
        the rule ``Previous``, which must be there.
    values
        Default: from the tightest tolerance there is to 0.30; three zones fewer to
        three more; 0, 5, 10, 20, 30 and 50 % of the floor area.
    time_limit
        Wall seconds for all values together, shared evenly; what one value does not
        need goes to those after it. Once more as much for lots. Ctrl-C ends the search:
        what was found is returned, see `Frontier.stopped`.
    lots
        So many zones to a lot: 3 makes lots of every plan, as `zoning.bundle` does. Or
        what makes lots of a plan, ``lambda plan: zoning.bundle(plan, size=2)``. Numbers
        of zones then count by what is paid for lots. None or 0: by their zones.
    executor
        As in `zoning.solve`. As many values as it has workers are searched side by
        side, each by one of them for so many times as long; they start from the last
        plan before them all. A plan of a smaller value that is better stands for a
        larger one too, as it would if they came one after another. A value that no
        worker brought back has no plan of its own, and says so.
    checkpoint
        As in `zoning.solve`: values that are done are not searched again.

    Raises
    ------
    InputError
        The parameter cannot be varied in this problem, or a value is not usable. A
        value at which rules leave the problem no plan is a point without a plan.
    """
    _require(problem, parameter)
    kept = checkpoint_of(checkpoint)
    started = now(kept)
    limits = Limits(time_limit, seed, workers)
    first: Tightest | None = None
    if values is None and parameter == "tolerance":
        first = tightest(
            problem,
            time_limit=TIGHTEST_SHARE * time_limit,
            seed=seed,
            workers=workers,
            progress=progress,
            executor=executor,
            checkpoint=kept,
        )
    several = _values(problem, parameter, values, first)
    make = maker_of(lots, limits, len(several))
    left = time_limit - (now(kept) - started)
    with minding(Hub() if executor is None else executor, workers) as hub:
        alone = limits if executor is None else replace(limits, workers=1)
        asked = Asked(problem, parameter, strategy, kept)
        search = _Waves(asked, several, alone, left, hub, make, progress)
        if first is not None and _begins(first):
            search.take(first.result)
        while len(search.results) < len(several):
            search.next_wave()
    results = search.results
    if parameter != "num_zones":
        results = inherited(results, bends=bool(problem.excess_price))
    refuted = None if first is None else first.refuted
    told = () if make is None else tuple(search.lots)
    return Frontier(parameter, several, tuple(results), refuted, told)


@dataclass
class _Waves:
    """Values searched wave by wave, as many at once as there are workers."""

    asked: Asked
    values: Sequence[float]
    limits: Limits
    left: float
    hub: Hub
    make: MakeLots | None
    progress: Progress | None
    results: list[Result] = field(default_factory=list)
    lots: list[Lots | None] = field(default_factory=list)
    stopped: bool = False

    def next_wave(self) -> None:
        """Search the next values, or note that they are not any more."""
        at, workers = len(self.results), self.hub.workers
        wave = self.values[at : at + workers]
        if self.stopped:
            self.take(NOT_SEARCHED)
            return
        started = now(self.asked.checkpoint)
        waves = ceil((len(self.values) - at) / workers)
        limits = replace(self.limits, time=max(0.1, self.left) / waves)
        points = [self._point(value, limits) for value in wave]
        found, stopped = search_points(self.hub, self.asked, points)
        self.left -= spent_since(started, self.asked, found)
        for value, one in zip(wave, found, strict=True):
            self.take(self._at_least_as_good(one, value))
        self.stopped |= stopped

    def _point(self, value: float, limits: Limits) -> Point:
        """A value, beginning from the last plan before it."""
        called, plan = calls(self.asked.parameter, value), self._last_plan
        telling = told_of(self.progress, called, self.limits.time - self.left)
        return Point(value, limits, None if plan is None else plan.zone_of, telling)

    @property
    def _last_plan(self) -> Plan | None:
        plans = [one.plan for one in self.results if one.plan is not None]
        return plans[-1] if plans else None

    def _at_least_as_good(self, one: Result, value: float) -> Result:
        """As it would be, had the search known the last plan of a smaller value."""
        plan = self._last_plan
        alone = self.hub.workers == 1 or self.asked.parameter == "num_zones"
        return one if alone or plan is None else or_else(one, plan, self.asked, value)

    def take(self, one: Result) -> None:
        """The next result, and its lots."""
        lots, cut_short = lots_of(self.make, one.plan)
        self.results.append(one)
        self.lots.append(lots)
        self.stopped |= cut_short or one.stopped


def inherited(results: Sequence[Result], *, bends: bool = False) -> list[Result]:
    """Results in rising order of what is allowed, each with the bounds of later ones.

    A plan for a smaller value is one for a larger value too, with no more excess. So
    its excess is at least what is proved for the larger, and there is none where that
    has none. If its excess is no more than that of the larger value's plan, it costs at
    least what is proved there.

    Parameters
    ----------
    bends
        Some band bends: bounds on cost are of plans of as little excess only.
    """
    out: list[Result] = []
    later: Result | None = None
    for result in reversed(results):
        if later is not None:
            result = _after(result, later, bends)
        out.append(result)
        later = result
    return out[::-1]


def _after(result: Result, later: Result, bends: bool) -> Result:
    least = max(result.excess_bound, later.excess_bound)
    if result.plan is None:
        if later.status is Status.INFEASIBLE and result.status is Status.UNKNOWN:
            return replace(result, status=later.status, reason=later.reason)
        bound = result.bound if bends else max(result.bound, later.bound)
        return replace(result, bound=bound, excess_bound=least)
    fits = later.plan is None and not bends
    if later.plan is not None:
        fits = (result.excess or 0) <= (later.excess or 0)
    return proved(result, later.bound if fits else result.bound, least)


def _require(problem: Problem, parameter: Parameter) -> None:
    msg = ""
    if parameter not in ("tolerance", "num_zones", "previous"):
        msg = (
            f"There is no frontier of {parameter!r}; say tolerance, num_zones or "
            "previous."
        )
    elif parameter == "tolerance" and problem.tolerance is None:
        msg = "A frontier of the tolerance needs a problem with a tolerance."
    elif parameter == "previous" and all(
        rule.former_column is None for rule in problem.rules
    ):
        msg = (
            "A frontier of change needs last year's plan: give the problem a rule "
            "Previous with the column that holds it."
        )
    if msg:
        raise InputError(msg)


def _values(
    problem: Problem,
    parameter: Parameter,
    values: Iterable[float] | None,
    first: Tightest | None,
) -> tuple[float, ...]:
    """The values in rising order, each once."""
    if values is not None:
        several = tuple(sorted(set(values)))
        if not several:
            msg = f"Give at least one value of {parameter}."
            raise InputError(msg)
        told = [f"{value:g}" for value in several if not _usable(parameter, value)]
        if told:
            msg = f"{_USABLE[parameter]}; got {', '.join(told)}."
            raise InputError(msg)
        return several
    if first is not None:
        least = _least(first)
        some = tuple(t for t in TOLERANCES if least is None or t > least)
        return some if least is None else (least, *some)
    if parameter == "previous":
        return BUDGETS
    return numbers_around(problem)


def numbers_around(problem: Problem) -> tuple[int, ...]:
    """Numbers of zones tried where none are given: some fewer to some more."""
    named = {rule.names_zone for rule in problem.rules} - {None}
    low = max(1, len(named), problem.num_zones - AROUND)
    high = min(len(problem.region), problem.num_zones + AROUND)
    return tuple(range(low, high + 1))


def _least(first: Tightest) -> float | None:
    """The tolerance that what was found first belongs to; None where it is open."""
    return first.refuted if first.hopeless else first.tolerance


def _begins(first: Tightest) -> bool:
    """What was found first is a point of the frontier, or Ctrl-C ended it there."""
    return _least(first) is not None or first.result.stopped


_USABLE: dict[Parameter, str] = {
    "tolerance": "A tolerance must be at least 0 and below 1 (0.1 means ±10 %)",
    "num_zones": "The number of zones must be a whole number, at least 1",
    "previous": "The budget of change must be 0 to 1 (0.1 is 10 % of the area)",
}


def _usable(parameter: Parameter, value: float) -> bool:
    """Whether some problem may have this value; this one may still have no plan."""
    match parameter:
        case "tolerance":
            return 0 <= value < 1
        case "num_zones":
            return value >= 1 and float(value).is_integer()
        case "previous":
            return 0 <= value <= 1


def _told(result: Result, money: str) -> str:
    """What zones cost, how good that is, and how many lie outside a band."""
    told = _cost_of(result, money)
    if not result.excess or result.verdict is None:
        return told
    least = (
        "the least there is"
        if result.excess <= result.excess_bound
        else (f"the least is {result.excess_bound:,} or more")
    )
    return (
        f"{told}; {_so_many(len(result.verdict.exceptions))}, "
        f"{result.excess:,} {money} outside the bands, {least}"
    )


def _cost_of(result: Result, money: str) -> str:
    if result.cost is None:
        if result.status is Status.INFEASIBLE:
            return "proved that there is no plan"
        if result.stopped:
            return "stopped before a plan was found"
        return "no plan found in the time"
    if result.status is Status.OPTIMAL:
        return f"{result.plan_cost:,} {money} a year, proved cheapest"
    gap = 100 * (result.gap or 0.0)
    return (
        f"{result.plan_cost:,} {money} a year, at most {gap:.1f} % above the cheapest"
    )


def _so_many(exceptions: int) -> str:
    return "1 exception" if exceptions == 1 else f"{exceptions:,} exceptions"
