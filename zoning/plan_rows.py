"""Tables for people: a row for each zone and each lot of a plan.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]


def zone_rows(table: Mapping[str, Any]) -> list[Row]:
    """What is told of each zone of a plan.json: a table for people."""
    units = table["units"]
    lot_of = {
        zone: lot["id"]
        for lot in (table["lots"] or {"lots": []})["lots"]
        for zone in lot["zones"]
    }
    share = table["parameters"]["fair_share"]
    return [
        {
            "zone": zone["id"],
            "lot": lot_of.get(zone["id"]),
            "center": units[zone["center"]]["name"],
            "units": len(zone["units"]),
            "buildings": sum(len(units[i]["buildings"]) for i in zone["units"]),
            "area": zone["area"],
            "households": zone["households"],
            "cost": zone["cost"],
            "load": zone["load"],
            "travel": zone["travel"],
            "deviation": round(zone["cost"] / share - 1, 4) if share else None,
        }
        for zone in table["zones"]
    ]


def lot_rows(table: Mapping[str, Any]) -> list[Row]:
    """What is told of each lot of a plan.json; the center is that of its hub zone."""
    zones = {row["zone"]: row for row in zone_rows(table)}
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
                "zones": lot["zones"],
                "center": zones[lot["hub"]]["center"],
                **sums,
                "cost": lot["cost"],
                "separate_cost": lot["separate_cost"],
                "saving": lot["separate_cost"] - lot["cost"],
                "crossings": lot["crossings"],
                **lot["resources"],
            }
        )
    return rows
