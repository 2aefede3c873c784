"""Lots in a plan.json: what was asked of them, and each with its price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from zoning.lots import Lots, LotSettings
from zoning.lots.check import judge_lots
from zoning.lots.lot import Lot
from zoning.lots.rules import FORMER, Attractiveness, LotRules
from zoning.problem import Band
from zoning.result import gap_of


def lot_parameters(lots: Lots | None) -> dict[str, Any]:
    """What was asked of lots, and which rules gave way."""
    settings = LotSettings() if lots is None else lots.settings
    found = () if lots is None else lots.lots
    return {
        "lot_size": settings.size,
        "lot_count": Counter(len(lot.zones) for lot in found)[settings.size],
        "lot_tolerance": settings.tolerance,
        "gap_limit": None if lots is None else lots.near_allowed,
        "lot_rules": _rules(settings.rules),
        **({"whole_lots": settings.whole_lots} if settings.whole_lots else {}),
    }


def lot_rules_from(asked: Mapping[str, Any]) -> LotRules:
    """Rules for lots in the parameters of a plan.json; older files have none.

    Or they call some of them by former names.
    """
    entry = asked.get("lot_rules")
    if entry is None:
        return LotRules()
    bands = {name: Band(**band) for name, band in entry["bands"].items()}
    index = Attractiveness(**entry["index"])
    told = {FORMER.get(name, name): value for name, value in entry.items()}
    return LotRules(**{**told, "bands": bands, "index": index})


def lots_table(lots: Lots) -> dict[str, Any]:
    """Lots as a plan.json holds them; every price is the checker's."""
    chosen = [lot.zones for lot in lots.lots]
    priced = judge_lots(lots.plan, chosen, rules=lots.settings.rules)
    cost = priced.cost if lots.lots else None
    gap = gap_of(cost or None, lots.bound)
    return {
        "status": str(lots.status),
        "cost": cost,
        "bound": int(lots.bound),
        "gap": None if gap is None else round(gap, 6),
        "separate_cost": int(lots.separate_cost),
        "reason": lots.reason,
        **({} if lots.cheapest is None else {"cheapest": int(lots.cheapest)}),
        "lots": [lot_entry(number, lot) for number, lot in enumerate(priced.lots)],
    }


def lot_entry(number: int, lot: Lot) -> dict[str, Any]:
    """A lot with its zones numbered from 1."""
    return {
        "id": number + 1,
        "zones": [zone + 1 for zone in lot.zones],
        "cost": lot.cost,
        "separate_cost": lot.separate_cost,
        "resources": dict(lot.resources),
        "separate_resources": dict(lot.separate_resources),
        "own": lot.own,
        "hub": lot.hub + 1,
        "travel": lot.travel,
        "crossings": lot.crossings,
        "near": [[a + 1, b + 1] for a, b in lot.near],
    }


def _rules(rules: LotRules) -> dict[str, Any] | None:
    if rules == LotRules():
        return None
    start = None if rules.start is None else rules.start.isoformat()
    return {**asdict(rules), "start": start}
