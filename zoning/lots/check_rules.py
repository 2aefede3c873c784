"""Judge rules for lots: facts of each lot, every rule it breaks; no search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from zoning.errors import InputError
from zoning.lots.building_facts import NEVER
from zoning.lots.lot import LotFacts, spread_of
from zoning.lots.rules import FIGURES, HAIR, LotRules, group_faults
from zoning.lots.zone_facts import ZoneFacts
from zoning.region import Region
from zoning.text.lists import first_few


def facts_of(
    zones: ZoneFacts, lot: Sequence[int], cost: int, crossings: int, rules: LotRules
) -> LotFacts:
    """Facts of a lot whose price and crossings are known."""
    members = list(lot)
    area = int(zones.area[members].sum())
    revenue = int(zones.revenue[members].sum())
    way = _mean_way(zones, members, area)
    known = int(zones.built_area[members].sum())
    built = round(int(zones.built_sum[members].sum()) / known) if known else None
    age = 0 if built is None else zones.mean_built - built
    figures = (revenue - cost, area, way, age, crossings)
    index = rules.index.index(*(np.array(figure) for figure in figures))
    start, wait = _start(zones, members, rules)
    return LotFacts(
        area=area,
        revenue=revenue,
        margin=revenue - cost,
        way=way,
        built=built,
        crossings=crossings,
        companies=tuple(sorted(set().union(*(zones.companies[z] for z in members)))),
        start=start,
        wait=wait,
        loss_area=int(zones.loss_area(rules.loss_below)[members].sum()),
        index=int(index),
        sums=tuple(
            (name, int(some[members].sum())) for name, some in zones.sums.items()
        ),
    )


def _mean_way(zones: ZoneFacts, members: Sequence[int], area: int) -> int:
    """Metres from the best hub to a square metre's center, on average."""
    ways = [
        sum(int(zones.area[zone]) * zones.way(zone, hub) for zone in members)
        for hub in members
    ]
    return round(min(ways) / max(1, area))


def _start(
    zones: ZoneFacts, members: Sequence[int], rules: LotRules
) -> tuple[date | None, int]:
    """First day after all contracts, and how long the first of them is over then."""
    ends = [end for z in members if (end := zones.contract_ends[z]) is not None]
    # the day before service is to begin: a contract that ended earlier waits from there
    eve = NEVER if rules.start is None else rules.start.toordinal() - 1
    last = max([eve, *(end for _, end in ends)])
    first = max(eve, min((end for end, _ in ends), default=last))
    return (None if last == NEVER else date.fromordinal(last + 1)), last - first


def broken_rules(
    zones: ZoneFacts, rules: LotRules, name: str, lot: Sequence[int], facts: LotFacts
) -> Iterator[str]:
    """Every rule one lot breaks, in words; the lot is called `name`."""
    called = name.capitalize()
    for what, band in rules.bands.items():
        value = facts.figure(what)
        if value not in band:
            unit = f" ({FIGURES[what]})" if what in FIGURES else ""
            yield (
                f"{called} has {what} {value:,}{unit}; allowed are {band.low:,} to "
                f"{band.high:,}."
            )
    share = rules.loss_share
    if share is not None and facts.loss_area > share * facts.area + HAIR:
        yield (
            f"{called}: {facts.loss_area / max(1, facts.area):.1%} of its area is in "
            f"zones that lose money; allowed are {share:.1%}."
        )
    members = {zones.names[zone] for zone in lot}
    for group in rules.must_link:
        inside = [zone for zone in group if zone in members]
        if inside and len(inside) < len(group):
            gone = [zone for zone in group if zone not in members]
            yield f"{called} has zone {', '.join(inside)} without {', '.join(gone)}."
    for group in rules.cannot_link:
        inside = [zone for zone in group if zone in members]
        if len(inside) > 1:
            yield f"{called} has zones {', '.join(inside)}, which must be apart."
    if rules.contain is not None:
        values = set().union(*(zones.values(rules.contain)[zone] for zone in lot))
        if len(values) > 1:
            told = ", ".join(sorted(values))
            yield f"{called} crosses a border of {rules.contain}: it has {told}."


def too_unlike(rules: LotRules, lots: Sequence[LotFacts]) -> Iterator[str]:
    """The limit on the spread of the index, where it is broken."""
    spread = spread_of(lots)
    if rules.spread is not None and spread > rules.spread:
        yield (
            f"Indices of lots differ by {spread:,} fen per m² and year; allowed are "
            f"{rules.spread:,}."
        )


def rule_faults(region: Region, rules: LotRules) -> Iterator[str]:
    """Figures and columns that rules name and the buildings have not."""
    known = {**FIGURES, **dict.fromkeys(region.sums)}
    for name in rules.bands:
        if name not in known:
            yield (
                f"bands limit {name!r}, which lots do not have; they have "
                f"{', '.join(known)}."
            )
    have = ", ".join(region.columns) or "none"
    for what, column in rules.columns_needed():
        if column not in region.columns:
            yield (
                f"{what} needs a column {column!r}; the buildings have {have}. Name it "
                "when reading."
            )


def refuse_rules(zones: ZoneFacts, rules: LotRules, largest: int) -> None:
    """Refuse rules that name what is not there, or that contradict one another.

    Parameters
    ----------
    largest
        Most zones a lot may have.

    Raises
    ------
    InputError
        All faults in one.
    """
    region = zones.plan.problem.region
    faults = [*rule_faults(region, rules)]
    faults += group_faults(rules, zones.names, largest)
    if rules.contain is not None and rules.contain in region.columns:
        across = [
            f"{name} ({', '.join(sorted(values))})"
            for name, values in zip(
                zones.names, zones.values(rules.contain), strict=True
            )
            if len(values) > 1
        ]
        if across:
            faults.append(
                f"Lots must stay within {rules.contain}, but zones cross its borders: "
                f"{first_few(across, mark='; ')}. Give the problem the rule "
                f"Contain({rules.contain!r})."
            )
    if faults:
        raise InputError(" ".join(faults))
