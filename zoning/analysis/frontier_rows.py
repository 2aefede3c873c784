"""A frontier as a table, and which of its numbers of zones is chosen, in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from zoning.lots import Lots
from zoning.result import Result

if TYPE_CHECKING:
    from zoning.analysis.frontier import Frontier

Row = dict[str, Any]


def rows_of(found: Frontier) -> list[Row]:
    """A row for each value: what zones cost and their lots, or why there are none."""
    zones = found.parameter == "num_zones"
    several = found.lots or (None,) * len(found)
    return [
        {
            found.parameter: int(value) if zones else value,
            "status": str(one.status),
            "cost": one.plan_cost,
            "bound": int(one.plan_bound),
            "gap": one.gap,
            **_exceptions(one),
            **(_of_lots(lots) if found.lots else {}),
            "nothing_gained": idle,
            **({"chosen": at == found.chosen} if zones else {}),
            "reason": _why_not(one, lots),
        }
        for at, (value, one, lots, idle) in enumerate(
            zip(found.values, found.results, several, found.dominated, strict=True)
        )
    ]


def _exceptions(result: Result) -> Row:
    """How many zones lie outside a band, how far in all, and how far at least."""
    verdict = result.verdict
    return {
        "exceptions": None if verdict is None else len(verdict.exceptions),
        "excess": result.excess,
        "excess_bound": None if verdict is None else int(result.excess_bound),
    }


def _of_lots(lots: Lots | None) -> Row:
    """What lots cost; with nothing in it where there are none."""
    made = None if lots is None or lots.cost is None else lots
    return {
        "lots": None if made is None else len(made.lots),
        "zones_in_lots": None if made is None else _sizes(made),
        "cost_in_lots": None if made is None else made.cost,
        "bound_of_lots": None if made is None else int(made.bound),
    }


def _sizes(lots: Lots) -> str:
    """How many lots have how many zones, the most frequent size first."""
    sizes = Counter(len(lot.zones) for lot in lots.lots)
    several = sorted(sizes.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count} × {size}" for size, count in several)


def _why_not(result: Result, lots: Lots | None) -> str:
    """Why there is no plan, or none has lots."""
    if result.plan is None:
        return result.reason
    if lots is not None and lots.cost is None:
        return f"No lots were made. {lots.reason}"
    return ""


def choice(found: Frontier) -> str:
    """Which number of zones is chosen, and why, in a few sentences."""
    at, ranks = found.chosen, found.ranks
    if at is None:
        return "No number of zones has a plan."
    bent, cost = ranks[at] or (0, 0)
    what = "their lots" if found.in_lots else "they"
    told = (
        f"{found.called(found.values[at])} are chosen: {what} cost {cost:,} "
        f"{found.currency} a year"
    )
    others = [(*rank, n) for n, rank in enumerate(ranks) if rank and n != at]
    if not others:
        return f"{told}. No other number has {'lots' if found.in_lots else 'a plan'}."
    alike = [(other, n) for out, other, n in others if out == bent]
    dearer = _next(found, cost, *min(alike)) if alike else ""
    cheaper = [(other, n) for out, other, n in others if out > bent and other < cost]
    return f"{told}{dearer}." + "".join(_bent(found, cost, *one) for one in cheaper)


def _next(found: Frontier, cost: int, other: int, n: int) -> str:
    """The number that would be chosen without the one that is."""
    called = found.called(found.values[n])
    if other == cost:
        return f"; {called} cost the same, and of equal cost the fewer are taken"
    return f"; next are {called}, {100 * (other / cost - 1):.2f} % dearer"


def _bent(found: Frontier, cost: int, other: int, n: int) -> str:
    """A number that is cheaper, but does not keep the balance."""
    verdict = found.results[n].verdict
    out = 0 if verdict is None else len(verdict.exceptions)
    return (
        f" {found.called(found.values[n])} would cost {100 * (1 - other / cost):.2f} % "
        f"less, but {out:,} {'zone lies' if out == 1 else 'zones lie'} outside the "
        "balance."
    )
