"""Tables for people: a row for each zone and each lot of a plan.json."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from zoning.check.excess import Excess, Reason
from zoning.problem import usual_factor
from zoning.text.order import by_name

Row = dict[str, Any]

_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")  # spreadsheets would round longer ones


def zone_rows(table: Mapping[str, Any]) -> list[Row]:
    """What is told of each zone of a plan.json, in its order: a table for people."""
    units = table["units"]
    lot_of = {
        zone: lot["id"]
        for lot in (table["lots"] or {"lots": []})["lots"]
        for zone in lot["zones"]
    }
    share_of = shares(table["parameters"])
    return [
        {
            "zone": label,
            "lot": lot_of.get(zone["id"]),
            "center": units[zone["center"]]["name"],
            **named(table, center_name=label_of(units[zone["center"]])),
            "units": len(zone["units"]),
            "buildings": sum(len(units[i]["buildings"]) for i in zone["units"]),
            "area": zone["area"],
            "households": zone["households"],
            "cost": zone["cost"],
            "load": zone["load"],
            "travel": zone["travel"],
            **_by_rules(table, zone),
            "deviation": _away(zone["cost"], share_of(zone_called(zone))),
            **_outside(table, zone),
        }
        for label, zone in zip(zone_labels(table), table["zones"], strict=True)
    ]


def label_of(unit: Mapping[str, Any]) -> str:
    """Name for people of a unit of a plan.json: its id where it has none."""
    return str(unit.get("label", unit["name"]))


def called(unit: Mapping[str, Any]) -> str:
    """As `label_of`, with its id in brackets where that is another."""
    return f"{unit['label']} ({unit['name']})" if "label" in unit else unit["name"]


def named(table: Mapping[str, Any], **names: str) -> Row:
    """Columns of names for people, where units have any."""
    return names if any("label" in unit for unit in table["units"]) else {}


def shares(asked: Mapping[str, Any]) -> Callable[[str], float]:
    """What the zone of a name should cost: zones with targets have shares of their own.

    As `Problem.share_of`, from the file alone.
    """
    rules = asked.get("rules", ())
    factor = {r["zone"]: float(r["factor"]) for r in rules if r["rule"] == "target"}
    locked = {rule["zone"] for rule in rules if rule["rule"] in ("lock", "freeze")}
    named = [factor[zone] for zone in factor if zone not in locked]
    share = (asked["fair_share"] or 0) * usual_factor(asked["num_zones"], named)
    return lambda zone: share * factor.get(zone, 1.0)


def _away(cost: int, share: float) -> float | None:
    return round(cost / share - 1, 4) if share else None


def exceptions_of(
    table: Mapping[str, Any], zone: Mapping[str, Any]
) -> tuple[Excess, ...]:
    """Bands that a zone of a plan.json lies outside of; none in older files.

    Their units as people call them.
    """
    if not zone.get("outside"):
        return ()
    names = {unit["name"]: called(unit) for unit in table["units"] if "label" in unit}
    return tuple(
        Excess(
            zone_called(zone),
            **{
                **entry,
                "reason": Reason(entry["reason"]),
                "units": tuple(entry["units"]),
            },
        ).told(lambda name: names.get(name, name))
        for entry in zone["outside"]
    )


def all_exceptions(table: Mapping[str, Any]) -> tuple[Excess, ...]:
    """Those of all zones of a plan.json."""
    return tuple(one for zone in table["zones"] for one in exceptions_of(table, zone))


def _outside(table: Mapping[str, Any], zone: Mapping[str, Any]) -> Row:
    """How far outside its bands a zone lies, and why; no columns where none bends."""
    if table["parameters"].get("strict", True):
        return {}
    found = exceptions_of(table, zone)
    why = [f"{one.reason}: {one.because}".removesuffix(": ") for one in found]
    return {
        "excess": sum(one.yuan for one in found),
        "excess_reason": "; ".join(dict.fromkeys(why)),
    }


def zone_labels(table: Mapping[str, Any]) -> list[int] | list[str]:
    """What tables call each zone: its name, as numbers where all are whole numbers."""
    return labels([zone_called(zone) for zone in table["zones"]])


def labels(names: Sequence[str]) -> list[int] | list[str]:
    """Names as tables hold them: as numbers where all are whole numbers."""
    if all(_NUMBER.fullmatch(name) for name in names):
        return [int(name) for name in names]
    return list(names)


def zone_called(zone: Mapping[str, Any]) -> str:
    """Name of a zone of a plan.json; older files have only its id."""
    return str(zone.get("name", zone["id"]))


def changes_zones(table: Mapping[str, Any]) -> bool:
    """Whether a plan.json knows last year's plan."""
    rules = table["parameters"].get("rules", ())
    return any(rule["rule"] == "previous" for rule in rules)


def _by_rules(table: Mapping[str, Any], zone: Mapping[str, Any]) -> Row:
    """Columns that only some rules make meaningful."""
    row: Row = {}
    if "side" in table["travel"] or table["travel"].get("radius", {}).get("price"):
        row["surcharge"] = zone["surcharge"]
    if table.get("bridges"):
        gap = zone.get("gap")
        row["widest_gap_m"] = None if gap is None else gap["metres"]
        row["gap_between"] = None if gap is None else f"{gap['from']} – {gap['to']}"
    if changes_zones(table):
        row["changed_m2"] = zone["changed"]
    return row


def lot_rows(table: Mapping[str, Any]) -> list[Row]:
    """What is told of each lot of a plan.json; the center is that of its hub zone."""
    ids = [zone["id"] for zone in table["zones"]]
    zones = dict(zip(ids, zone_rows(table), strict=True))
    rows = []
    for lot in (table["lots"] or {"lots": []})["lots"]:
        members = [zones[zone] for zone in lot["zones"]]
        sums: Row = {}
        for key in ("units", "buildings", "area", "households"):
            values = [row[key] for row in members]
            sums[key] = None if None in values else sum(values)
        rows.append(
            {
                "lot": lot["id"],
                "zones": sorted((row["zone"] for row in members), key=by_name),
                **{
                    key: zones[lot["hub"]][key]
                    for key in ("center", "center_name")
                    if key in zones[lot["hub"]]
                },
                **sums,
                "cost": lot["cost"],
                "separate_cost": lot["separate_cost"],
                "saving": lot["separate_cost"] - lot["cost"],
                "crossings": lot["crossings"],
                **lot["resources"],
            }
        )
    return rows
