"""Chance lots: a plan of up to 9 zones, costs and columns lots look at, and rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.chance import case
from tests.truth import Small
from tests.truth_lots import Asked, SmallLots, lots_of
from zoning.costs import CostModel, Resource
from zoning.lots import Attractiveness, LotRules
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.rules import Contain, Rule

KINDS: Sequence[Sequence[str]] = ((), (), (), ("contain",), ("soft barrier",))
RULES = (
    "bands",
    "loss",
    "must_link",
    "cannot_link",
    "contain",
    "start",
    "spread",
)


@dataclass(frozen=True)
class LotCase:
    """A plan, what is asked of its lots, and the enumerator."""

    plan: Plan
    asked: Asked
    told: SmallLots


def chance_costs(chance: np.random.Generator, costs: CostModel) -> CostModel:
    """Few resources of odd capacities, dear or cheap ways and crossings."""

    def one(*choices: Any) -> Any:
        return choices[int(chance.integers(len(choices)))]

    resources = tuple(
        Resource(
            name,
            one(0.1, 1, 2.5, 7, 10, 100, 750, 1 / 3),
            per=one("area", "households", "lamps"),
            wage=float(one(0, 1, 10, 333.33)),
            other=float(one(0, 2.5, 40)),
            shared=one("lot", "lot", "zone"),
            minimum=one(0, 0, 1, 3),
        )
        for name in ("cleaner", "repairer", "machine")[: int(chance.integers(4))]
    )
    return replace(
        costs,
        fixed_per_lot=float(one(0, 0, 100, 5_000.5)),
        lot_travel=one(0.0, 0.005, 0.07, 1.3),
        crossing=float(one(0, 1, 300, 12.3)),
        resources=resources,
    )


def chance_region(chance: np.random.Generator, region: Region) -> Region:
    """With the costs and columns that lots look at."""
    n = len(region.building_ids)

    def column(choices: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(choices[int(chance.integers(len(choices)))] for _ in range(n))

    columns = {
        **region.columns,
        "built": column((1954, 1968, 1985, 2003, None)),
        "incumbent": column(("Ab", "Ba ", "Co", None, None)),
        "contract_end": column(("2026-06-30", "2027-12-31", "2025-01-01", None)),
        "parking": column((0, 1, 12, None)),
    }
    direct = chance.integers(0, region.load + 1) if chance.random() < 0.5 else None
    return replace(
        region,
        costs=chance_costs(chance, region.costs),
        columns=columns,
        direct=direct,
    )


def chance_zones(chance: np.random.Generator, small: Small, count: int) -> list[int]:
    """Labels of zones grown by chance; what is not reached joins the last."""
    label = {int(i): k for k, i in enumerate(chance.permutation(small.n)[:count])}
    while True:
        edges = sorted({*small.edges, *((j, i) for i, j in small.edges)})
        border = [(i, j) for i, j in edges if i in label and j not in label]
        if not border:
            return [label.get(i, count - 1) for i in range(small.n)]
        i, j = border[int(chance.integers(len(border)))]
        label[j] = label[i]


def lot_case(seed: int, kinds: Sequence[str] | None = None, most: int = 9) -> LotCase:
    """Lots of up to `most` zones, under rules of these kinds or up to three of any."""
    chance = np.random.default_rng([seed, 1])
    drawn = case(seed, KINDS[int(chance.integers(len(KINDS)))], most=most + 2)
    region = chance_region(chance, drawn.region)
    problem = _problem(region, drawn.rules, drawn.travel)
    small = Small(problem)
    count = int(min(chance.integers(1, most + 1), small.n))
    if chance.random() < 0.5:
        count = min(small.n, most)
    labels = chance_zones(chance, small, count)
    plan = Plan(replace(problem, num_zones=len(set(labels))), np.array(labels))
    told = lots_of(small, plan.zone_of.tolist())
    if kinds is None:
        kinds = [RULES[i] for i in chance.integers(len(RULES), size=chance.integers(4))]
    size = int(chance.choice([1, 2, 2, 3, 3, 3, 4, 5]))
    tolerance = [None, None, 0.05, 0.1, 0.3, 0.6][int(chance.integers(6))]
    gap_limit = float(chance.choice([0, 40, 90, 150, 600]))
    asked = Asked(size, tolerance, gap_limit)
    return LotCase(plan, replace(asked, rules=_rules(chance, told, kinds, asked)), told)


def pair_case(seed: int, kinds: Sequence[str], most: int = 7) -> tuple[Problem, Asked]:
    """A problem of up to `most` units under rules of these kinds, and lots asked for.

    Raises
    ------
    InputError
        The problem is refused.
    """
    chance = np.random.default_rng([seed, 2])
    drawn = case(seed, kinds, most=most)
    region = drawn.region
    costs = chance_costs(chance, region.costs)
    region = replace(region, costs=costs)
    tolerance = [None, None, 0.6, 0.9][int(chance.integers(4))]
    problem = replace(drawn, region=region, tolerance=tolerance).problem()
    size = int(chance.choice([1, 2, 2, 3]))
    return problem, Asked(size, gap_limit=float(chance.choice([0, 90, 600])))


def _problem(region: Region, rules: Sequence[Rule], travel: Any) -> Problem:
    return Problem(region, 1, tolerance=None, rules=tuple(rules), travel=travel)


def _rules(
    chance: np.random.Generator, told: SmallLots, kinds: Sequence[str], asked: Asked
) -> LotRules:
    """Rules near what some lots of chance keep."""
    weights = ((1, 0.5), (0.1, 2), (0.02, 0.3), (0.1, 1))
    drawn = [float(chance.choice(some)) for some in weights]
    made = LotRules(index=Attractiveness(*drawn))
    if "start" in kinds:
        day = ["2025-12-31", "2026-07-01", "2029-01-01"][int(chance.integers(3))]
        made = replace(made, start=day)
    n = len(told.zones)
    some = tuple(range(min(n, asked.size)))
    names = chance.permutation(told.names).tolist()
    if "bands" in kinds:
        known = ["cost", "revenue", "margin", "area", "way", "crossings", "companies",
                 "wait", "index", "households"]  # fmt: skip
        bands = {}
        for name in chance.permutation(known)[: int(chance.integers(1, 3))].tolist():
            value = told.figure(name, some, made)
            wide = int(chance.integers(0, max(2, abs(value))))
            off = int(chance.integers(-wide, wide + 1)) // 2
            bands[name] = Band(value + off - wide, value + off + wide)
        made = replace(made, bands=bands)
    if "loss" in kinds:
        made = replace(
            made,
            loss_share=float(chance.choice([0, 0.07, 0.35, 0.57, 0.5, 0.9, 1])),
            loss_below=float(chance.choice([0, -1.5, -10, -300, 2])),
        )
    if "must_link" in kinds and n > 1 and asked.size > 1:
        made = replace(made, must_link=(tuple(names[:2]),))
    if "cannot_link" in kinds:
        made = replace(made, cannot_link=(tuple(names[-int(chance.integers(2, 4)) :]),))
    if "contain" in kinds:
        whole = [r.column for r in told.small.every(Contain)]
        made = replace(made, contain=whole[0] if whole else None)
    if "spread" in kinds:
        every = [told.index((zone,), made) for zone in range(n)]
        wide = max(every) - min(every)
        made = replace(made, spread=int(wide * chance.choice([0, 0.02, 0.2, 0.6, 1])))
    return made
