"""Joint optimum: zones drawn and lots made of them at the least cost together.

One after the other, zones are drawn for little travel, and lots must make do with them.
Together, a unit may change zone so that a lot needs a cleaner less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from zoning.analysis.alternatives import alternatives
from zoning.check import judge
from zoning.clock import perf_counter
from zoning.joint.annealing import anneal_pair
from zoning.joint.bound import pair_bound
from zoning.joint.columns import CandidateZones, enumerate_candidates
from zoning.joint.exact import ExactResult, solve_exactly
from zoning.joint.lot_counts import LotCounts
from zoning.joint.result import Joint, in_words
from zoning.joint.solution import JointSolution, joint_solution
from zoning.lots import Lots, LotSettings, bundle
from zoning.lots.sizes import LotSizes, allowed_below, lot_sizes
from zoning.plan import Plan
from zoning.problem import PROBLEM, Problem
from zoning.result import Result, Status, Step
from zoning.search.run import Progress
from zoning.solve import solve
from zoning.stopping import until_stopped
from zoning.text.arguments import CALLABLE, COUNT, NUMBER, SEARCH, takes

PLAN_SHARE = 0.5  # of the time goes to the plan, where it is not proved sooner
BUNDLE_SHARE = 0.2  # of what is left goes to its lots, at most
BOUND_SHARE = 0.3  # of what is left goes to the bound, at most
LIST_SHARE = 0.1  # of what is left may go to listing all zones
EXACT_SHARE = 0.75  # of what is left may go to choosing among them
LARGEST_LISTED = 4  # zones a lot; sets of more are too many to go through in time
MOVES_SHARE = 0.1  # of what is left goes to small moves first
AFTER_STOP = 5.0  # seconds the lots of a plan may take whose search was stopped
OTHERS, WITHIN = 6, 0.02  # plans bundled where small moves have no start


@takes(
    problem=PROBLEM,
    size=COUNT,
    gap_limit=NUMBER,
    progress=CALLABLE.or_none,
    **SEARCH,
)
def plan_and_bundle(
    problem: Problem,
    *,
    size: int = 3,
    gap_limit: float = 600.0,
    time_limit: float = 60.0,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> Joint:
    """Zones and lots at the least cost together, and how much less there could be.

    Never worse than `zoning.solve` and then `zoning.bundle`, which is done first, in
    half of the time at most. If there are few zones to choose from, the best pair is
    found and proved; otherwise units and zones are moved one by one. Where rules name
    zones or limit their change, several plans are bundled and the best pair is taken.

    Parameters
    ----------
    size, gap_limit
        As in `zoning.bundle`. Lots whose zones touch go before others, whatever they
        cost: where the zones admit none, the zones are changed.
    time_limit
        Wall seconds.
    seed, workers
        As in `zoning.solve`. More workers only help while zones are drawn.
    progress
        Called with every `Step`; costs and bounds are those of pairs.

    Returns
    -------
    Joint
        Never an exception for want of a pair. Ctrl-C ends the search like the time
        limit does.

    Raises
    ------
    InputError
        A setting is out of its range.
    """
    settings = LotSettings(size, None, gap_limit)
    work = _Work(problem, settings, time_limit, seed, workers, progress)
    work.draw()
    if until_stopped(work.go_on):
        work.stop()
    return work.joint()


class _Work:
    """One search for a pair: the best so far, the bound, the clock."""

    def __init__(
        self,
        problem: Problem,
        settings: LotSettings,
        time_limit: float,
        seed: int,
        workers: int,
        progress: Progress | None,
    ) -> None:
        self.problem, self.settings = problem, settings
        self.seed, self.workers, self.progress = seed, workers, progress
        self.started = perf_counter()
        self.deadline = self.started + time_limit
        self.sizes = lot_sizes(problem.num_zones, settings.size)
        self.result: Result | None = None
        self.unbundled: Lots | None = None
        self.best: JointSolution | None = None
        self.sequential: JointSolution | None = None
        self.bound = 0
        self.proved = self.stopped = False
        self.trace: list[Step] = []

    def go_on(self) -> None:
        """All there is to be done once the first plan is drawn, stage after stage."""
        self.one_after_the_other()
        if self.problem.terms.named:
            self.bundle_others()
        else:
            self.by_moves(MOVES_SHARE * self.left)
            self.all_at_once()
            if self.best is None:
                self.bundle_others()
            self.by_moves(self.left)

    @property
    def left(self) -> float:
        """Seconds until the time limit, at least a moment."""
        return max(0.01, self.deadline - perf_counter())

    @property
    def done(self) -> bool:
        """There is nothing left to look for."""
        late = perf_counter() >= self.deadline
        return self.proved or self.stopped or late

    def tell(self, what: str) -> None:
        """Note a step and pass it on."""
        cost = None if self.best is None else self.best.cost
        bound = self.bound if cost is None else min(self.bound, cost)
        step = Step(perf_counter() - self.started, cost, bound, what)
        self.trace.append(step)
        if self.progress is not None:
            self.progress(step)

    def offer(self, pair: JointSolution, what: str) -> None:
        """Put a pair forward."""
        if self.best is None or pair.rank < self.best.rank:
            weaker = self.best is None and not pair.full and self.bound > 0
            self.best = pair
            if weaker:  # the bound was one of lots that keep all rules
                self.begin_bound()
            self.tell(what)

    def stop(self) -> None:
        """Ctrl-C: end."""
        self.stopped, self.progress = True, None
        self.tell("stopped")

    # --- one after the other ---------------------------------------------------------

    def draw(self) -> None:
        """The plan first."""
        self.result = solve(
            self.problem,
            time_limit=PLAN_SHARE * self.left,
            seed=self.seed,
            workers=self.workers,
            progress=self._relay(),
        )
        self.stopped = self.result.stopped
        if self.stopped:
            self.deadline = min(self.deadline, perf_counter() + AFTER_STOP)

    def one_after_the_other(self) -> None:
        """Its lots then."""
        assert self.result is not None
        if self.result.status is Status.INFEASIBLE:
            self.proved = True
            return
        if self.result.plan is not None:
            self.bundle(self.result.plan, "lots")
            self.sequential = self.best
        self.begin_bound()

    def bundle(self, plan: Plan, what: str) -> None:
        """Offer the best lots of a plan."""
        lots = bundle(
            plan,
            size=self.settings.size,
            gap_limit=self.settings.gap_limit,
            time_limit=BUNDLE_SHARE * self.left,
            seed=self.seed,
            workers=self.workers,
        )
        if lots.lots:
            self.offer(JointSolution(plan, lots), what)
        elif self.unbundled is None:
            self.unbundled = lots

    def _relay(self) -> Callable[[Step], None] | None:
        """Steps of the search for a plan, without costs: those are of zones alone."""
        if self.progress is None:
            return None
        tell = self.progress
        return lambda step: tell(replace(step, cost=None, bound=0))

    def begin_bound(self) -> None:
        """Bound zones and lots each for itself."""
        assert self.result is not None
        exactly = self.best is None or self.best.full
        sizes, size = self.sizes, self.settings.size
        if not exactly:
            below = allowed_below(self.problem.num_zones, size)
            sizes = LotSizes(sizes.count, below)
        plan_bound = self.result.bound
        self.bound = pair_bound(
            self.problem,
            plan_bound,
            sizes,
            size,
            exactly=exactly,
            begin=() if self.result.plan is None else (self.result.plan.zone_of,),
            seconds=BOUND_SHARE * self.left,
        )
        self.tell("bound")

    # --- several plans ---------------------------------------------------------------

    def bundle_others(self) -> None:
        """Bundle plans that are truly different and nearly as cheap."""
        if self.done or self.result is None or self.result.plan is None:
            return
        found = alternatives(
            self.problem,
            OTHERS,
            within=WITHIN,
            time_limit=0.8 * self.left,
            seed=self.seed,
            workers=self.workers,
        )
        if found.stopped:
            self.stop()
        for plan in found.plans:
            if not self.done:
                self.bundle(plan, "other plans")

    # --- all zones there can be ------------------------------------------------------

    def all_at_once(self) -> None:
        """The best pair among all zones there can be, if those are few."""
        if self.done or min(self.sizes.allowed, default=1) > LARGEST_LISTED:
            return
        first = () if self.best is None else self.best.plan.zones
        seconds = LIST_SHARE * self.left
        candidates = enumerate_candidates(self.problem, first, seconds)
        if candidates is None:
            return
        deadline = perf_counter() + EXACT_SHARE * self.left
        for sizes in self._size_relaxations():
            counts = LotCounts(sizes, self.settings.size, self.problem.num_zones)
            limit, known = self._known(sizes)
            found = solve_exactly(
                candidates, counts, limit=limit, deadline=deadline, known=known
            )
            if found.lots is not None:
                self._take(candidates, found)
            if found.bound is not None and (limit is not None or found.lots):
                self.bound = max(self.bound, found.bound)
            if found.lots is not None or limit is not None or not found.closed:
                self.proved = found.closed
                self.tell("all zones")
                return
        # no zones admit lots that touch: what there is cannot be mended

    def _size_relaxations(self) -> list[LotSizes]:
        """The rule of sizes, and laxer ones down to what the best pair keeps."""
        below = allowed_below(self.problem.num_zones, self.settings.size)
        least = 0
        if self.best is not None and not self.best.torn:
            least = self.best.usual
        counts = range(self.sizes.count - 1, least - 1, -1)
        return [self.sizes, *(LotSizes(count, below) for count in counts)]

    def _known(self, sizes: LotSizes) -> tuple[int | None, list[tuple[int, ...]]]:
        """Cost and lots of the best pair, if it is of the same kind."""
        best = self.best
        if best is None or best.torn or best.usual != sizes.count:
            return None, []
        return best.cost, list(best.sets)

    def _take(self, candidates: CandidateZones, found: ExactResult) -> None:
        assert found.lots is not None
        zone_of = np.zeros(len(self.problem.region), np.int64)
        lots, label = [], 0
        for chosen in found.lots:
            for zone in chosen:
                zone_of[candidates.units_of(zone)] = label
                label += 1
            lots.append(range(label - len(chosen), label))
        self.offer(
            joint_solution(self.problem, zone_of, lots, self.settings), "all zones"
        )

    # --- small moves ------------------------------------------------------------------

    def by_moves(self, seconds: float) -> None:
        """Improve the best pair by small moves for so long."""
        if self.done or self.best is None:
            return
        deadline = min(self.deadline, perf_counter() + seconds)
        for zone_of, lots in anneal_pair(
            self.problem, self.best, seed=self.seed, deadline=deadline
        ):
            self.offer(
                joint_solution(self.problem, zone_of, lots, self.settings), "moves"
            )

    # --- the end ---------------------------------------------------------------------

    def joint(self) -> Joint:
        """What was found."""
        seconds, trace = perf_counter() - self.started, tuple(self.trace)
        assert self.result is not None
        best, first = self.best, self.sequential
        if best is None:
            reason = self.result.reason
            if self.result.plan is not None:
                told = "" if self.unbundled is None else f" {self.unbundled.reason}"
                reason = f"Plans were found, but none admits lots.{told}"
            return Joint(
                self.result, self.unbundled, None, self.bound, self._hopeless(), None,
                seconds, reason, trace,
            )  # fmt: skip
        bound = best.cost if self.proved else min(self.bound, best.cost)
        status = Status.OPTIMAL if bound == best.cost else Status.FEASIBLE
        reason = in_words(best, first, bound)
        if self.problem.terms.named:
            reason += (
                " Rules name zones or limit their change: several plans were bundled "
                "and the best was taken."
            )
        told = " ".join(filter(None, [reason, best.lots.reason]))
        own = sum(lot.cost for lot in best.lots.lots)
        lots = replace(
            best.lots, status=status, bound=bound - (best.cost - own), reason=told
        )
        return Joint(
            self._result(best.plan), lots, best.cost, bound, status,
            None if first is None else first.cost, seconds, told, trace,
        )  # fmt: skip

    def _hopeless(self) -> Status:
        """The status where there is no pair."""
        assert self.result is not None
        return Status.UNKNOWN if self.result.plan is not None else self.result.status

    def _result(self, plan: Plan) -> Result:
        """The plan, with the bound of zones alone."""
        assert self.result is not None
        verdict = judge(plan)
        bound = min(self.result.bound, verdict.total)
        best = bound == verdict.total
        words = "" if best else "Zones were drawn for cheap lots, not for themselves."
        status = Status.OPTIMAL if best else Status.FEASIBLE
        seconds = perf_counter() - self.started
        return Result(status, plan, verdict, bound, seconds, words, self.result.trace)
