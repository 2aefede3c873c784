"""Zones that are not all alike: which zone of a plan is the one of which name."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from zoning.search.instance.instance import NOBODY, Arrays
from zoning.search.instance.zones import Ints, Zones, of_plan, zone_sums
from zoning.solvers.zone_labels import ZoneLabels, marginal_cost

FORBIDDEN = 1e15  # worth of a zone at a place it cannot have


class Options(NamedTuple):
    """Zones and the names they could have, one row a pair.

    `slot` is -1 for a zone without a name; `change` is the m² that would change zone.
    """

    zone: Ints
    slot: Ints
    change: Ints


def options(a: Arrays, zones: Zones) -> Options:
    """Every name each zone could have: its own by rules, a former one, or none."""
    owner = np.repeat(np.arange(len(zones)), np.diff(zones.indptr))
    cost = zone_sums(a, zones)[:, 0] + zones.cost
    before, area = a.places.before[zones.members], a.places.area[zones.members]
    total = np.bincount(owner, area * (before != NOBODY), len(zones)).astype(np.int64)
    names = int(a.places.named.sum())
    kept = np.zeros((len(zones), names), np.int64)
    was = before >= 0
    np.add.at(kept, (owner[was], before[was]), area[was])
    pinned = np.full(len(zones), -1, np.int64)
    np.maximum.at(pinned, owner, a.company.pinned[zones.members])
    rows, slots, changes = [], [], []
    has_pins = np.zeros(names, np.bool_)
    has_pins[a.company.pinned[a.company.pinned >= 0]] = True
    usual = (
        len(a.places.named) - 1
        if names < len(a.places.named)
        else int(np.argmin(a.places.required))
    )
    for slot in range(-1, names):
        place = usual if slot < 0 else slot
        may = (cost >= a.places.slot_low[place]) & (cost <= a.places.slot_high[place])
        if slot < 0:
            may &= pinned < 0
        elif has_pins[slot]:
            may &= pinned == slot
        else:
            may &= pinned < 0
            if not a.places.required[slot]:
                may &= kept[:, slot] > 0
        at = np.flatnonzero(may)
        rows.append(at)
        slots.append(np.full(len(at), slot, np.int64))
        changes.append(total[at] - (kept[at, slot] if slot >= 0 else 0))
    return Options(np.concatenate(rows), np.concatenate(slots), np.concatenate(changes))


def change_cost(a: Arrays, change: int) -> int:
    """What so many m² of change cost beside those of any plan, whole yuan.

    A plan's change is priced as one sum and rounded once, as the checker does it.
    """
    return marginal_cost(a.places.change_price, int(a.places.change_base), change)


def changed(a: Arrays, zone_of: NDArray[np.integer]) -> int:
    """How many m² change zone in a plan whose zones stand in their places."""
    moved = (a.places.before != NOBODY) & (a.places.before != zone_of)
    return int(a.places.area[moved].sum())


def placed(labels: ZoneLabels, pairs: Ints, count: int) -> Ints:
    """Zones of some pairs of a zone and a label, those with one at its place."""
    zone, label = labels.zone[pairs], labels.label[pairs]
    has_place = (label >= 0) & (label < count)
    at = np.full(count, -1, np.int64)
    at[label[has_place]] = zone[has_place]
    rest = zone[~has_place]
    at[at < 0] = rest
    return at


def keeps_places(a: Arrays, zones: Zones, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For zones at places `at` whether each keeps what is asked of its place."""
    cost = zone_sums(a, zones)[:, 0] + zones.cost
    owner = np.repeat(np.arange(len(zones)), np.diff(zones.indptr))
    pinned = a.company.pinned[zones.members]
    ok = (cost >= a.places.slot_low[at]) & (cost <= a.places.slot_high[at])
    ok[owner[(pinned >= 0) & (pinned != at[owner])]] = False
    return np.asarray(ok)


def in_place(a: Arrays, zone_of: NDArray[np.integer], count: int) -> NDArray[np.int32]:
    """The same split, each zone numbered by the place it fits best.

    Names that no zone fits are left to the zones that have none.
    """
    value = np.zeros((count, max(count, len(a.places.named))), np.float64)
    much = float(a.places.area.sum()) + 1.0
    was, pin = a.places.before >= 0, a.company.pinned >= 0
    np.add.at(
        value,
        (zone_of[was], a.places.before[was]),
        a.places.area[was].astype(np.float64),
    )
    np.add.at(value, (zone_of[pin], a.company.pinned[pin]), 4 * much)
    value[:, : len(a.places.required)] += 2 * much * a.places.required
    plan = of_plan(a, zone_of, count)
    cost = (zone_sums(a, plan)[:, 0] + plan.cost)[:, None]
    value[:, : len(a.places.named)] += much * (
        (cost >= a.places.slot_low) & (cost <= a.places.slot_high)
    )
    rows, columns = linear_sum_assignment(value, maximize=True)
    place = np.full(count, -1, np.int64)
    place[rows] = columns
    # places beyond the number of zones are names that did not last
    free = np.setdiff1d(np.arange(count), place)
    place[place >= count] = free[: (place >= count).sum()]
    return np.asarray(place[zone_of], np.int32)
