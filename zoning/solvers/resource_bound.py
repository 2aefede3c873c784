"""The least that lots can pay for the resources they share: a bound, by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoning.result import Status
from zoning.solvers.mip_builder import MipBuilder


@dataclass(frozen=True)
class CostStep:
    """Lots of a size whose demand is from `low` to `high` pay so much for resources."""

    size: int
    low: int
    high: int
    cost: int


def min_resource_cost(
    tables: list[tuple[int, list[CostStep]]],
    *,
    sizes: tuple[int, ...],
    usual: int,
    count: tuple[int, int],
    num_zones: int,
    fixed: int,
    seconds: float,
) -> int:
    """The least that any choice of lots pays for what they share.

    Parameters
    ----------
    tables
        For each kind of demand its total, and the steps lots may be on.
    sizes, usual, count
        Sizes lots may have; from how many to how many have the `usual` one.
    fixed
        What each lot costs at all.

    Returns
    -------
    int
        A bound also where the time ran out; 0 where no lots add up.
    """
    mip = MipBuilder(0)
    lots = {size: mip.add_variable(num_zones) for size in sizes}
    every = np.array(list(lots.values()), np.int64)
    mip.add_row(every, list(sizes), num_zones, num_zones)
    if usual in lots:
        mip.add_row(np.array([lots[usual]]), 1, *count)
    cost = [fixed] * len(every)
    for total, steps in tables:
        on = np.array([mip.add_variable(num_zones) for _ in steps], np.int64)
        cost += [step.cost for step in steps]
        for size, number in lots.items():
            mine = on[[step.size == size for step in steps]]
            signs = np.append(np.ones(len(mine), np.int64), -1)
            mip.add_row(np.append(mine, number), signs, 0, 0)
        mip.add_row(on, [step.low for step in steps], 0, total)
        most = sum(step.high for step in steps) * num_zones
        mip.add_row(on, [step.high for step in steps], total, max(most, total))
    found = mip.minimize(np.array(cost, np.int64), seconds)
    return 0 if found.status is Status.INFEASIBLE else max(0, found.bound)
