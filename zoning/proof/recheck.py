"""Recheck how good a plan is: python recheck.py DIR.

Reads plan.json and certificate.json in DIR; needs Python and numpy alone. Prices in the
certificate, whatever they are, give a bound: what follows from them is counted here, in
whole numbers, and nothing else is believed. docs/certificate.md tells why.
"""

import hashlib
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

PARTS, DUAL = 2**20, 2**10  # of a yuan, in which all is counted; as much is a dual's 1
NONE = 2**62  # what no zone comes to
TASK = ("num_zones", "tolerance", "fair_share", "bands", "strict", "bend", "rules")


def need(kept: Any, told: str) -> None:
    """Refuse plan and certificate, unless a condition is kept."""
    if not kept:
        raise ValueError(told)


class Region:
    """What plan.json says of units and rules, as far as costs and bounds hang on it."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.units, self.ways, asked = plan["units"], plan["travel"], plan["parameters"]
        task = [asked.get(key) for key in (*TASK, "fixed_per_zone")]
        told = json.dumps([self.units, plan["edges"], self.ways, task])
        self.digest = hashlib.sha256(told.encode()).hexdigest()
        self.asked, self.count, every = asked, len(self.units), range(len(self.units))
        self.edges = np.array(plan["edges"], np.int64).reshape(-1, 2)
        self.part = parts(self.count, self.edges)
        self.x, self.y = (np.array([u[k] for u in self.units], float) for k in "xy")
        self.load, self.fixed = self.values("load"), asked["fixed_per_zone"]
        self.table = {k: np.array(v) for k, v in self.ways.items() if type(v) is list}
        self.by_line = not {"way_table", "cost_table"}.intersection(self.table)
        self.detour = 1.0 if "way_table" in self.table else self.ways["detour"]
        rate = self.ways["yuan_per_m2_month_per_100m"] * 12 / 100
        self.metre = self.values("area") * rate * self.detour  # yuan for a metre of way
        self.center = np.isin(every, self.table.get("candidates", every))
        locks = [rule for rule in asked["rules"] if rule["rule"] in ("lock", "freeze")]
        of = {
            x: i for i, u in enumerate(self.units) for x in u["buildings"] + [u["name"]]
        }
        self.locks = {r["zone"]: sorted({of[x] for x in r["buildings"]}) for r in locks}
        self.frozen = {rule["zone"] for rule in locks if rule["rule"] == "freeze"}
        locked = {i for units in self.locks.values() for i in units}
        self.free = np.setdiff1d(every, [*locked])
        bands = [*asked["bands"]] + ["cost"] * (asked["tolerance"] is not None)
        bend = {} if asked.get("strict", True) else asked["bend"]
        self.bands = {name: bend.get(name) or 0 for name in bands}  # price; 0: is kept

    def values(self, name: str) -> Any:
        """What each unit adds to a sum over its zone; to its cost, the load."""
        if name == "buildings":
            return np.array([len(unit["buildings"]) for unit in self.units])
        name = "load" if name == "cost" else name
        some = [{**unit, **unit.get("sums", {})}[name] for unit in self.units]
        return np.array(some, np.int64)

    def served(self, i: Any, c: Any) -> tuple[Any, Any]:
        """Yuan a year to serve units i (rows) from centers c, and whether one may."""
        i, c = i[:, None], c[None, :]
        dx, dy = self.x[i] - self.x[c], self.y[i] - self.y[c]
        way = np.sqrt(dx * dx + dy * dy)
        way = self.table["way_table"][i, c] if "way_table" in self.table else way
        yuan = np.rint(self.metre[i] * way).astype(np.int64)
        yuan = self.table["cost_table"][i, c] if "cost_table" in self.table else yuan
        if "side" in self.table:  # borders, barriers and bridges that cost
            side = self.table["side"][i], self.table["side"][c]
            over = np.rint(self.metre[i] * self.table["side_way"][side])
            yuan = yuan + self.table["side_price"][side] + over.astype(np.int64)
        most = {"hard": None, "soft": None, "price": 0, **self.ways.get("radius", {})}
        far = [most[k] is not None and self.detour * way > most[k] for k in most]
        yuan = yuan + far[1] * int(most["price"] or 0)
        return yuan, ~(np.broadcast_to(~self.center[c], yuan.shape) | far[0])

    def ends(self, band: str, zone: str | None) -> tuple[int, int]:
        """Of a band, for the zone of this name; None: the widest that any zone has."""
        if band != "cost":
            return self.asked["bands"][band]["low"], self.asked["bands"][band]["high"]
        wanted = {r["zone"]: r["factor"] for r in self.asked["rules"] if "factor" in r}
        some = [f for name, f in wanted.items() if name not in self.locks]
        zones, t = self.asked["num_zones"], self.asked["tolerance"]
        usual = zones / max(1e-9, zones - len(some) + sum(some))
        some = [1.0, *some] if zone is None else [wanted.get(zone, 1.0)]
        share = [self.asked["fair_share"] * factor * usual for factor in some]
        low = min(min(math.ceil(s * (1 - t) - 1e-6), round(s)) for s in share)
        high = max(max(math.floor(s * (1 + t) + 1e-6), round(s)) for s in share)
        return low, high


def parts(count: int, edges: Any) -> Any:
    """For each unit the first of those it hangs together with."""
    first, new = np.full(count, -1), np.arange(count)
    while (first != new).any():
        first = new.copy()
        np.minimum.at(new, edges, first[edges[:, ::-1]])
        new = new[new]
    return first


def price(plan: dict[str, Any], region: Region) -> dict[str, Any]:
    """Cost and excess of the plan, and what of each is in every plan."""
    zones = {str(zone.get("name", zone["id"])): zone["units"] for zone in plan["zones"]}
    every = np.concatenate([*zones.values(), []]).astype(int)
    label = np.repeat(np.arange(len(zones)), [*map(len, zones.values())])
    need(sorted(every) == [*range(region.count)], "A unit is in no zone, or in two.")
    need(len(zones) == region.asked["num_zones"], "Zones are too many, or too few.")
    label = label[np.argsort(every)]
    inside = region.edges[label[region.edges[:, 0]] == label[region.edges[:, 1]]]
    torn = len(np.unique(parts(region.count, inside))) - len(zones)
    need(not torn and all(zones.values()), "A zone does not hang together.")
    kept = all(sorted(zones.get(x, [])) == units for x, units in region.locks.items())
    need(kept, "A locked zone is not as it was.")
    base = len(zones) * region.fixed + int(region.load.sum())
    found = {"cost": base, "base": base, "excess": 0, "sure": 0}
    values = {band: region.values(band) for band in region.bands}
    for name, units in zones.items():
        locked, free = name in region.locks, name not in region.frozen
        yuan, may = region.served(np.array(units), np.array(units))
        need(may.all(axis=0).any(), f"No unit may serve all of zone {name}.")
        ways = int(yuan.sum(axis=0)[may.all(axis=0)].min())
        found["cost"] += ways
        found["base"] += ways * locked
        for band, bend in region.bands.items():
            low, high = region.ends(band, name)
            has = int(values[band][units].sum())
            has += (region.fixed + ways) * (band == "cost")
            outside = max(low - has, has - high, 0) * free
            need(bend or not outside, f"Zone {name} is outside its band: {band}.")
            found["excess"] += outside * bend
            found["sure"] += outside * bend * locked
    for band, bend in region.bands.items():  # what single units have too much
        most = region.ends(band, None)[1] - region.fixed * (band == "cost")
        over = np.maximum(0, values[band][region.free] - most)
        found["sure"] += int(over.sum()) * bend
    return found


def worth(region: Region, paper: dict[str, Any], bendable: int) -> tuple[int, Any]:
    """Sum of duals, and for each center a floor under its zones less their duals.

    A unit counts what it costs less its dual, and the center's multiplier times what it
    fills of the band; one that counts above 0 is left out. All is in `PARTS`.
    """
    free, band, by_cost = region.free, paper["band"], paper["band"] == "cost"
    dual = np.array(paper["duals"], np.int64) * DUAL
    slope = np.array(paper["multipliers"], np.int64)
    need(len(dual) == len(slope) == region.count, "Prices are missing, or too many.")
    low, high, fills, bend = 0, 0, region.load * 0, region.bands.get(band, 0)
    if band is not None:
        low, high = (end - by_cost * region.fixed for end in region.ends(band, None))
        fills = np.minimum(region.values(band), high if bend else NONE)
    most = max(0, int(paper["excess_price"])) * bend if bendable and bend else NONE
    slope = np.clip(slope, -most, most) * (band is not None)
    out = np.full(region.count, NONE)
    width = np.ptp(region.x) / math.sqrt(len(free) / 64 + 1) + 1
    rows = np.lexsort((region.y[free], region.x[free] // width))
    for c in np.split(free[rows], range(64, len(free), 64))[: len(free)]:
        i = free[within_reach(region, c, dual, slope[c], fills, by_cost)]
        yuan, may = region.served(i, c)
        weight = fills[i][:, None] + by_cost * yuan
        size = PARTS + abs(slope[c] * 1.0).max(), yuan.max() * 1.0 + fills.max() + high
        small = (size[0] * size[1] + abs(dual * 1.0).max()) * (len(i) + 2) < NONE
        need(small, "The numbers are too large to be added up.")
        each = PARTS * yuan - dual[i][:, None] + slope[c] * weight
        own = np.searchsorted(i, c), np.arange(len(c))
        may &= region.part[i][:, None] == region.part[c]
        may &= weight + weight[own] <= (high if band and most == NONE else NONE)
        may[own] = False
        total = each[own] + np.where(may, np.minimum(each, 0), 0).sum(axis=0)
        total -= slope[c] * np.where(slope[c] > 0, high, low)
        out[c] = np.where(region.center[c], total, NONE)
    return sum(dual[free].tolist()), out


def within_reach(
    region: Region, c: Any, dual: Any, slope: Any, fills: Any, by_cost: bool
) -> Any:
    """Which free units may count below 0 at one of these centers; rather too many."""
    units = region.free
    if not region.by_line or (PARTS + by_cost * slope <= 0).any():
        return np.ones(len(units), bool)
    ends = np.array([slope.min(), slope.max()])[:, None]  # others lie between
    reach = ((dual - ends * fills) / (PARTS + by_cost * ends)).max(axis=0)[units]
    xy = [(axis[units], axis[c]) for axis in (region.x, region.y)]
    beside = [np.maximum(0, np.maximum(min(b) - a, a - max(b))) for a, b in xy]
    least = np.hypot(*beside) * region.metre[units] * (1 - 1e-9)
    return (least <= reach + 1e-9 * abs(reach) + 2) | np.isin(units, c)


def recheck(plan: dict[str, Any], paper: dict[str, Any]) -> dict[str, Any]:
    """What is proved of a plan; a `ValueError` where it is not what the paper says."""
    region = Region(plan)
    need(region.digest == paper["digest"], "The certificate is of another task.")
    found = price(plan, region)
    bendable, zones = found["excess"] - found["sure"], plan["parameters"]["num_zones"]
    total, values = worth(region, paper, bendable)
    least = np.sort(values)[: zones - len(region.locks)].tolist()
    need(NONE not in least, "There are fewer centers than zones.")
    total += sum(least) - max(0, int(paper["excess_price"])) * bendable
    bound, values = found["base"] + max(0, -(-total // PARTS)), values.tolist()
    need(values == paper.get("values", values), "Centers are worth something else.")
    need(bound == paper.get("bound", bound), f"What follows is a bound of {bound:,}.")
    need(bound <= found["cost"], f"The plan costs less than its bound, {bound:,}.")
    return {**found, "bound": bound, "values": values}


def main(folder: str) -> int:
    """Tell what is proved of the plan in a folder: 0, or 1 where nothing is."""
    try:
        names = [Path(folder) / name for name in ("plan.json", "certificate.json")]
        plan, paper = (json.loads(name.read_text("utf-8")) for name in names)
        found = recheck(plan, paper)
    except Exception as error:
        print(f"Nothing is verified. {type(error).__name__}: {error}")
        return 1
    bound, cost, zones = found["bound"], found["cost"], len(plan["zones"])
    share = 100 * (cost - bound) / max(1, cost)
    print(f"Verified: no plan of {zones:,} zones costs less than {bound:,} a year.")
    print(f"This plan costs {cost:,}, at most {cost - bound:,} more ({share:.4f} %).")
    if found["excess"]:
        print(
            f"Its zones lie outside their bands by {found['excess']:,}. All plans do by"
        )
        print(f"{found['sure']:,}; one that does by more than this one may cost less.")
    if plan["bound"] > bound:
        print(
            f"Not verified: plan.json says that none costs less than {plan['bound']:,};"
        )
        print("that rests on a search among zones that hang together.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
