"""Compare a written plan with what the checker finds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from zoning.lots.lot import LotsVerdict
from zoning.planfile.content import (
    bending,
    figures_of,
    rule_cost_of,
    travel_table,
    zone_entries,
)
from zoning.planfile.digests import edited_parts
from zoning.planfile.lots import lot_entry
from zoning.planfile.region import edited_from
from zoning.planfile.rows import label_of, zone_called
from zoning.planfile.rules import rule_entries
from zoning.planfile.written import Written
from zoning.problem import Problem
from zoning.text.lists import first_few

# What files lack that are older than planners' rules; than bands that bend.
_NEWER = ("change_cost", "name", "surcharge", "changed", "rules")
_SPANNED = ("gap", "bridge")  # and those older than prices of bridges
_BENDING = ("excess", "outside")
_ROUNDED = 0.5 + 1e-6  # m²: floor area is rounded once for a unit


def differences(written: Written) -> list[str]:
    """Numbers in the file that are not what the checker finds, in words."""
    table, plan, verdict = written.table, written.plan, written.verdict
    total = verdict.plan_cost + unknown_cost(written)
    totals = {"cost": total, "change_cost": verdict.change_cost}
    totals |= {"excess": verdict.excess}
    totals |= rule_cost_of(plan.problem, verdict)
    found = [*_differ("The plan", table, _known(table, totals))]
    found += _bound_differs("The plan", table, total)
    found += _excess_differs(written)
    found += _moves_differ(written)
    right = dict(zip(written.names, zone_entries(plan, verdict), strict=True))
    for zone in table["zones"]:
        name = zone_called(zone)
        if name not in right:
            found.append(f"Zone {name} holds no units.")
            continue
        skipped = ("id", "units")
        expected = {k: v for k, v in right[name].items() if k not in skipped}
        found += _differ(f"Zone {name}", zone, _known(table, expected))
    found += _parameters_differ(written)
    found += _units_differ(written)
    found += _areas_differ(written)
    found += _labels_differ(written)
    found += _region_differs(written)
    lots = written.lots_verdict
    if lots is not None and table["lots"] is not None and lots.lots:
        found += _lots_differ(written, lots)
        found += _cheapest_differs(table, lots.cost)
    elif table["lots"] is not None:
        found += _differ("Lots together", table["lots"], {"cost": None, "gap": None})
    edited = edited_parts(table)
    if edited:
        found.append(
            f"Edited since the file was written: {', '.join(edited)}. All was judged "
            "by what stands there now."
        )
    return found


def _moves_differ(written: Written) -> Iterator[str]:
    """Fewer m² change than the file says any plan changes."""
    changed = int(written.verdict.changed.sum())
    bound = written.table.get("change_bound", 0)
    if written.plan.problem.counts_moves and bound > changed:
        yield (
            f"{changed:,} m² change zone, fewer than the {bound:,} that the file says "
            "every plan changes: rules were edited."
        )


def _excess_differs(written: Written) -> Iterator[str]:
    """Zones lie less far outside than the file says any plan does."""
    excess, bound = written.verdict.excess, written.table.get("excess_bound", 0)
    if bound > excess:
        yield (
            f"Zones lie outside their bands by {excess:,} yuan, less than the "
            f"{bound:,} that the file says is the least there can be: bands or rules "
            "were edited."
        )
    elif bound < excess and written.table["status"] == "optimal":
        yield (
            f"The plan is called optimal, but zones lie outside their bands by "
            f"{excess:,} yuan, and only {bound:,} is proved to be the least."
        )


def unknown_cost(written: Written) -> int:
    """What the file says of priced rules whose classes are not at hand, yuan a year."""
    rules = written.plan.problem.rules
    if any(rule.unchecked and rule.is_priced for rule in rules):
        return int(written.table["rule_cost"]) - written.verdict.rule_cost
    return 0


def _known(table: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a file of that age lacks."""
    asked = table["parameters"]
    newer = {
        *(() if "rules" in asked else _NEWER),
        *(() if "spans" in table else _SPANNED),
        *(() if "strict" in asked else _BENDING),
    }
    return {key: value for key, value in right.items() if key not in newer}


