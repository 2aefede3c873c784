"""Read buildings and what lies around them into a region, telling all that is wrong.

Faults a planner must mend are collected over all checks and raised at once; what can
be mended or assumed here is, and is written to `Region.notes`. Nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.adjacency import Adjacency, Buildings, Delaunay
from zoning.costs import COSTS, M2_PER_HOUSEHOLD, CostModel
from zoning.directory import Directory
from zoning.reading.around import barriers_of, laid_beside
from zoning.reading.compounds import middles_of, summed, units_of
from zoning.reading.coordinates import crs_of
from zoning.reading.datum import datums_of
from zoning.reading.files import Tables, digest, load_layers, paths_of
from zoning.reading.join import LIST, ON, List, On, joined
from zoning.reading.roads import roads_of, with_roads
from zoning.reading.shift import suspicions
from zoning.reading.streets import street_ways
from zoning.reading.table import Asked, table_of
from zoning.reading.together import together
from zoning.region import GAP_LIMIT, MAX_GAP, Ints, Region, Source
from zoning.text.arguments import CALLABLE, COLUMNS, WORD, many, takes
from zoning.text.issues import Issues

Floats = NDArray[np.float64]

UNIT = "_unit"  # column of Source.frame: position of a building's unit
_LIST = many(WORD, "names of columns in a list", "['fee', 'community']")


@takes(
    join=LIST.or_none,
    on=ON.or_none,
    unit=WORD.or_none,
    area=WORD.or_none,
    households=WORD.or_none,
    sums=_LIST,
    columns=COLUMNS,
    only=WORD.or_none,
    datum=WORD.or_none,
    cut_at=many(WORD, "classes of roads in a list", "['trunk', 'primary']"),
    max_gap=GAP_LIMIT,
    id=WORD.or_none,
    costs=COSTS,
    adjacency=CALLABLE,
)
def read(
    buildings: Tables,
    *,
    join: List | None = None,
    on: On | None = None,
    unit: str | None = None,
    area: str | None = None,
    households: str | None = None,
    sums: Iterable[str] = (),
    columns: Iterable[str] | Mapping[str, str | None] = (),
    only: str | None = None,
    barriers: Tables | None = None,
    streets: Tables | None = None,
    cut_at: Iterable[str] = (),
    max_gap: float | None = MAX_GAP,
    crs: Any = None,
    datum: str | None = None,
    id: str | None = None,  # noqa: A002 - what planners call it
    costs: CostModel = CostModel(),
    adjacency: Adjacency = Delaunay(),
) -> Region:
    """Region of the buildings in a file, ready to be zoned.

    Parameters
    ----------
    buildings
        A table (.xlsx, .xls, .csv, ...) with coordinates or shapes in columns,
        GeoJSON (also a feature a line), GeoPackage, shapefile, FlatGeobuf, GeoParquet,
        KML, any of them in a zip, or GeoDataFrame with points or footprints, one row
        a building; a list of them is read as one. ``file.gpkg|layername=name`` picks
        one of several layers; else the likeliest is read. Lines among several files are
        read as barriers or streets.
    join
        A list whose columns are put beside those of the shapes: an .xlsx, .xls, .csv or
        the like, or a table of pandas.
    on
        Column of ids in both, or one of the shapes and one of the list
        (``("ZRZH", "楼栋编号")``). Default: those whose words match most.
    unit
        Column that says which buildings stay together, a compound's name or number.
        A building without a value, or with a word that means none (无, N/A, -), is a
        unit of its own, and so are all with ``"none"``. Default: found by its header.
    area
        Column of floor area, m². Default: found by its header, in whichever measure
        that names (建筑面积(万㎡)). A measure that no header names stands behind the
        column: ``"面积[万㎡]"``. Where floor area is missing it is footprint × floors.
    households
        Column of households. Default: found by its header; without one, or with
        ``"none"``, one for each 70 m², with a note.
    sums
        Further columns of numbers >= 0 to sum over units, for bands and resources.
    columns
        Columns to keep for each building, words or numbers, as rules and contracts
        refer to them (``("fee", "community")``), or by header
        (``{"fee": "收费", "floors": "ZCS"}``); see `zoning.reading.facts`. What is
        found by its header is kept as well: fee, rate, parking, floors, use, names and
        more; `zoning.reading.headers.HEADERS` has all. ``{"floors": "none"}`` leaves
        one out. Floor area is always kept, as ``"area"``.
    only
        ``"residential"``: buildings for another use are left out, by the column of use;
        or words of that column, by commas.
    barriers, streets
        Layers that no zone may cross, and whose lines travel follows.
    cut_at
        Classes of streets that no zone may cross either (``("trunk", "primary")``), as
        a column ``highway``, ``fclass`` or ``道路等级`` of the streets has them. No
        bridge crosses these roads; those in tunnels cut nothing.
    max_gap
        Metres between walls that a zone may have within it, above 0. Buildings farther
        apart touch by a bridge at most; see `Region.max_gap`. None: no limit.
    crs
        What the coordinates are in where a table does not say (``"EPSG:4513"``).
        Degrees are projected to metres here, in the UTM zone of the buildings.
    datum
        Which layers are in the shifted degrees of Chinese online maps and are to be
        turned back: ``"gcj02"`` (Amap, Tencent) or ``"bd09"`` (Baidu) of the buildings,
        ``"buildings=gcj02,streets=gcj02"`` of these two.
    id
        Column that identifies a building. Default: one called id, fid, 楼栋编号 or
        alike, else rows are counted from 1.
    costs
        Figures that loads are priced with.
    adjacency
        Finds who touches whom; `Delaunay`, `Within`, `Tessellation` or a function.

    Returns
    -------
    Region
        Units in the order of their first building. ``region.source.frame`` is the
        table of buildings in metres with a column ``_unit``; ``region.notes`` says
        what was assumed and mended.

    Raises
    ------
    InputError
        A file cannot be read or holds faults; the message tells all of them.

    Examples
    --------
    >>> import geopandas
    >>> frame = geopandas.GeoDataFrame(
    ...     {"id": ["a", "b", "c"], "m2": [3500, 700, 1400], "yard": ["x", "x", "y"]},
    ...     geometry=geopandas.points_from_xy([0, 40, 90], [0, 30, 0]),
    ...     crs="EPSG:32652",
    ... )
    >>> region = read(frame, area="m2", unit="yard")
    >>> region.names, region.sums["area"].tolist(), region.edges.tolist()
    (('x', 'y'), [4200, 1400], [[0, 1]])
    """
    log = Issues()
    crs = crs_of(crs, log)
    turn = datums_of(datum, log)
    given_as = {"buildings": buildings, "barriers": barriers, "streets": streets}
    around = together(load_layers(given_as, crs, log), turn, log)
    systems = {what: layer.crs for what, layer in around.items() if layer is not None}
    given = around.pop("buildings")
    if given is None or not len(given):
        log.raise_faults()
    if join is not None:
        given = joined(given, join, on, log)
        log.raise_faults()  # what columns lack may be in the list
    elif on is not None:
        log.faults.append("on= names columns to join by, but no list: give join= too.")
    headers = dict(columns) if isinstance(columns, Mapping) else dict.fromkeys(columns)
    roles = _roles(headers, log, unit=unit, area=area, households=households, id=id)
    asked = Asked(roles, _facts_in(headers), tuple(sums), only)
    table = table_of(given, asked, costs, log)
    frame, ids, values = table.frame, table.ids, table.values
    around = {what: laid_beside(around[what], frame, what, log) for what in around}
    log.raise_faults()
    shifted = tuple(suspicions(frame, around, turn))
    log.notes += map(str, shifted)

    roads = roads_of(around.get("streets"), tuple(cut_at), log)
    log.raise_faults()
    fences = with_roads(around.get("barriers"), roads, log)
    shapes = frame.geometry.to_numpy()
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    unit_of, names = units_of(frame, ids, middles, table.unit_column, log)
    lines, line_names = barriers_of(fences, log)
    own = len(lines) - (0 if roads is None else len(roads))
    closed = np.arange(len(lines)) >= own
    members, facts = _members(ids, unit_of, len(names)), _by_unit(table.facts, unit_of)
    known = Directory(names, members, facts)
    log.notes += known.notes()
    town = Buildings(
        *(shapes, unit_of, names, lines, line_names, closed, tuple(ids), max_gap),
        told=known.all_called,
    )
    with log.errors_as_faults():
        found = adjacency(town)
        log.notes += found.notes
        totals = _totals(values, unit_of, len(names), log)
        loads = costs.load(totals)
    log.raise_faults()
    xy = middles_of(town.xy, unit_of, values["area"])
    if UNIT in frame.columns:
        log.notes.append(f"Column {UNIT!r} of the input is replaced by the unit read.")
    files = paths_of(buildings, barriers, streets, join)
    return Region(
        names=names,
        xy=xy,
        load=loads,
        direct=costs.direct(totals),
        sums=totals,
        edges=found.edges,
        bridges=found.bridges,
        spans=found.spans,
        max_gap=max_gap,
        cut_edges=found.cut_edges,
        cut_by=found.cut_by,
        costs=costs,
        way=_way(xy, around.get("streets"), costs, names, log),
        buildings=members,
        columns=facts,
        notes=tuple(log.notes),
        source=Source(
            frame=frame.assign(**{UNIT: unit_of}),
            barriers=fences,
            streets=around.get("streets"),
            files=files,
            sha256=digest(files),
            unit_column=table.unit_column,
            area_column=table.columns["area"],
            households_column=table.columns.get("households"),
            choices=tuple(table.choices.values()),
            crs=given.crs,
            datums=turn,
            systems=systems,
            suspicions=shifted,
            reach=found.reach,
        ),
    )


def _facts_in(headers: Mapping[str, str | None]) -> tuple[str, ...]:
    """What is to be kept as a fact: ids and units are kept anyway."""
    return tuple(x for x in headers if headers[x] is None or x not in ("id", "unit"))


def _roles(
    headers: dict[str, str | None], log: Issues, **named: str | None
) -> dict[str, str | None]:
    """Header for each role that was asked for, whichever way."""
    named = {k: v for k, v in named.items() if v is not None}
    log.faults += [
        f"{role}={named[role]!r} and columns={{{role!r}: {headers[role]!r}}} name two "
        "columns for one thing. Give one of them."
        for role in named
        if headers.get(role) not in (None, named[role])
    ]
    return headers | named


def _totals(
    values: dict[str, Floats], unit_of: Ints, n: int, log: Issues
) -> dict[str, Ints]:
    """Whole sums per unit: the one place where areas are rounded."""
    totals = {
        name: np.rint(summed(unit_of, number, n)).astype(np.int64)
        for name, number in values.items()
    }
    log.notes.extend(
        f"{name.capitalize()} was summed over each unit, then rounded to whole numbers."
        for name, number in values.items()
        if (number % 1 != 0).any()
    )
    if "households" not in totals:
        estimate = np.rint(totals["area"] / M2_PER_HOUSEHOLD)
        totals["households"] = estimate.astype(np.int64)
        log.notes.append(
            "No households column; one household for each "
            f"{M2_PER_HOUSEHOLD:.0f} m² of a unit was assumed."
        )
    return totals


def _members(ids: list[str], unit_of: Ints, n: int) -> tuple[tuple[str, ...], ...]:
    members: list[list[str]] = [[] for _ in range(n)]
    for name, i in zip(ids, unit_of.tolist(), strict=True):
        members[i].append(name)
    return tuple(map(tuple, members))


def _by_unit(
    facts: dict[str, tuple[Any, ...]], unit_of: Ints
) -> dict[str, tuple[Any, ...]]:
    """Facts of buildings in table order, put in the order of `Region.building_ids`."""
    order = np.argsort(unit_of, kind="stable").tolist()
    return {name: tuple(column[i] for i in order) for name, column in facts.items()}


def _way(
    xy: Floats, streets: Any, costs: CostModel, names: tuple[str, ...], log: Issues
) -> NDArray[np.int32] | None:
    if streets is None:
        return None
    lines = streets.geometry.to_numpy()
    way, notes = street_ways(xy, lines, detour=costs.detour, names=names)
    log.notes += notes
    return way
