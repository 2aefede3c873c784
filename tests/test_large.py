"""Large regions: a plan soon, parts annealed on their own, effort by the time limit."""

import numpy as np
import pytest

from zoning.check import judge
from zoning.limits import Limits
from zoning.problem import Problem
from zoning.search.lagrangian.oracles import connected_oracle
from zoning.search.run import Run
from zoning.search.strategies.anneal_by_parts import AnnealByParts, PartsParams
from zoning.search.strategies.construct import Construct
from zoning.search.strategies.lagrangian_bound import LagrangianBound
from zoning.search.strategies.lns import LNS

# parts of a few zones, so that a small region has several
IN_PARTS = AnnealByParts(
    0.2, params=PartsParams(part_units=40, part_zones=5, max_sweeps=3_000)
)


@pytest.fixture
def town(blocks):
    """180 units, 30 zones, ± 30 %."""
    return Problem(blocks(15, 12), 30, tolerance=0.3)


def test_parts_make_a_first_plan_cheaper(town):
    run = Run(town, Limits(60))
    Construct()(run)
    first = run.cost
    IN_PARTS(run)
    assert run.cost < first
    assert judge(run.plan).ok


def test_annealing_in_parts_is_repeatable(town):
    plans = []
    for _ in range(2):
        run = Run(town, Limits(60))
        Construct()(run)
        IN_PARTS(run)
        plans.append(run.plan)
    assert plans[0].equals(plans[1])


def test_windows_end_after_so_many(town):
    run = Run(town, Limits(60))
    Construct()(run)
    LNS(share=0.9, pace=0.0)(run)
    assert "windows" not in [step.what for step in run.trace]


def test_the_better_look_lifts_the_bound_of_the_first(town):
    run = Run(town, Limits(10))
    Construct()(run)
    LagrangianBound()(run)
    loose = run.bound
    LagrangianBound(connected_oracle, step=0.06)(run)
    assert run.base < loose < run.bound <= run.cost
    assert np.isfinite(run.multipliers).all()