def _differ(
    what: str, have: Mapping[str, Any], right: Mapping[str, Any]
) -> Iterator[str]:
    for key, value in right.items():
        if key not in have:
            yield f"{what} has no {key} in the file; it is {_told(value)}."
        elif have[key] != value:
            yield f"{what}: {key} is {_told(value)}, the file says {_told(have[key])}."


def _told(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}"
    return json.dumps(value, ensure_ascii=False)


def _bound_differs(what: str, have: Mapping[str, Any], cost: int) -> Iterator[str]:
    bound, gap, status = have["bound"], have["gap"], have["status"]
    if bound > cost:
        yield (
            f"{what} costs {cost:,}, less than the bound {bound:,} under which the "
            "file says no plan exists: costs or rules were edited."
        )
    elif gap is not None and abs(gap - (cost - bound) / max(cost, 1)) > 1e-6:
        yield (
            f"{what}: the gap to the bound is {(cost - bound) / max(cost, 1):.6f}, "
            + (f"the file says {gap:.6f}.")
        )
    if status == "optimal" and bound != cost:
        yield f"{what} is called optimal, but cost {cost:,} and bound {bound:,} differ."


def _cheapest_differs(table: Mapping[str, Any], cost: int) -> Iterator[str]:
    """What was given for lots that look whole is more than was allowed, or nothing."""
    cheapest = table["lots"].get("cheapest")
    if cheapest is None:
        return
    share = table["parameters"].get("whole_lots", 0.0)
    bound = table["lots"]["bound"]
    if not bound <= cheapest <= cost <= cheapest + int(share * cheapest):
        yield (
            f"Lots together cost {cost:,}, and the cheapest are said to cost "
            f"{cheapest:,}: not between the bound, {bound:,}, and {100 * share:g} % "
            "less than these."
        )


def _parameters_differ(written: Written) -> Iterator[str]:
    problem, have = written.plan.problem, written.table["parameters"]
    costs, band = problem.region.costs, problem.cost_band
    figures = figures_of(costs)
    right = {
        "cost_band": None if band is None else asdict(band),
        "fixed_per_zone": costs.fixed_per_zone,
        "rules": rule_entries(problem.rules),
        "assumptions": [
            row
            for row in figures["assumptions"]
            if _known(written.table, {row["figure"]: row})
        ],
    }
    if "strict" in have:
        right["bend"] = bending(problem)["bend"]
        yield from _left_out_differs(problem, have.get("left_out", {}))
    yield from _differ("The parameters", have, _known(written.table, right))
    known = _known(written.table, figures["costs"])
    yield from _differ("The table of costs", have["costs"], known)
    for entry, resource in zip(have["resources"], figures["resources"], strict=True):
        yield from _differ(f"Resource {resource['name']!r}", entry, resource)
    travel, tables = written.table["travel"], ("way_table", "cost_table")
    expected = {k: v for k, v in travel_table(problem).items() if k not in tables}
    yield from _differ("Travel", travel, expected)


def _left_out_differs(problem: Problem, left_out: Mapping[str, Any]) -> Iterator[str]:
    """Units said to be left out of the fair share that a zone could have."""
    region, band = problem.region, problem.band_around(problem.fair_share or 0)
    fits = [
        some
        for some in left_out.get("heavy", ())
        if problem.fixed + int(region.load[some].sum()) <= band.high
    ]
    fits += [
        some
        for some in left_out.get("pockets", ())
        if problem.fixed + int(region.load[some].sum()) >= band.low
    ]
    if fits:
        told = first_few("; ".join(region.names[i] for i in some) for some in fits)
        yield f"By the fair share in the file these are not to be left out: {told}."


