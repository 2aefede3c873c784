"""Tables that ``zoning inspect`` tells with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from zoning.adjacency.buildings import called
from zoning.analysis.inspection import ColumnUse, Inspection, Twins, Weight
from zoning.cli.words import cell
from zoning.reading.earth import called as called_crs
from zoning.text.lists import first_few, so_many

LISTED = 12  # rows of a table that may be long
_ASSUMED = {"area": "(m²)", "footprint": "(m²)"}  # where no measure is named
_EXAMPLE = 24  # letters of an example
_UP_TO = (1, 5, 20, 100)  # buildings of a unit


def tell_inspection(found: Inspection, screen: Console) -> None:
    """All that was found, table by table; what there is none of is left out."""
    if found.columns:
        screen.print(column_table(found.columns, found.unread))
    if found.layers:
        screen.print(_layers(found))
    screen.print(_totals(found))
    for told in _neighbours(found):
        screen.print(told)
    if len(found.islands) > 1:
        screen.print(_islands(found))
    if found.bridges:
        screen.print(_bridges(found))
    screen.print(_weights("Heaviest units", found.heaviest, found))
    screen.print(_balance(found))
    if found.heavy:
        screen.print(_weights("Too heavy for a zone", found.heavy, found))
    if found.pockets:
        screen.print(_weights("Too light for a zone", found.pockets, found))
    for told in (*_twins(found.twins), *_overlaps(found)):
        screen.print(told)


def column_table(columns: Sequence[ColumnUse], unread: Sequence[str]) -> Table:
    """Columns by what they were read as, and those that were not read."""
    made = _table(
        "Columns", "read as", "column", "measure", ">filled", "example", "found by"
    )
    for one in columns:
        others = f"header; also {first_few(one.others, 3)}" if one.others else "header"
        _add(
            made,
            *(one.role, one.header, one.measure or _ASSUMED.get(one.role, "")),
            _percent(one.filled),
            _short(one.example),
            "asked for" if one.asked else others,
        )
    if unread:
        _caption(made, f"not read: {first_few(unread)}")
    return made


def _layers(found: Inspection) -> Table:
    made = _table("Layers", "layer", ">rows", "came in", "is now")
    frame = found.region.source.frame
    now = "metres" if frame.crs is None else called_crs(frame.crs)
    for one in found.layers:
        came = one.system or "no system named"
        if one.datum:
            came += f", turned back from {one.datum}"
        _add(made, one.what, one.rows, came, now)
    return made


def _totals(found: Inspection) -> Table:
    region = found.region
    made = _table("Totals", "", ">in all", ">a unit, mean", ">largest", "which")
    rows = [("floor area, m²", region.area)] if region.area.any() else []
    if "households" in region.sums:
        rows.append(("households", region.sums["households"]))
    rows.append(("buildings", region.values_of("buildings")))
    rows.append((f"load, {region.costs.currency} a year", region.load))
    for what, values in rows:
        most = int(values.argmax())
        mean = f"{values.mean():,.1f}" if values.mean() < 100 else int(values.mean())
        _add(
            made, what, int(values.sum()), mean, int(values[most]), region.called(most)
        )
    _caption(
        made, f"{so_many(len(region), 'unit')}: {_sizes(region.values_of('buildings'))}"
    )
    return made


def _sizes(count: Any) -> str:
    """How many units have how many buildings."""
    low, told = 1, []
    for high in (*_UP_TO, None):
        mine = int(((count >= low) & (count <= (high or np.inf))).sum())
        name = f"{low:,}" if high == low else f"{low:,} to {high or count.max():,}"
        if mine:
            told.append(f"{mine:,} of {name} building{'' if high == 1 else 's'}")
        low = (high or 0) + 1
    return ", ".join(told)


def _neighbours(found: Inspection) -> Iterator[str]:
    region = found.region
    count = len(region.near_edges)
    within = region.source.reach
    reach = "" if within is None else f", looked for within {within:,.0f} m"
    told = f"Neighbours: {count:,} pairs of units{reach}"
    if found.gaps:
        half, most, nearly, widest = found.gaps
        told += (
            f"; from wall to wall half have at most {half:g} m, 90 % {most:g} m, "
            f"99 % {nearly:g} m, all {widest:g} m"
        )
    if len(region.cut_edges):
        told += f"; {len(region.cut_edges):,} more are cut by barriers"
    yield f"{told}."


def _islands(found: Inspection) -> Table:
    made = _table(
        "Parts that do not touch", "around", ">units", ">area m²", "joined by"
    )
    for one in found.islands[:LISTED]:
        joined = so_many(one.bridges, "bridge") if one.bridges else "nothing"
        _add(made, one.name, len(one.units), one.area, joined)
    _more(made, len(found.islands))
    return made


def _bridges(found: Inspection) -> Table:
    made = _table("Bridges", "from", "to", ">metres", "over")
    for one in found.bridges[:LISTED]:
        over = first_few(map(called, one.over), 3) or "no barrier"
        wide = "; wider than a zone may be" if one.wide else ""
        _add(made, *one.units, one.metres, over + wide)
    _more(made, len(found.bridges))
    return made


def _weights(title: str, weights: Sequence[Weight], found: Inspection) -> Table:
    made = _table(title, "unit", ">area m²", ">of a fair share")
    for one in weights[:LISTED]:
        more = len(one.units) - 1
        name = f"{one.units[0]} and {more:,} more" if more else one.units[0]
        _add(made, name, one.area, _percent(one.share))
    _more(made, len(weights))
    share, money = found.problem.fair_share or 0, found.region.costs.currency
    if not made.caption:
        _caption(made, f"fair share: {share:,} {money} a year")
    return made


def _balance(found: Inspection) -> str:
    problem = found.problem
    many = so_many(found.num_zones, "zone")
    if problem.tolerance is None or problem.cost_band is None:
        return f"{many}; cost is not balanced."
    band, money = problem.cost_band, found.region.costs.currency
    told = (
        f"{many}, balanced by ±{100 * problem.tolerance:g} %: {band.low:,} to "
        f"{band.high:,} {money} a year each."
    )
    if found.usual is not None:
        told += f" No --zones given: {found.usual.reason}"
    if found.fits:
        return f"{told} No unit is too heavy for that, no part too light."
    return (
        f"{told} {len(found.heavy):,} too heavy and {len(found.pockets):,} too light "
        "for a zone: they are exceptions."
    )


def _twins(twins: Sequence[Twins]) -> Iterator[str]:
    for by in ("geometry", "name"):
        some = [
            f"{one.what}: {first_few(one.ids, 4)}"
            if one.what
            else first_few(one.ids, 4)
            for one in twins
            if one.by == by
        ]
        if some:
            yield f"Twins by {by}, {len(some):,}: {first_few(some, 5, '; ')}."


def _overlaps(found: Inspection) -> Iterator[str]:
    if found.overlaps:
        some = (
            f"{' on '.join(one.buildings)} {one.area:,.0f} m²" for one in found.overlaps
        )
        yield (
            f"Footprints that lie on each other, {len(found.overlaps):,} pair(s): "
            f"{first_few(some, 5, '; ')}. One of two may be there twice."
        )


# --- made of -------------------------------------------------------------------------


def _table(title: str, *heads: str) -> Table:
    """A table; heads that begin with > stand on the right."""
    made = Table(box=SIMPLE_HEAD, title=title, title_justify="left")
    for head in heads:
        side: Any = "right" if head.startswith(">") else "left"
        made.add_column(head.removeprefix(">"), justify=side)
    return made


def _add(made: Table, *values: Any) -> None:
    made.add_row(*(cell(value) for value in values))


def _caption(made: Table, text: str) -> None:
    made.caption, made.caption_justify = text, "left"


def _more(made: Table, count: int) -> None:
    if count > LISTED:
        _caption(made, f"and {count - LISTED:,} more")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _short(text: str) -> str:
    return text if len(text) <= _EXAMPLE else f"{text[: _EXAMPLE - 1]}…"
