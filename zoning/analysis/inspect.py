"""Look at a region before planning it: what was understood, what will be hard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from zoning.adjacency import Buildings
from zoning.analysis.inspection import (
    Bridge,
    ColumnUse,
    Inspection,
    Island,
    Layer,
    Overlap,
    Suggestion,
    Twins,
    Weight,
)
from zoning.number import usual_number
from zoning.problem import BANDS, Band, Problem
from zoning.reading.around import barriers_of
from zoning.reading.datum import option
from zoning.reading.earth import called
from zoning.reading.points import PLACES
from zoning.reading.roles import Choice, column_names
from zoning.reading.use import RESIDENTIAL, homes_in
from zoning.reading.words import words_of
from zoning.region import REGION, Ints, Region
from zoning.rules import RULES, Rule
from zoning.text.arguments import NUMBER, WHOLE, takes
from zoning.text.issues import Issues, count

Shapes = NDArray[Any]
Pairs = NDArray[np.int64]

HEAVIEST = 10  # units listed as the heaviest
GAPS = (50, 90, 99, 100)  # % of the gaps between neighbours that are told
_OVERLAP = 0.1  # of the smaller of two footprints, from which it is told


@takes(
    region=REGION,
    num_zones=WHOLE.or_none,
    tolerance=NUMBER.or_none,
    bands=BANDS.or_none,
    rules=RULES,
)
def inspect(
    region: Region,
    *,
    num_zones: int | None = None,
    tolerance: float | None = 0.10,
    bands: Mapping[str, Band] | None = None,
    rules: tuple[Rule, ...] = (),
) -> Inspection:
    """What was understood of a region, and what a plan of it has to reckon with.

    Parameters
    ----------
    region
        As `read` gives it.
    num_zones
        How many zones it is weighed for. Default: the usual number.
    tolerance, bands, rules
        As the problem will have them.

    Raises
    ------
    InputError
        There is no such problem: more zones than units, or rules that contradict.

    Examples
    --------
    >>> region = Region(["a", "b"], [[0, 0], [9, 0]], [5, 5], edges=[[0, 1]])
    >>> print(inspect(region, num_zones=1))
    2 buildings in 2 units, 2 m²; 1 zone.
    No unit is too heavy for a zone, and no part too light.
    """
    limits = dict(bands or {})
    asked: dict[str, Any] = {"tolerance": tolerance, "bands": limits, "rules": rules}
    usual = usual_number(region, **asked) if num_zones is None else None
    problem = Problem(region, num_zones or (usual.num_zones if usual else 1), **asked)
    bridges = tuple(sorted(_bridges(region), key=lambda one: (-one.metres, one.units)))
    left = problem.shared_out
    return Inspection(
        problem=problem,
        usual=usual,
        columns=tuple(columns_read(region.source.frame, region.source.choices)),
        unread=tuple(_unread(region)),
        layers=tuple(_layers(region)),
        bridges=bridges,
        islands=tuple(_islands(region)),
        twins=tuple(_twins(region)),
        overlaps=tuple(_overlaps(region)),
        gaps=_gaps(region),
        heaviest=tuple(_weight(problem, np.array([i])) for i in _heaviest(region)),
        heavy=tuple(_weight(problem, units) for units in left.heavy),
        pockets=tuple(_weight(problem, units) for units in left.pockets),
        suggestions=tuple(_suggestions(region, bridges)),
    )


# --- columns -------------------------------------------------------------------------


def columns_read(frame: Any, choices: Sequence[Choice]) -> Iterator[ColumnUse]:
    """Columns by what they were read as, how full they are, and what they say."""
    for one in choices:
        if frame is None or one.header not in frame.columns:
            continue
        words = [word for word in words_of(frame[one.header]) if word is not None]
        filled, example = len(words) / max(1, len(frame)), next(iter(words), "")
        yield ColumnUse(
            *(one.role, one.header, one.asked, one.measure, filled, example),
            others=one.others,
        )


def columns_unread(frame: Any, choices: Sequence[Choice]) -> list[str]:
    """Columns that nothing was read from."""
    used = {x for one in choices for x in (one.header, one.stand_in)}
    used |= {*frame.attrs.get(PLACES, ())}
    return [str(name) for name in column_names(frame) if name not in used]


def _unread(region: Region) -> list[str]:
    source = region.source
    if source.frame is None:
        return []
    added = ("_unit", source.area_column, source.households_column)
    return [x for x in columns_unread(source.frame, source.choices) if x not in added]


def _layers(region: Region) -> Iterator[Layer]:
    source = region.source
    for what, table in (
        ("buildings", source.frame),
        ("barriers", source.barriers),
        ("streets", source.streets),
    ):
        if table is not None and what in source.systems:
            crs = source.systems[what]
            system = "" if crs is None else called(crs)
            yield Layer(what, len(table), system, source.datums.get(what, ""))


# --- neighbours ----------------------------------------------------------------------


def _rows(region: Region) -> Ints:
    """For each of `building_ids` its row in the table."""
    return np.argsort(region.source.frame["_unit"].to_numpy(), kind="stable")


def _shapes(region: Region) -> Shapes:
    """Footprint or point of each of `building_ids`; none without a table."""
    if region.source.frame is None:
        return np.empty(0, object)
    return np.asarray(region.source.frame.geometry.to_numpy())[_rows(region)]


def _bridges(region: Region) -> Iterator[Bridge]:
    over = _crossed(region)
    most = np.inf if region.max_gap is None else region.max_gap
    for k, (pair, span) in enumerate(
        zip(region.bridges.tolist(), region.spans, strict=True)
    ):
        one, other = sorted(region.called(i) for i in pair)
        found = tuple(sorted(over.get(k, ())))
        yield Bridge((one, other), span.ends, span.metres, found, span.metres > most)


def _crossed(region: Region) -> dict[int, set[Any]]:
    """The barriers that each bridge lies over, as far as any are known."""
    shapes, fences = _shapes(region), region.source.barriers
    if fences is None or not len(shapes) or not len(region.bridges):
        return {}
    lines, names = barriers_of(fences, Issues())
    row = {name: k for k, name in enumerate(region.building_ids)}
    ends = np.array([[row[x] for x in span.ends] for span in region.spans], np.int64)
    town = Buildings(shapes, region.unit_of_building, region.names, lines, names)
    over: dict[int, set[Any]] = {}
    for barrier, k in town.crossings(ends).tolist():
        over.setdefault(k, set()).add(names[barrier])
    return over


def _apart(region: Region) -> tuple[int, Ints]:
    """Parts that touch without any bridge: how many, and which each unit is of."""
    found = connected_components(region.graph(region.near_edges))
    return int(found[0]), np.asarray(found[1], np.int64)


def _islands(region: Region) -> Iterator[Island]:
    count, part = _apart(region)
    ends = part[region.bridges]
    bridges = np.bincount(ends.ravel(), minlength=count)
    area = np.bincount(part, region.area, minlength=count).astype(np.int64)
    order = np.argsort(part, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(part))[:-1])
    for k in np.lexsort((np.arange(count), -area)).tolist():
        units = members[k]
        heaviest = units[int(region.load[units].argmax())]
        yield Island(
            tuple(units.tolist()),
            region.called(int(heaviest)),
            int(area[k]),
            int(bridges[k]),
        )


def _gaps(region: Region) -> tuple[float, ...]:
    """How far neighbours stand apart, from wall to wall."""
    shapes, edges = _shapes(region), region.near_edges
    if not len(shapes) or not len(edges):
        return ()
    whole = shapely.geometrycollections(shapes, indices=region.unit_of_building)
    gaps = shapely.distance(whole[edges[:, 0]], whole[edges[:, 1]])
    return tuple(round(float(x), 1) for x in np.percentile(gaps, GAPS))


# --- twice in the files --------------------------------------------------------------


def _twins(region: Region) -> Iterator[Twins]:
    shapes = _shapes(region)
    ids = region.building_ids
    for _, some in _alike(shapely.to_wkb(shapes)):
        yield Twins("geometry", "", tuple(ids[k] for k in some))
    of_building = [region.labels[i] for i in region.unit_of_building.tolist()]
    named = zip(
        region.directory.building_labels,
        region.columns.get("name", ()),
        ids,
        of_building,
        strict=False,
    )
    own = [
        None if name is None or label in (one, unit) else label
        for label, name, one, unit in named
    ]
    for label, some in _alike(own):
        yield Twins("name", label, tuple(ids[k] for k in some))
    units = [
        None if label == name else label
        for label, name in zip(region.labels, region.names, strict=True)
    ]
    for label, some in _alike(units):
        yield Twins("name", label, tuple(region.names[i] for i in some))


def _alike(values: Sequence[Any]) -> Iterator[tuple[Any, list[int]]]:
    """Values that occur more than once, None left out, and where."""
    if not len(values):
        return
    code = pd.factorize(pd.Series([*values], dtype=object))[0]
    order = np.argsort(code, kind="stable")
    first = np.flatnonzero(np.diff(code[order])) + 1
    for some in np.split(order, first):
        if len(some) > 1 and code[some[0]] >= 0:
            yield values[some[0]], some.tolist()


def _overlaps(region: Region) -> Iterator[Overlap]:
    """Footprints that lie on each other by a good part, those drawn twice left out."""
    shapes = _shapes(region)
    flat = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    if not len(flat):
        return
    some = shapes[flat]
    a, b = shapely.STRtree(some).query(some, predicate="intersects")
    a, b = a[a < b], b[a < b]
    common = shapely.area(shapely.intersection(some[a], some[b]))
    smaller = np.minimum(shapely.area(some[a]), shapely.area(some[b]))
    told = (common > _OVERLAP * smaller) & ~shapely.equals_identical(some[a], some[b])
    ids = region.building_ids
    for k in np.flatnonzero(told)[np.argsort(-common[told], kind="stable")].tolist():
        pair = ids[flat[a[k]]], ids[flat[b[k]]]
        yield Overlap(pair, round(float(common[k]), 1))


# --- balance -------------------------------------------------------------------------


def _heaviest(region: Region) -> list[int]:
    order = np.argsort(-region.load, kind="stable")
    return [int(i) for i in order[:HEAVIEST]]


def _weight(problem: Problem, units: Ints) -> Weight:
    region = problem.region
    cost = problem.fixed + int(region.load[units].sum())
    order = units[np.argsort(-region.load[units], kind="stable")]
    return Weight(
        tuple(region.called(i) for i in order.tolist()),
        int(region.area[units].sum()),
        cost / max(1, problem.fair_share or 0),
    )


# --- what may be meant ---------------------------------------------------------------


def _suggestions(region: Region, bridges: Sequence[Bridge]) -> Iterator[Suggestion]:
    yield from _shifted(region)
    wide = [one.metres for one in bridges if one.wide]
    if wide:
        yield Suggestion(
            "--max-gap",
            max(wide),
            f"{len(wide):,} bridge(s) span more than the {region.max_gap:g} m that a "
            "zone may have within it",
        )
    use = next((one for one in region.source.choices if one.role == "use"), None)
    frame = region.source.frame
    if use is None or frame is None:
        return
    others = np.array([x is False for x in homes_in(frame[use.header], use.header)])
    if others.any() and not others.all():
        yield Suggestion(
            "--only",
            RESIDENTIAL,
            f"{count(others)} another use than living, by column {use.header}",
        )


def _shifted(region: Region) -> Iterator[Suggestion]:
    """Other systems that layers may be in."""
    for one in region.source.suspicions:
        if one.datums:
            why = f"{'; '.join(one.facts)}, as if layers were shifted"
            yield Suggestion("--datum", option(one.datums), why)
