"""Several plans of one region side by side: a table, and who goes where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zoning.analysis.difference import Difference, difference, require_same_region
from zoning.check import Verdict, judge, parts, tolerance_of
from zoning.check.balance_words import num_outside
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.result import RESULT_OR_PLAN, Result
from zoning.text.arguments import NAME, Kind, Unlike, many, takes

NOT_KNOWN = "-"


@dataclass(frozen=True)
class Row:
    """One plan in figures.

    Parameters
    ----------
    name
        What it is called here.
    num_zones
        How many zones it has.
    cost, bound, gap
        Yuan a year; bound and gap are None for a plan that was not solved for.
    travel
        Yuan a year on the way from centers to units.
    balance
        By which fraction the zone that is worst off differs from the fair share, or
        from its own where it has a target; a frozen one is left out. None where cost is
        not balanced.
    spread
        What the dearest zone costs more than the cheapest, yuan a year.
    changed_share, changed_area, changed_buildings, changed_households
        What is in another zone than in the first plan: share of the floor area, m²,
        buildings, and households (None where not known).
    outside, excess
        Zones outside a band that bends, and how far in all, yuan.
    torn
        Zones that do not hang together.
    faults
        Rules the plan breaks.
    status, seconds
        Of the solve; "" and None for a plan that was not solved for.
    """

    name: str
    num_zones: int
    cost: int
    bound: int | None
    gap: float | None
    travel: int
    balance: float | None
    spread: int
    changed_share: float
    changed_area: int
    changed_buildings: int
    changed_households: int | None
    outside: int
    excess: int
    torn: int
    faults: int
    status: str
    seconds: float | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Plans of one region, measured and set against the first.

    Parameters
    ----------
    rows
        The figures of each plan.
    plans
        The plans themselves.
    differences
        For each plan what is in another zone than in the first.
    """

    rows: tuple[Row, ...]
    plans: tuple[Plan, ...]
    differences: tuple[Difference, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What each further plan costs and moves against the first, a sentence each."""
        first = self.rows[0]
        lines = []
        for row, found in zip(self.rows[1:], self.differences[1:], strict=True):
            more = row.cost - first.cost
            told = f"{abs(more):,} yuan a year {'more' if more > 0 else 'less'}"
            lines.append(
                f"{row.name} costs {told if more else 'the same'} and puts "
                f"{100 * found.share:.1f} % of the floor area ({found.buildings} "
                f"buildings) into another zone than {first.name}."
                f"{_farther(row.excess - first.excess)}"
            )
        return tuple(lines)

    def __str__(self) -> str:
        """The table as text, one column a plan."""
        cells = [[name, *(show(row) for row in self.rows)] for name, show in LINES]
        cells = [line for line in cells if set(line[1:]) != {NOT_KNOWN}]
        wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(
            "  ".join(
                [line[0].ljust(wide[0])]
                + [text.rjust(w) for text, w in zip(line[1:], wide[1:], strict=True)]
            ).rstrip()
            for line in cells
        )


def _plans(value: Any) -> tuple[Result | Plan, ...]:
    if not isinstance(value, Iterable) or isinstance(value, str | Mapping):
        raise Unlike
    return tuple(RESULT_OR_PLAN.of("each of plans", one) for one in value)


@takes(
    plans=Kind("at least two results or plans in a list", _plans, "[first, second]"),
    names=many(NAME, "names in a list", "['before', 'after']").or_none,
)
def compare(
    plans: Sequence[Result | Plan], names: Sequence[str] | None = None
) -> Comparison:
    """Set plans of one region side by side; the first is what others are held against.

    Every figure is reckoned anew from the plan.

    Parameters
    ----------
    plans
        At least two results or plans. Their rules may differ; a result without a plan
        cannot be compared.
    names
        What they are called; "Plan 1", "Plan 2", ... if not given.

    Raises
    ------
    InputError
        They are not of the same region, there are fewer than two, or one has no plan.
    """
    called = [f"Plan {at}" for at in range(1, len(plans) + 1)]
    called = called if names is None else [str(name) for name in names]
    _require(plans, called)
    bare = [one for one in map(_plan, plans) if one is not None]
    require_same_region(bare)
    differences = tuple(difference(bare[0], plan) for plan in bare)
    rows = tuple(
        _row(name, given, plan, found)
        for name, given, plan, found in zip(
            called, plans, bare, differences, strict=True
        )
    )
    return Comparison(rows, tuple(bare), differences)


def _plan(given: Result | Plan) -> Plan | None:
    return given.plan if isinstance(given, Result) else given


def _require(plans: Sequence[Result | Plan], names: Sequence[str]) -> None:
    faults = []
    if len(plans) < 2:
        faults.append(f"To compare takes at least two plans; got {len(plans)}.")
    if len(names) != len(plans):
        faults.append(f"There are {len(plans)} plans and {len(names)} names.")
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        faults.append(
            f"Given more than once: {', '.join(repeated)}. Compare different plans, "
            "and give each a name of its own."
        )
    faults += [
        f"{name} has no plan ({given.status}): {given.reason}"
        for name, given in zip(names, plans, strict=False)
        if isinstance(given, Result) and given.plan is None
    ]
    if faults:
        raise InputError(" ".join(faults))


def _row(name: str, given: Result | Plan, plan: Plan, found: Difference) -> Row:
    verdict = judge(plan)
    region = plan.problem.edited_region
    solved = given if isinstance(given, Result) else None
    return Row(
        name,
        plan.num_zones,
        verdict.plan_cost,
        None if solved is None else solved.plan_bound,
        None if solved is None else solved.gap,
        int(verdict.travel.sum()),
        _balance(plan, verdict),
        int(verdict.cost.max() - verdict.cost.min()),
        found.share,
        found.area,
        found.buildings,
        found.households,
        num_outside(verdict.exceptions),
        verdict.excess,
        sum(parts(region, units) > 1 for units in plan.zones),
        len(verdict.faults),
        "" if solved is None else str(solved.status),
        None if solved is None else solved.seconds,
    )


def _balance(plan: Plan, verdict: Verdict) -> float | None:
    if plan.problem.tolerance is None or not plan.problem.fair_share:
        return None
    return tolerance_of(plan, verdict)


def _farther(more: int) -> str:
    if not more:
        return ""
    how = "farther" if more > 0 else "less far"
    return f" Its zones lie {abs(more):,} yuan {how} outside the balance."


def _whole(value: int | None) -> str:
    return NOT_KNOWN if value is None else f"{value:,}"


def _percent(value: float | None) -> str:
    return NOT_KNOWN if value is None else f"{100 * value:.1f} %"


LINES: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("", lambda row: row.name),
    ("Zones", lambda row: str(row.num_zones)),
    ("Cost, yuan a year", lambda row: _whole(row.cost)),
    ("No plan costs less than", lambda row: _whole(row.bound)),
    ("Gap", lambda row: _percent(row.gap)),
    ("Travel, yuan a year", lambda row: _whole(row.travel)),
    ("Worst off from fair share", lambda row: _percent(row.balance)),
    ("Dearest less cheapest zone", lambda row: _whole(row.spread)),
    ("Floor area in another zone", lambda row: _percent(row.changed_share)),
    ("m² in another zone", lambda row: _whole(row.changed_area)),
    ("Buildings in another zone", lambda row: _whole(row.changed_buildings)),
    ("Households in another zone", lambda row: _whole(row.changed_households)),
    ("Zones outside the balance", lambda row: str(row.outside)),
    ("Outside by, yuan in all", lambda row: _whole(row.excess)),
    ("Zones torn", lambda row: str(row.torn)),
    ("Rules broken", lambda row: str(row.faults)),
    ("Status", lambda row: row.status or NOT_KNOWN),
    ("Seconds", lambda row: NOT_KNOWN if row.seconds is None else f"{row.seconds:.1f}"),
)
