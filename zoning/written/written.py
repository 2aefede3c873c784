"""A plan as it was written: zones and lots called as the file calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import Any

import numpy as np

from zoning.bundling.check_lots import Lot, LotsVerdict, judge_lots, lot_sizes
from zoning.check import Verdict, judge
from zoning.errors import InputError
from zoning.naming import former
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.rules import Lock, Pin, Target
from zoning.written.lots import lot_rules_from


class RuleError(InputError):
    """A hand edit broke a rule without which nothing can be priced."""


@dataclass(frozen=True, eq=False)
class Written:
    """A plan as it was written.

    Parameters
    ----------
    plan
        The plan; its problem is the written one.
    names
        What the file calls each zone of the plan.
    lots
        Zones of each lot, by position in the plan; None where there are no lots.
    lot_ids
        What the file calls each of them.
    table
        The content of the file.
    """

    plan: Plan
    names: tuple[str, ...]
    lots: tuple[tuple[int, ...], ...] | None
    lot_ids: tuple[int, ...]
    table: Mapping[str, Any]

    @cached_property
    def _judged(self) -> Verdict:
        return judge(self.plan)

    @cached_property
    def verdict(self) -> Verdict:
        """What the checker says of the plan.

        Zones that rules name are called so, all others as in the file.
        """
        names = _called(self.plan, self._judged.names, self.names)
        faults = self._renamed(self._judged.faults, names)
        return replace(self._judged, faults=faults, names=names)

    @cached_property
    def lots_verdict(self) -> LotsVerdict | None:
        """What the checker says of the lots, called as in the file."""
        if self.lots is None:
            return None
        asked = self.table["parameters"]
        size = int(asked["lot_size"])
        full = lot_sizes(self.plan.num_zones, size).count
        verdict = judge_lots(
            self.plan,
            self.lots,
            size=size,
            count=None if asked["lot_count"] >= full else int(asked["lot_count"]),
            near_allowed=asked["gap_limit"],
            tolerance=asked["lot_tolerance"],
            rules=lot_rules_from(asked),
        )
        faults = self._renamed(verdict.faults, self.verdict.names)
        return replace(verdict, faults=faults)

    def lot_id(self, lot: Lot) -> int:
        """What the file calls a lot of the verdict."""
        assert self.lots is not None
        return self.lot_ids[self.lots.index(lot.zones)]

    def _renamed(self, faults: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
        """The checker counts zones no rule names, and lots; the file may not."""
        zones = dict(zip(self._judged.names, names, strict=True))
        order = sorted(range(len(self.lot_ids)), key=lambda i: (self.lots or ())[i])
        lots = {str(n): str(self.lot_ids[i]) for n, i in enumerate(order, 1)}

        def named(found: re.Match[str]) -> str:
            word, name = found.groups()
            return f"{word} {(zones if word.lower() == 'zone' else lots)[name]}"

        # the longest first, or zone 1 would be found in zone 12
        patterns = [
            rf"\b({word}) ({'|'.join(map(re.escape, sorted(known, key=_longest)))})"
            r"(?!\w)"
            for word, known in (("[Zz]one", zones), ("[Ll]ot", lots))
            if known
        ]
        for pattern in patterns:
            faults = [re.sub(pattern, named, fault) for fault in faults]
        return tuple(faults)


def _longest(name: str) -> int:
    return -len(name)


def _called(
    plan: Plan, judged: Sequence[str], written: Sequence[str]
) -> tuple[str, ...]:
    """What zones are called: as rules name them, or else as they are written down."""
    rules = plan.problem.rules
    ruled = {rule.zone for rule in rules if isinstance(rule, Pin | Lock | Target)}
    ruled |= {name for name in former(plan) if name is not None}
    taken = {*ruled, *written}
    fresh = (str(number) for number in count(1) if str(number) not in taken)
    return tuple(
        name if name in ruled else next(fresh) if own in ruled else own
        for name, own in zip(judged, written, strict=True)
    )


def called_by(
    problem: Problem,
    zone_of: Sequence[str],
    lot_of: Mapping[str, int] | None,
    table: Mapping[str, Any],
) -> Written:
    """A plan whose zones are told by name.

    Parameters
    ----------
    problem
        The written problem.
    zone_of
        For each unit the name of its zone.
    lot_of
        For each name the id of its lot; None where there are no lots.
    table
        The content of the file.
    """
    label = np.unique(np.array(zone_of), return_inverse=True)[1]
    plan = Plan(problem, label.astype(np.int32))
    names = tuple(zone_of[units[0]] for units in plan.zones)
    if lot_of is None:
        return Written(plan, names, None, (), table)
    lot_ids = tuple(sorted({lot_of[name] for name in names}))
    lots = tuple(
        tuple(k for k, name in enumerate(names) if lot_of[name] == lot)
        for lot in lot_ids
    )
    return Written(plan, names, lots, lot_ids, table)
