"""Planners' rules in a plan.json: by kind and their fields, and as numbers of ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from zoning.errors import InputError
from zoning.problem import Problem
from zoning.rules import KINDS, OwnRule, Rule
from zoning.rules.own import own_from


def rule_entries(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Rules as a plan.json holds them."""
    return [rule.to_dict() for rule in rules]


def rules_from(
    entries: Iterable[Mapping[str, Any]], own: Sequence[type] = ()
) -> tuple[Rule, ...]:
    """The reverse of `rule_entries`.

    Parameters
    ----------
    own
        Classes of the planner's own rules, by whose names such rules are found.

    Raises
    ------
    InputError
        A rule is of a kind that is not known here.
    """
    kinds: Mapping[str, Callable[..., Rule]] = {kind.kind: kind for kind in KINDS}
    rules: list[Rule] = []
    for entry in entries:
        if entry["rule"] == OwnRule.kind:
            rules.append(own_from(entry, own))
            continue
        if entry["rule"] not in kinds:
            known = ", ".join(kinds)
            msg = f"Rule {entry['rule']!r} is not known; rules are {known}."
            raise InputError(msg)
        fields = {key: value for key, value in entry.items() if key != "rule"}
        rules.append(kinds[entry["rule"]](**fields))
    return tuple(rules)


def way_entries(problem: Problem) -> dict[str, Any]:
    """What rules add to ways, and which units may be centers; nothing without rules.

    Numbers anyone can price a zone with who knows no rule: see docs/plan-format.md.
    """
    terms = problem.terms
    table: dict[str, Any] = {}
    if terms.side_price.any() or terms.side_way.any():
        table["side"] = terms.side.tolist()
        table["side_price"] = terms.side_price.tolist()
        table["side_way"] = terms.side_way.tolist()
    if min(terms.hard, terms.soft) < np.inf:
        limits = {"hard": terms.hard, "soft": terms.soft}
        found = {key: m if m < np.inf else None for key, m in limits.items()}
        table["radius"] = {**found, "price": terms.soft_price}
    if not terms.candidate.all():
        table["candidates"] = np.flatnonzero(terms.candidate).tolist()
    return table
