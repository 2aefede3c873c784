"""Why is there no plan? The requirements that collide, and what would help.

Requirements are left out, many at a time and then one by one, while what stays is still
proved impossible; what cannot be spared is the core. It is found by solving again and
again for any plan, whatever it costs, so that every proof and every plan is one that a
planner could get as well.

References
----------
Chinneck, Dravnieks (1991), Locating minimal infeasible constraint sets in linear
programs, ORSA Journal on Computing 3(2), doi:10.1287/ijoc.3.2.157 (the deletion filter)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from zoning.analysis.relaxation_sequences import ladders_of, widths
from zoning.analysis.relaxations import smallest
from zoning.analysis.requirements import (
    AtLeast,
    AtMost,
    Balance,
    Closed,
    Count,
    Requirement,
    Ruled,
    has_given_share,
    loosens,
    requirements_of,
    total_of,
    without,
)
from zoning.analysis.trials import Case
from zoning.clock import perf_counter
from zoning.diagnosis import Diagnosis, Relaxation
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.search.elastic import unbent
from zoning.search.presolve import presolve
from zoning.search.presolve.infeasible_subset import find_infeasible_subset
from zoning.search.run import Run

PROOF_SHARE, CORE_SHARE = 0.4, 0.5  # of the time left: to prove it, to find the core
NAMING = 2.0  # seconds to find the units that no zones can hold
DEEP = 4  # contradictions that are mended together
TOLD = 4  # changes named in the sentence


def diagnose(
    problem: Problem,
    *,
    time_limit: float = 30.0,
    seed: int = 0,
    workers: int = 1,
    proof: str = "",
) -> Diagnosis:
    """Find out why a problem has no plan, and the smallest changes that give it one.

    Bands are taken as hard, bending or not: what is told is why no plan keeps them.

    Parameters
    ----------
    problem
        A problem for which `zoning.solve` found no plan.
    time_limit
        Wall seconds. When they are over, the core may hold more than it must.
    seed, workers
        As in `zoning.solve`.
    proof
        Why there is no plan, in words, where that is proved already.
    """
    problem = replace(problem, strict=True)
    case = Case(problem, perf_counter() + time_limit, seed, workers)
    return _diagnose(case, DEEP, proof)


def diagnose_bent(
    problem: Problem, *, time_limit: float, seed: int, workers: int, proof: str
) -> Diagnosis:
    """`diagnose` a problem that has no plan though bands bend: they are not to blame.

    The changes told are made to the problem as it was, with its bands.
    """
    found = diagnose(
        unbent(problem), time_limit=time_limit, seed=seed, workers=workers, proof=proof
    )
    given = has_given_share(problem)
    changes = [_as_before(problem, one, given=given) for one in found.relaxations]
    return replace(found, relaxations=tuple(changes))


def _as_before(problem: Problem, one: Relaxation, *, given: bool) -> Relaxation:
    """A change made to the problem with its bands."""
    same = given or one.problem.num_zones == problem.num_zones
    mended = replace(
        one.problem,
        tolerance=problem.tolerance,
        bands={**problem.bands, **one.problem.bands},
        fair_share=problem.fair_share if same else None,
        strict=problem.strict,
        bend=problem.bend,
    )
    plan = Plan(mended, one.plan.zone_of, one.plan.names)
    return replace(one, problem=mended, plan=plan)


def _diagnose(case: Case, deep: int, proof: str = "") -> Diagnosis:
    every = requirements_of(case.problem)
    if not proof:
        found = case.seek(case.problem, PROOF_SHARE)
        if found.plan is not None:
            told = "There is a plan that keeps every rule."
            return Diagnosis((), False, (), (), told)
        if not found.infeasible:
            return _undecided(case, every)
        proof = found.reason
    core, minimal = _core(case.until(CORE_SHARE), every)
    told = _reason(case, every, core)
    if not told and (minimal or len(core) < len(every)):
        told = _all_of(case, every, core)
    relaxations, no_help = _relaxations(case, core)
    if not relaxations and deep > 1:
        relaxations = _joint(case, core, deep)
    if not relaxations or not told:
        told = proof  # which tells what to do besides
    return _diagnosis(told, core, minimal, relaxations, no_help)


def _diagnosis(
    told: str,
    core: Sequence[Requirement],
    minimal: bool,
    relaxations: Sequence[Relaxation],
    no_help: Sequence[Requirement],
) -> Diagnosis:
    ways = [one.words for one in relaxations[:TOLD]]
    words = f"{told} Possible would be: {'; or '.join(ways)}." if ways else told
    return Diagnosis(
        tuple(map(str, core)),
        minimal,
        tuple(relaxations),
        tuple(map(str, no_help)),
        words,
    )


def _undecided(case: Case, every: Sequence[Requirement]) -> Diagnosis:
    told = "No plan was found in the time, and it was not proved that there is none."
    relaxations, _ = _relaxations(case, every)
    unproved = [
        Relaxation(one.words, one.problem, one.plan, False) for one in relaxations
    ]
    return _diagnosis(told, (), False, unproved, ())


def _core(
    case: Case, every: Sequence[Requirement]
) -> tuple[tuple[Requirement, ...], bool]:
    """Requirements that collide, and whether each of them is needed for that."""
    kept = list(every)
    for some in _heaps(every):
        _spare(case, every, kept, some)
    first = _loosening(case, every, every, every)
    _spare(case, every, kept, [one for one in kept if one not in first])
    minimal = _verify(case, every, kept)
    return tuple(kept), minimal


def _verify(case: Case, every: Sequence[Requirement], kept: list[Requirement]) -> bool:
    """Whether all that was kept is needed; what is not is taken out.

    What was spared since may have been what let a plan be found without it.
    """
    minimal = True
    for one in tuple(kept):
        gone = [other for other in every if other not in kept or other == one]
        found = case.seek_without(gone)
        if found.infeasible and _loosening(case, every, kept, (one,)):
            kept.remove(one)
            return _verify(case, every, kept)
        minimal = minimal and found.plan is not None
    return minimal


def _loosening(
    case: Case,
    every: Sequence[Requirement],
    kept: Sequence[Requirement],
    some: Sequence[Requirement],
) -> list[Requirement]:
    """Those of some requirements without which all that was allowed still is.

    What remains is never blamed for what the others allowed: units of a frozen zone for
    a band they are exempt from, a zone for a share that is not its own.
    """
    try:
        left = without(case.problem, [one for one in every if one not in kept])
    except InputError:
        return []
    return [one for one in some if one in kept and loosens(left, one)]


def _heaps(every: Sequence[Requirement]) -> list[list[Requirement]]:
    """What is tried to be spared together, what seldom matters first."""

    def rank(one: Requirement) -> int:
        match one:
            case Ruled(rule):
                return 0 if rule.uneven else 2
            case Closed():
                return 1
            case AtLeast() | AtMost():
                return 3
            case Balance():
                return 4
            case _:
                return 5

    ranks = sorted({rank(one) for one in every})
    return [[one for one in every if rank(one) == at] for at in ranks]


def _spare(
    case: Case,
    every: Sequence[Requirement],
    kept: list[Requirement],
    some: Sequence[Requirement],
) -> None:
    """Take out of `kept` those that are not needed for the contradiction."""
    some = _loosening(case, every, kept, some)
    if not some:
        return
    gone = [one for one in every if one not in kept or one in some]
    if case.seek_without(gone).infeasible:
        kept[:] = [one for one in kept if one not in some]
    elif len(some) > 1:
        half = len(some) // 2
        _spare(case, every, kept, some[half:])
        _spare(case, every, kept, some[:half])


def _reason(
    case: Case, every: Sequence[Requirement], core: Sequence[Requirement]
) -> str:
    """The contradiction in numbers; "" where no look finds it."""
    try:
        laxer = without(case.problem, [one for one in every if one not in core])
    except InputError as error:
        return str(error)
    found = presolve.find_infeasibility(laxer)
    return "" if found is None else found.reason


def _all_of(
    case: Case, every: Sequence[Requirement], core: Sequence[Requirement]
) -> str:
    """What collides, and the few units that no zones can hold, where they are found."""
    laxer = without(case.problem, [one for one in every if one not in core])
    told = f"There is no plan that keeps all of this: {'; '.join(map(str, core))}."
    spot = None
    run = Run(laxer, Limits(min(NAMING, 0.5 * case.left), case.seed))
    if run.time_left > 0 and not run.instance.is_complete:
        spot = find_infeasible_subset(run, run.time_left)
    return told if spot is None else f"{told} {spot.words(run)}"


def _relaxations(
    case: Case, core: Iterable[Requirement]
) -> tuple[list[Relaxation], list[Requirement]]:
    """For each requirement its smallest changes; those whose change does not help."""
    out: list[Relaxation] = []
    no_help: list[Requirement] = []
    for one in core:
        ways = [smallest(ladder, case) for ladder in ladders_of(case.problem, one)]
        helps = [way for way in ways if way is not None]
        out += helps
        if not helps:
            no_help.append(one)
    return [*out, *_wider_bands(case, no_help)], no_help


def _wider_bands(case: Case, no_help: Iterable[Requirement]) -> Iterator[Relaxation]:
    """Bands widened at both ends, where moving one end alone does not help."""
    names = [one.name for one in no_help if isinstance(one, AtLeast | AtMost)]
    for name in dict.fromkeys(names):
        if 0 < case.problem.bands[name].high < total_of(case.problem.region, name):
            way = smallest(widths(case.problem, name), case)
            if way is not None:
                yield way


def _joint(case: Case, core: Sequence[Requirement], deep: int) -> list[Relaxation]:
    """Where several contradictions stand: drop one requirement, then mend the rest."""
    for one in reversed(core):
        if isinstance(one, Count):
            continue
        try:
            laxer = without(case.problem, (one,))
        except InputError:
            continue
        rest = Case(laxer, case.deadline, case.seed, case.workers, case.plans)
        found = _diagnose(rest.until(0.5), deep - 1)
        if found.relaxations:
            return [
                Relaxation(
                    f"leave out that {one}, and: {more.words}",
                    more.problem,
                    more.plan,
                    False,
                )
                for more in found.relaxations
            ]
    return []
