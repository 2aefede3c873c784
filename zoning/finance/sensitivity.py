"""How the subsidy gap changes when one figure at a time does.

The lots stay as they are. Every number is made anew from changed figures, with whole
resources; nothing is extrapolated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zoning.costs import FIGURES, CostModel
from zoning.errors import InputError
from zoning.finance.accounts import accounts_of
from zoning.lots import SOME_LOTS, Lots
from zoning.plan import Plan
from zoning.region import Ints, Region
from zoning.revenue import Income
from zoning.text.arguments import NUMBER, WORD, many, takes

USUAL = ("collection", "fee", "wages", "area")


@dataclass(frozen=True)
class Swing:
    """What a lower and a higher figure do to the subsidy gap.

    Parameters
    ----------
    figure
        ``"wages"``, ``"area"`` or a name of `zoning.costs.FIGURES`.
    below, above
        Gap of each lot with the figure lowered and raised, whole yuan a year.
    """

    figure: str
    below: tuple[int, ...]
    above: tuple[int, ...]

    @property
    def width(self) -> int:
        """How far the subsidy gap of all lots moves."""
        return abs(sum(self.above) - sum(self.below))


@dataclass(frozen=True)
class Tornado:
    """The subsidy gap when one figure at a time is off.

    Parameters
    ----------
    change
        By which fraction figures are lowered and raised.
    subsidy_gap
        Gap of each lot at the figures in force, whole yuan a year.
    swings
        One for each figure, the widest first.
    """

    change: float
    subsidy_gap: tuple[int, ...]
    swings: tuple[Swing, ...]


@takes(
    lots=SOME_LOTS,
    figures=many(WORD, "names in a list", "['fee', 'wages']"),
    change=NUMBER,
)
def tornado(
    lots: Lots, *, figures: Sequence[str] = USUAL, change: float = 0.2
) -> Tornado:
    """Subsidy gap with each figure lowered and raised by a fraction.

    Parameters
    ----------
    lots
        As `zoning.bundle` gives them; they stay as they are.
    figures
        What to change, one at a time; see `scaled`.
    change
        0.2 is ±20 %; above 0 and below 1.

    Raises
    ------
    InputError
        There are no lots, a figure is not known, or `change` is out of range.
    """
    faults = [*_no_lots(lots)]
    if not 0 < change < 1:
        faults.append(
            f"change must be above 0 and below 1 (0.2 is ±20 %); got {change}."
        )
    faults += _unknown(figures, ("wages", "area", *FIGURES))
    if faults:
        raise InputError(" ".join(faults))
    sets = [lot.zones for lot in lots.lots]

    def gaps(plan: Plan) -> tuple[int, ...]:
        return tuple(one.subsidy_gap for one in accounts_of(plan, sets).lots)

    swings = [
        Swing(
            name,
            gaps(scaled(lots.plan, name, 1 - change)),
            gaps(scaled(lots.plan, name, 1 + change)),
        )
        for name in dict.fromkeys(figures)
    ]
    swings.sort(key=lambda swing: -swing.width)
    return Tornado(change, gaps(lots.plan), tuple(swings))


def scaled(plan: Plan, figure: str, factor: float) -> Plan:
    """The same zones where one figure is `factor` times as large.

    Parameters
    ----------
    figure
        ``"wages"`` (everybody's), ``"area"`` (measured floor area; households stay),
        or a name of `zoning.costs.FIGURES`. Fees and rates that are known of a building
        change with the model's; nobody pays more than all.
    """
    problem = plan.problem
    given = problem.region
    travel = problem.travel
    if travel is not None and figure in ("area", "travel"):
        travel = np.rint(np.asarray(travel) * factor).astype(np.int64)
    # zones need not keep bands that were drawn at the figures in force
    changed = replace(
        problem,
        region=_scaled(given, figure, factor),
        travel=travel,
        tolerance=None,
        bands={},
    )
    return Plan(changed, plan.zone_of)


def _scaled(region: Region, figure: str, factor: float) -> Region:
    costs = region.costs
    if figure == "wages":
        return replace(region, costs=costs.with_wages(factor))
    if figure == "area":
        return _with_area(region, factor)
    value = factor * getattr(costs, figure)
    if figure in ("collection", "parking_collection"):
        value = min(1.0, value)
    changed: dict[str, Any] = {figure: value}
    costs = replace(costs, **changed)
    columns, income = dict(region.columns), Income(region)
    if figure == "fee":
        columns["fee"] = tuple((income.fee * factor).tolist())
    elif figure == "collection":
        columns["rate"] = tuple(np.minimum(1.0, income.rate * factor).tolist())
    return replace(
        region, costs=costs, columns=columns, direct=_direct(region, region.sums, costs)
    )


def _with_area(region: Region, factor: float) -> Region:
    columns, sums = dict(region.columns), dict(region.sums)
    if "area" in columns:
        columns["area"] = tuple((Income(region).area * factor).tolist())
    if "area" not in sums:  # the floor area is what the load would be caused by
        assert region.direct is not None  # the constructor of Region fills it in
        load, direct = (
            np.rint(some * factor).astype(np.int64)
            for some in (region.load, region.direct)
        )
        return replace(region, load=load, direct=direct, columns=columns)
    sums["area"] = np.rint(sums["area"] * factor).astype(np.int64)
    direct = _direct(region, sums, region.costs)
    return replace(region, sums=sums, direct=direct, columns=columns)


def _direct(region: Region, sums: Mapping[str, Ints], costs: CostModel) -> Ints:
    """Direct cost of each unit when areas or consumables are others."""
    assert region.direct is not None  # the constructor of Region fills it in
    if "area" not in sums:
        return region.direct
    more = costs.direct(sums) - region.costs.direct(region.sums)
    return np.maximum(0, region.direct + more)


def _no_lots(lots: Lots) -> Iterator[str]:
    if not lots.lots:
        yield f"There are no lots to price. {lots.reason}".strip()


def _unknown(figures: Iterable[str], known: Sequence[str]) -> Iterator[str]:
    unknown = [name for name in figures if name not in known]
    if unknown:
        yield (
            f"These figures cannot be changed: {', '.join(unknown)}. Known are "
            f"{', '.join(known)}."
        )