def _units_differ(written: Written) -> Iterator[str]:
    """Loads that do not follow from the costs; those of a graph are given freely."""
    region, given = written.plan.problem.region, written.table["input"]
    if not given["files"]:
        return
    if not given["sha256"]:
        yield "The input has files but no sha256; it was taken out."
    assert region.direct is not None  # the constructor of Region fills it in
    for what, told, right in (
        ("load", region.load, region.costs.load(region.sums)),
        ("direct", region.direct, region.costs.direct(region.sums)),
    ):
        wrong = np.flatnonzero(told != right)
        if len(wrong):
            i = int(wrong[0])
            yield (
                f"By the costs in the file {what} is another in {len(wrong)} of "
                f"{len(region)} units: that of {region.names[i]} is {right[i]:,}, the "
                f"file says {told[i]:,}. Costs or units were edited."
            )


def _areas_differ(written: Written) -> Iterator[str]:
    """Floor areas of buildings that do not add up to that of their unit."""
    region = written.plan.problem.region
    of_buildings = region.columns.get("area")
    if of_buildings is None or not written.table["input"]["files"]:
        return  # those of a graph are given freely
    number = np.array([np.nan if v is None else v for v in of_buildings], np.float64)
    total = np.bincount(region.unit_of_building, number, len(region))
    wrong = np.flatnonzero(~(np.abs(total - region.sums["area"]) <= _ROUNDED))
    if len(wrong):
        i = int(wrong[0])
        yield (
            f"Floor areas of buildings do not add up to that of {len(wrong)} of "
            f"{len(region)} units: those of {region.names[i]} make {total[i]:,.0f} m², "
            f"the file says {region.sums['area'][i]:,}. Columns or units were edited."
        )


def _labels_differ(written: Written) -> Iterator[str]:
    """Names of units that their buildings do not bear."""
    region = written.plan.problem.region
    pairs = zip(written.table["units"], region.labels, strict=True)
    wrong = [
        f"{region.names[i]} is {label}, the file says {label_of(unit)}"
        for i, (unit, label) in enumerate(pairs)
        if "label" in unit and unit["label"] != label
    ]
    if wrong:
        yield (
            f"Units are called otherwise than their buildings say: "
            f"{first_few(wrong, mark='; ')}. Labels or columns were edited."
        )


def _region_differs(written: Written) -> Iterator[str]:
    """Units and edges in the file that are not what rules make of those before them."""
    table, region = written.table, written.plan.problem.edited_region
    if "before_rules" not in table:
        return
    told = edited_from(table, region.costs)
    same = told.equals(region)
    if told.way is not None and region.way is not None:
        same = same and np.array_equal(told.way, region.way)
    if not same:
        yield (
            "Units, edges or ways in the file are not what its rules make of "
            "before_rules; they were judged as the rules make them."
        )


def _lots_differ(written: Written, verdict: LotsVerdict) -> Iterator[str]:
    have = written.table["lots"]
    total = {"cost": verdict.cost, "separate_cost": verdict.separate_cost}
    yield from _differ("Lots together", have, total)
    yield from _bound_differs("The choice of lots", have, verdict.cost)
    id_of = {zone_called(zone): zone["id"] for zone in written.table["zones"]}
    ids = {k + 1: id_of[name] for k, name in enumerate(written.names)}
    right = {written.lot_id(lot): lot_entry(0, lot) for lot in verdict.lots}
    for lot in have["lots"]:
        expected = dict(right[lot["id"]])
        expected["zones"] = sorted(ids[k] for k in expected["zones"])
        expected["hub"] = ids[expected["hub"]]
        near = [sorted((ids[a], ids[b])) for a, b in expected["near"]]
        expected["near"] = sorted(near)
        del expected["id"]
        shown = {**lot, "zones": sorted(lot["zones"])}
        yield from _differ(f"Lot {lot['id']}", shown, expected)
