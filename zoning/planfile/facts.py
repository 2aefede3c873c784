"""Facts of buildings in the layer beside a plan that are not those of plan.json.

A corrected floor area or a moved building in the layer changes no number of the plan.
Whoever edits it should hear so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.planfile.layer import OURS, ids_in, layer_at
from zoning.planfile.written import Written
from zoning.reading.columns import values_of
from zoning.reading.compounds import middles_of, says_no_compound, summed
from zoning.reading.facts import FACTS_FOUND, facts_of
from zoning.reading.roles import NONE, choose
from zoning.reading.words import words_of
from zoning.region import Region
from zoning.text.issues import Issues
from zoning.text.lists import first_few

Floats = NDArray[np.float64]
Values = Mapping[str, Floats]

MOVED = 0.2  # metres; layers hold degrees to seven digits, a centimetre or two


def other_facts(written: Written, path: str | Path) -> Iterator[str]:
    """What a layer tells otherwise, one sentence for all; nothing where it is gone.

    Who is in it is left to `zoning.planfile.edits`, and so are zones and lots.
    """
    asked = written.table["input"]
    region = written.plan.problem.region
    if "area_column" not in asked or asked["area_column"] is None:
        return  # an older file, or a plan without a table of buildings
    log = Issues()
    given = layer_at(path, "buildings", asked, log)
    unit_of = {name: i for i, mine in enumerate(region.buildings) for name in mine}
    ids = [] if given is None else ids_in(given, asked["id_column"], unit_of)
    if sorted(ids) != sorted(unit_of):
        return
    frame = _as_read(given, region)
    sums = tuple(x for x in region.sums if x not in ("area", "households"))
    own = [name for name in region.columns if name not in FACTS_FOUND]
    roles = {
        **asked.get("headers", {}),
        "area": asked["area_column"],
        "households": asked["households_column"] or NONE,
    }
    choices = choose(frame, roles, (*own, *sums), log)
    values = values_of(frame, ids, choices, sums, region.costs, log)
    facts = facts_of(frame, ids, choices, own, values, log)
    units = np.array([unit_of[name] for name in ids])
    told = [
        *log.faults,
        *_other_columns(facts, ids, region),
        *_other_sums(values, units, region),
        *_other_units(frame, asked["unit_column"], ids, units, region),
        *_other_places(frame, asked["crs"], values.get("area"), units, region),
    ]
    if told:
        yield (
            f"{path} tells of buildings what plan.json does not, whose facts all "
            f"numbers are made of: {first_few(told, mark='; ')}. Plan again with "
            "the corrected buildings, or restore the layer."
        )


def _as_read(given: Any, region: Region) -> Any:
    """The layer without what writing added; a column of the input under its name."""
    frame = given.drop(columns=[name for name in OURS if name in given.columns])
    for name in OURS:
        kept = [c for c in frame.columns if _is_kept(str(c), name)]
        if kept and name in {*region.columns, *region.sums}:
            frame = frame.rename(columns={max(kept, key=len): name})
    return frame


def _is_kept(column: str, name: str) -> bool:
    return column.startswith(f"{name}_before") and not column.replace(
        "_before", ""
    ).removeprefix(name)


def _other_columns(
    facts: Mapping[str, Sequence[Any]], ids: Sequence[str], region: Region
) -> Iterator[str]:
    for name, column in facts.items():
        if name not in region.columns:
            continue
        then = dict(zip(region.building_ids, region.columns[name], strict=True))
        for building, value in zip(ids, column, strict=True):
            if not _same(value, then[building]):
                yield (
                    f"{building} has {name} {_told(value)}, in plan.json "
                    f"{_told(then[building])}"
                )


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-9 * max(1.0, abs(b))
    return a is b or str(a) == str(b)


def _told(value: Any) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _other_sums(
    values: Values, units: NDArray[np.int64], region: Region
) -> Iterator[str]:
    """Sums over units; that of floor area is told building by building."""
    for name, number in values.items():
        if name in region.columns or name not in region.sums:
            continue
        total = summed(units, number, len(region))
        then = region.sums[name]
        for i in np.flatnonzero(np.abs(total - then) > 0.5 + 1e-6).tolist():
            yield (
                f"{region.names[i]} has {name} {total[i]:,.0f}, in plan.json "
                f"{then[i]:,}"
            )


def _other_units(
    frame: Any,
    column: str | None,
    ids: Sequence[str],
    units: NDArray[np.int64],
    region: Region,
) -> Iterator[str]:
    """Buildings that name another compound than the one they are planned with."""
    if column is None or column not in frame.columns:
        return
    for building, word, i in zip(
        ids, words_of(frame[column]), units.tolist(), strict=True
    ):
        alone = word is None or says_no_compound(word)
        if word != region.names[i] and not (alone and len(region.buildings[i]) == 1):
            yield (
                f"{building} is of {word or 'no compound'}, in plan.json of "
                + (region.names[i])
            )


def _other_places(
    frame: Any,
    crs: str | None,
    area: Floats | None,
    units: NDArray[np.int64],
    region: Region,
) -> Iterator[str]:
    if area is None or not np.isfinite(area).all():
        return  # told already
    if crs is not None and frame.crs is not None:
        frame = frame.to_crs(crs)
    shapes = shapely.centroid(frame.geometry.to_numpy())
    if shapely.is_missing(shapes).any() or shapely.is_empty(shapes).any():
        yield "some buildings have no place"
        return
    middle = middles_of(shapely.get_coordinates(shapes), units, area)
    away = np.hypot(*(middle - region.xy).T)
    for i in np.flatnonzero(~(away <= MOVED)).tolist():
        yield f"{region.names[i]} stands {away[i]:,.1f} m from where plan.json has it"
