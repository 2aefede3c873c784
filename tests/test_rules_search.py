"""Every rule is obeyed; what is called optimal is so, says trying every plan."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.truth import truth
from zoning.check import judge
from zoning.costs import CostModel
from zoning.errors import InputError
from zoning.problem import Problem
from zoning.region import Barrier, Region
from zoning.result import Status
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    SoftBarrier,
    Spread,
    Target,
)
from zoning.solve import solve

WIDE, HIGH = 4, 3


def board(seed):
    """4 × 3 buildings 100 m apart, touching sideways; a creek cuts the middle row."""
    chance = np.random.default_rng(seed)
    n = WIDE * HIGH
    xy = np.array([(100.0 * (i % WIDE), 100.0 * (i // WIDE)) for i in range(n)])
    xy += chance.uniform(-20, 20, (n, 2))
    sides = [(i, i + 1) for i in range(n) if i % WIDE < WIDE - 1]
    sides += [(i, i + WIDE) for i in range(n - WIDE)]
    creek = {(WIDE + 1 + k, 2 * WIDE + 1 + k) for k in range(2)}
    edges = [pair for pair in sides if pair not in creek]
    cut = sorted(creek)
    names = tuple(f"b{i}" for i in range(n))
    return Region(
        names=names,
        xy=xy,
        load=chance.integers(60_000, 100_000, n),
        sums={"area": chance.integers(4_000, 9_000, n)},
        edges=np.array(edges, np.int32),
        cut_edges=np.array(cut, np.int32),
        cut_by=tuple((Barrier("Creek", "stream"),) for _ in cut),
        costs=CostModel(travel=0.02),
        columns={
            "street": tuple("north" if i < WIDE else "south" for i in range(n)),
            "club": tuple("a" if (i // WIDE) % 2 else "b" for i in range(n)),
            "fee": tuple(float(x) for x in chance.uniform(0.3, 0.8, n).round(2)),
            "was": tuple("NSM"[min(2, i // WIDE)] for i in range(n)),
        },
    )


RULES = {
    "must link": (MustLink(("b0", "b1")),),
    "must link afar": (MustLink(("b0", "b6")),),
    "cannot link": (CannotLink(("b0", "b1", "b5")),),
    "pins": (Pin("North", ("b0",)), Pin("South", ("b11", "b9"))),
    "lock": (Lock("Old", ("b0", "b1", "b4", "b5")),),
    "freeze": (Freeze("Old", ("b0", "b1")),),
    "contain": (Contain("street"),),
    "border": (Border("club", 3_000),),
    "open barrier": (SoftBarrier("Creek"),),
    "soft barrier": (SoftBarrier("stream", 2_500),),
    "radius": (Radius(hard=230.0),),
    "soft radius": (Radius(hard=None, soft=140.0, price=4_000),),
    "centers": (Centers(("b1", "b6", "b8", "b11")),),
    "target": (Target("Big", 1.4),),
    "spread": (Spread("fee", 0.35),),
    "change price": (Previous("was", price=2.0),),
    "change budget": (Previous("was", budget=0.3),),
    "many": (
        MustLink(("b2", "b3")),
        CannotLink(("b0", "b11")),
        Pin("S", ("b4",)),
        Border("club", 2_000),
        SoftBarrier("Creek", 1_000),
        Radius(hard=300.0, soft=150.0, price=1_000),
        Centers(("b1", "b2", "b5", "b6", "b8", "b10")),
        Previous("was", budget=0.5, price=0.5),
    ),
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_plans_under_rules_equal_the_best_of_all(rules):
    problem = Problem(board(1), 3, tolerance=0.25, rules=rules, strict=True)
    least = truth(problem).cost
    result = solve(problem, time_limit=90)
    assert least is not None  # else nothing would be compared
    assert result.status is Status.OPTIMAL
    assert result.cost == result.bound == least
    assert judge(result.plan).ok


# Prices (borders, soft barriers, soft ways, change) forbid nothing: not in this list.
IMPOSSIBLE = {
    "must link": ((MustLink(("b0", "b1", "b2", "b3", "b4", "b5", "b6")),), "share a"),
    "cannot link": ((CannotLink(("b0", "b1", "b2", "b3")),), None),
    "pins": ((Pin("N", ("b0",)), Pin("M", ("b0",))), "asked to be in zone"),
    "lock": ((Lock("Old", ("b0", "b11")),), "torn into 2 parts"),
    "freeze": ((Freeze("Old", tuple(f"b{i}" for i in range(1, 12))),), None),
    "contain": ((Contain("fee"),), None),
    "change budget": ((Previous("fee", budget=0.0),), None),
    "radius": ((Radius(hard=60.0),), None),
    "centers": ((Centers(("b0", "b1")),), None),
    "spread": ((Spread("fee", 0.0),), None),
    "target": ((Target("Small", 0.05),), None),
}


@pytest.mark.parametrize(("rules", "refused"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_rules_that_nothing_keeps_are_refused_or_proved_so(rules, refused):
    region = board(3)
    if refused is not None:
        with pytest.raises(InputError, match=refused):
            Problem(region, 3, tolerance=0.25, rules=rules, strict=True)
        return
    problem = Problem(region, 3, tolerance=0.25, rules=rules, strict=True)
    assert truth(problem).cost is None
    assert solve(problem, time_limit=90).status is Status.INFEASIBLE


def satisfied(plan):
    """For each rule one that the cheapest plan keeps for nothing.

    None opens a barrier: whose way leads over it pays, even if the zone goes around.
    """
    first, second = plan.zones[0], plan.zones[1]
    names = [f"b{i}" for i in range(WIDE * HIGH)]
    here = tuple(names[i] for i in first)
    return {
        "must link": MustLink((names[first[0]], names[first[-1]])),
        "cannot link": CannotLink((names[first[0]], names[second[0]])),
        "pin": Pin("North", here[:1]),
        "lock": Lock("North", here),
        "freeze": Freeze("North", here),
        "contain": Contain("town"),
        "border": Border("town", 3_000),
        "radius": Radius(hard=10_000.0),
        "soft radius": Radius(hard=None, soft=10_000.0, price=4_000),
        "centers": Centers(tuple(names)),
        "target": Target("North", 1.0),
        "spread": Spread("fee", 1.0),
        "change price": Previous("best", price=5.0),
        "change budget": Previous("best", budget=0.0),
    }


def test_a_rule_that_the_cheapest_plan_keeps_changes_nothing():
    region = board(1)
    free = Problem(region, 3, tolerance=0.25, strict=True)
    least = solve(free, time_limit=90)
    assert least.status is Status.OPTIMAL
    best = tuple("NSM"[zone] for zone in least.plan.zone_of)
    more = {**region.columns, "town": ("x",) * len(region), "best": best}
    region = replace(region, columns=more)
    for name, rule in satisfied(least.plan).items():
        problem = replace(free, region=region, rules=(rule,))
        found = solve(problem, time_limit=90)
        assert found.status is Status.OPTIMAL, name
        assert found.cost == least.cost, name


def test_pairs_of_rules_are_obeyed_together():
    names = [name for name in RULES if name != "many"]
    chance = np.random.default_rng(5)
    pairs = list(itertools.combinations(names, 2))
    for at in chance.choice(len(pairs), 4, replace=False):
        one, other = pairs[at]
        if {one, other} == {"change price", "change budget"}:
            continue
        try:
            problem = Problem(
                board(4),
                3,
                tolerance=0.3,
                rules=(*RULES[one], *RULES[other]),
                strict=True,
            )
        except InputError:
            continue  # the two contradict one another
        least = truth(problem).cost
        result = solve(problem, time_limit=90)
        assert result.cost == least, (one, other)
        assert result.status is (
            Status.INFEASIBLE if least is None else Status.OPTIMAL
        ), (one, other)
