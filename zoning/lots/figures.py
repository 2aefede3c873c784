"""Figures of many sets of zones at once, and which sets keep the rules of a lot.

The twin of `zoning.lots.check_rules`, for all sets together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zoning.lots.building_facts import NEVER
from zoning.lots.price import metres_between
from zoning.lots.rules import FIGURES, HAIR, LotRules
from zoning.lots.zone_facts import ZoneFacts

Ints = NDArray[np.int64]
LATER = 2**40  # after any day


@dataclass(frozen=True, eq=False)
class LotFigures:
    """What rules look at in each set of zones, one set a row; computed when asked for.

    Parameters
    ----------
    zones, rules
        As in `zoning.lots.check_rules.facts_of`.
    sets
        Zones of each set.
    cost, crossings
        Price of each, and barriers crossed to hold it together.
    """

    zones: ZoneFacts
    sets: Ints
    cost: Ints
    crossings: Ints
    rules: LotRules

    def named(self, name: str) -> Ints:
        """The figure a band of this name limits."""
        if name not in FIGURES:
            return self._sum(self.zones.sums[name])
        value: Ints = getattr(self, name)
        return value

    @cached_property
    def area(self) -> Ints:
        """Floor area."""
        return self._sum(self.zones.area)

    @cached_property
    def revenue(self) -> Ints:
        """What each brings in."""
        return self._sum(self.zones.revenue)

    @cached_property
    def margin(self) -> Ints:
        """Revenue less cost."""
        return self.revenue - self.cost

    @cached_property
    def way(self) -> Ints:
        """Mean way from the best hub."""
        region, hubs = self.zones.plan.problem.region, self.zones.hubs
        detour = region.way_factor
        area, unit = self.zones.area[self.sets], self.zones.center[self.sets]
        total = []
        for hub in range(self.sets.shape[1]):
            metres = metres_between(hubs, unit, unit[:, hub : hub + 1])
            whole = np.rint(detour * metres).astype(np.int64)
            total.append((area * whole).sum(axis=1))
        mean = np.min(total, axis=0) / np.maximum(1, self.area)
        return np.asarray(np.rint(mean), np.int64)

    @cached_property
    def age(self) -> Ints:
        """Years each is older than the mean; 0 where no year is known."""
        known = self._sum(self.zones.built_area)
        built = np.rint(self._sum(self.zones.built_sum) / np.maximum(1, known))
        return np.where(known > 0, self.zones.mean_built - built, 0).astype(np.int64)

    @cached_property
    def companies(self) -> Ints:
        """How many companies serve each today."""
        return _distinct(self.zones.companies, self.sets)

    @cached_property
    def wait(self) -> Ints:
        """Days from the first end of a contract to the start."""
        ends = self.zones.contract_ends
        first = np.array([LATER if end is None else end[0] for end in ends])
        last = np.array([NEVER if end is None else end[1] for end in ends])
        start = self.rules.start
        eve = NEVER if start is None else start.toordinal() - 1
        until = np.maximum(eve, last[self.sets].max(axis=1))
        since = np.maximum(eve, first[self.sets].min(axis=1))
        return np.asarray(np.maximum(0, until - since), np.int64)

    @cached_property
    def loss_area(self) -> Ints:
        """Area in zones that lose money."""
        return self._sum(self.zones.loss_area(self.rules.loss_below))

    @cached_property
    def index(self) -> Ints:
        """What each is worth to a bidder."""
        of = self.rules.index.index
        return of(self.margin, self.area, self.way, self.age, self.crossings)

    def _sum(self, values: Ints) -> Ints:
        return np.asarray(values[self.sets].sum(axis=1), np.int64)


def kept_by(figures: LotFigures) -> NDArray[np.bool_]:
    """Which sets keep every rule a single lot can break."""
    kept = np.ones(len(figures.sets), bool)
    for some in _rules(figures):
        kept &= some
    return kept


def _rules(figures: LotFigures) -> Iterator[NDArray[np.bool_]]:
    rules, zones, sets = figures.rules, figures.zones, figures.sets
    for name, band in rules.bands.items():
        value = figures.named(name)
        yield (value >= band.low) & (value <= band.high)
    if rules.loss_share is not None:
        yield figures.loss_area <= rules.loss_share * figures.area + HAIR
    position = {name: zone for zone, name in enumerate(zones.names)}
    for group in rules.must_link:
        inside = np.isin(sets, [position[name] for name in group]).sum(axis=1)
        yield (inside == 0) | (inside == len(group))
    for group in rules.cannot_link:
        yield np.isin(sets, [position[name] for name in group]).sum(axis=1) <= 1
    if rules.contain is not None:
        yield _distinct(zones.values(rules.contain), sets) <= 1


def _distinct(words: Sequence[frozenset[str]], sets: Ints) -> Ints:
    """How many different words the zones of each set have together."""
    known = sorted(set().union(*words))
    has = np.array([[word in some for word in known] for some in words], bool)
    has = has.reshape(len(words), len(known))
    found = np.zeros((len(sets), len(known)), bool)
    for member in sets.T:
        found |= has[member]
    return np.asarray(found.sum(axis=1), np.int64)
