"""Zones that are not all alike: which zone of a plan bears which label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from zoning.search.instance.constants import NO_LIMIT, NOBODY
from zoning.search.instance.instance import Instance
from zoning.search.instance.zones import Ints, Zones, of_plan, zone_sums
from zoning.solvers.zone_labels import ZoneLabels, marginal_cost


def zone_labels(instance: Instance, zones: Zones) -> ZoneLabels:
    """Every name each zone could have: its own by rules, a former one, or none."""
    rules, all_pinned = instance.label_rules, instance.compatibility.pinned
    if not instance.labelled:
        none = np.zeros(len(zones), np.int64)
        return ZoneLabels(np.arange(len(zones)), none - 1, none, none[:0])
    owner = np.repeat(np.arange(len(zones)), np.diff(zones.indptr))
    cost = zone_sums(instance, zones)[:, 0] + zones.travel
    before, area = rules.before[zones.members], rules.area[zones.members]
    total = np.bincount(owner, area * (before != NOBODY), len(zones)).astype(np.int64)
    names = int(rules.named.sum())
    kept = np.zeros((len(zones), names), np.int64)
    was = before >= 0
    np.add.at(kept, (owner[was], before[was]), area[was])
    pinned = np.full(len(zones), -1, np.int64)
    np.maximum.at(pinned, owner, all_pinned[zones.members])
    rows, labels, changes = [], [], []
    has_pins = np.zeros(names, np.bool_)
    has_pins[all_pinned[all_pinned >= 0]] = True
    nameless = (
        len(rules.named) - 1
        if names < len(rules.named)
        else int(np.argmin(rules.required))
    )
    for label in range(-1, names):
        like = nameless if label < 0 else label
        may = (cost >= rules.cost_low[like]) & (cost <= rules.cost_high[like])
        if label < 0:
            may &= pinned < 0
        elif has_pins[label]:
            may &= pinned == label
        else:
            may &= pinned < 0
            if not rules.required[label]:
                may &= kept[:, label] > 0
        at = np.flatnonzero(may)
        rows.append(at)
        labels.append(np.full(len(at), label, np.int64))
        changes.append(total[at] - (kept[at, label] if label >= 0 else 0))
    return ZoneLabels(
        np.concatenate(rows),
        np.concatenate(labels),
        np.concatenate(changes),
        np.flatnonzero(rules.required),
        None if rules.change_most >= NO_LIMIT else int(rules.change_most),
        rules.change_price,
        int(rules.change_base),
    )


def change_cost(instance: Instance, change: int) -> int:
    """What so many m² of change cost beside those of any plan, whole yuan.

    A plan's change is priced as one sum and rounded once, as the checker does it.
    """
    rules = instance.label_rules
    return marginal_cost(rules.change_price, int(rules.change_base), change)


def changed_area(instance: Instance, zone_of: NDArray[np.integer]) -> int:
    """How many m² change zone in a plan whose zones are numbered by label."""
    rules = instance.label_rules
    moved = (rules.before != NOBODY) & (rules.before != zone_of)
    return int(rules.area[moved].sum())


def order_by_label(labels: ZoneLabels, pairs: Ints, num_zones: int) -> Ints:
    """Zones of some pairs of a zone and a label, each at its label if it has one."""
    zone, label = labels.zone[pairs], labels.label[pairs]
    has_place = (label >= 0) & (label < num_zones)
    at = np.full(num_zones, -1, np.int64)
    at[label[has_place]] = zone[has_place]
    at[at < 0] = zone[~has_place]
    return at


def keeps_label_rules(
    instance: Instance, zones: Zones, labels: Ints
) -> NDArray[np.bool_]:
    """For zones of these labels whether each keeps what is asked of its label."""
    rules = instance.label_rules
    cost = zone_sums(instance, zones)[:, 0] + zones.travel
    owner = np.repeat(np.arange(len(zones)), np.diff(zones.indptr))
    pinned = instance.compatibility.pinned[zones.members]
    ok = (cost >= rules.cost_low[labels]) & (cost <= rules.cost_high[labels])
    ok[owner[(pinned >= 0) & (pinned != labels[owner])]] = False
    return np.asarray(ok)


def match_labels(
    instance: Instance, zone_of: NDArray[np.integer], num_zones: int
) -> NDArray[np.int32]:
    """The same split, each zone numbered by the label it fits best.

    Names that no zone fits are left to the zones that have none.
    """
    rules, pinned = instance.label_rules, instance.compatibility.pinned
    value = np.zeros((num_zones, max(num_zones, len(rules.named))), np.float64)
    much = float(rules.area.sum()) + 1.0
    was, pin = rules.before >= 0, pinned >= 0
    kept = rules.area[was].astype(np.float64)
    np.add.at(value, (zone_of[was], rules.before[was]), kept)
    np.add.at(value, (zone_of[pin], pinned[pin]), 4 * much)
    value[:, : len(rules.required)] += 2 * much * rules.required
    plan = of_plan(instance, zone_of, num_zones)
    cost = (zone_sums(instance, plan)[:, 0] + plan.travel)[:, None]
    fits = (cost >= rules.cost_low) & (cost <= rules.cost_high)
    value[:, : len(rules.named)] += much * fits
    rows, columns = linear_sum_assignment(value, maximize=True)
    label = np.full(num_zones, -1, np.int64)
    label[rows] = columns
    # labels beyond the number of zones are names that did not last
    free = np.setdiff1d(np.arange(num_zones), label)
    label[label >= num_zones] = free[: (label >= num_zones).sum()]
    return np.asarray(label[zone_of], np.int32)
