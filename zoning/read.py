"""Read buildings and what lies around them into a region, telling all that is wrong.

Faults a planner must mend are collected over all checks and raised at once; what can
be mended or assumed here is, and is written to `Region.notes`. Nothing is dropped.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

import geopandas
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from zoning.adjacency import Adjacency, Buildings, Delaunay, parts_within
from zoning.costs import M2_PER_HOUSEHOLD, CostModel
from zoning.errors import InputError
from zoning.streets import street_ways
from zoning.units import Ints, Region, Source

Table: TypeAlias = str | Path | geopandas.GeoDataFrame
Tables: TypeAlias = Table | Sequence[Table]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

UNIT = "_unit"  # column of Source.frame: position of a building's unit
SUFFIXES = (".geojson", ".json", ".gpkg", ".shp")
WGS84 = "EPSG:4326"
FAR = 5_000.0  # metres to the next building that make a group of buildings suspect
WIDE = 1_000.0  # metres from the middle of a unit that make its name suspect
_STEP = 500.0  # buildings this near one another are one place when looking for FAR
_TOLD = 10  # ids named in a message
_LARGEST = 2e7  # metres: half way round the earth
_TINY_AREA = 50.0  # m²; a median below it says the column is in 10,000 m²
_ID_NAMES = (
    *("id", "fid", "osm_id", "building_id", "gid", "objectid", "code"),
    *("楼栋编号", "楼号", "幢号", "编号"),
)
_AREA_WORDS = ("area", "m2", "面积", "mianji")
_AREA_TYPES = (3, 6)  # shapely's numbers of Polygon and MultiPolygon
_COMPANIONS = (".cpg", ".dbf", ".prj", ".shp", ".shx")


def read(
    buildings: Tables,
    *,
    unit: str | None = None,
    area: str | None = None,
    households: str | None = None,
    sums: Iterable[str] = (),
    barriers: Tables | None = None,
    streets: Tables | None = None,
    crs: Any = None,
    id: str | None = None,  # noqa: A002 - what planners call it
    costs: CostModel = CostModel(),
    adjacency: Adjacency = Delaunay(),
) -> Region:
    """Region of the buildings in a file, ready to be zoned.

    Parameters
    ----------
    buildings
        GeoJSON, GeoPackage (``file.gpkg|layername=name`` picks a layer), shapefile or
        GeoDataFrame with points or footprints, one row a building; a list of them is
        read as one.
    unit
        Column that says which buildings stay together, a compound's name or number.
        A building without a value is a unit of its own, and so are all without
        `unit`.
    area
        Column of floor area, m². Required.
    households
        Column of households. Default: one for each 70 m², with a note.
    sums
        Further columns of numbers >= 0 to sum over units, for bands and resources.
    barriers, streets
        Layers that no zone may cross, and whose lines travel follows.
    crs
        What the coordinates are in where a table does not say (``"EPSG:4513"``).
        Degrees are projected to metres here, in the UTM zone of the buildings.
    id
        Column that identifies a building. Default: one called id, fid or alike, else
        rows are counted from 1.
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
    >>> frame = geopandas.GeoDataFrame(
    ...     {"id": ["a", "b", "c"], "m2": [3500, 700, 1400], "yard": ["x", "x", "y"]},
    ...     geometry=geopandas.points_from_xy([0, 40, 90], [0, 30, 0]),
    ...     crs="EPSG:32652",
    ... )
    >>> region = read(frame, area="m2", unit="yard")
    >>> region.names, region.sums["area"].tolist(), region.edges.tolist()
    (('x', 'y'), [4200, 1400], [[0, 1]])
    """
    log = _Log()
    crs = _crs(crs, log)
    given = _load(buildings, "buildings", crs, log)
    around = {
        what: _load(source, what, crs, log)
        for what, source in (("barriers", barriers), ("streets", streets))
        if source is not None
    }
    if given is None or not len(given):
        log.raise_faults()
    ids = _ids(given, id, log)
    sums = (sums,) if isinstance(sums, str) else tuple(sums)
    values = _values(given, ids, _Columns(area, households, sums), costs, log)
    _check_column(given, unit, "unit", log)
    frame = _shapes_in_metres(given, ids, log)
    around = {what: _beside(around[what], frame, what, log) for what in around}
    log.raise_faults()

    unit_of, names = _units(frame, ids, unit, log)
    town = Buildings(
        frame.geometry.to_numpy(),
        unit_of,
        names,
        *_barrier_shapes(around.get("barriers"), log),
    )
    found = adjacency(town)
    log.notes += found.notes
    totals = _totals(values, unit_of, len(names), log)
    xy = _positions(town.xy, unit_of, values["area"])
    if UNIT in frame.columns:
        log.notes.append(f"Column {UNIT!r} of the input is replaced by the unit read.")
    _note_spread(town.xy, xy, unit_of, names, log)
    return Region(
        names=names,
        xy=xy,
        load=costs.load(totals),
        direct=costs.direct(totals),
        sums=totals,
        edges=found.edges,
        bridges=found.bridges,
        cut_edges=found.cut_edges,
        costs=costs,
        way=_way(xy, around.get("streets"), costs, names, log),
        buildings=_members(ids, unit_of, len(names)),
        notes=tuple(log.notes),
        source=Source(
            frame=frame.assign(**{UNIT: unit_of}),
            barriers=around.get("barriers"),
            streets=around.get("streets"),
            files=tuple(log.files),
            sha256=log.digest.hexdigest() if log.files else "",
            unit_column=unit,
            crs=given.crs,
        ),
    )


class _Log:
    """What came up on the way: faults, notes and the files read."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.notes: list[str] = []
        self.files: list[str] = []
        self.digest = hashlib.sha256()

    def raise_faults(self) -> None:
        """Tell all faults so far in one error, and what was only noted after them."""
        if not self.faults:
            return
        told = [*self.faults]
        if len(told) > 1:
            told = [f"{i}. {fault}" for i, fault in enumerate(told, 1)]
            told.insert(0, f"The input has {len(self.faults)} faults.")
        if self.notes:
            told += ["Noted besides:", *(f"- {note}" for note in self.notes)]
        raise InputError("\n".join(told))


@dataclass(frozen=True)
class _Columns:
    """Names of the columns to sum, as the caller gave them."""

    area: str | None
    households: str | None
    sums: tuple[str, ...]


# --- files -------------------------------------------------------------------


def _crs(given: Any, log: _Log) -> Any:
    if given is None:
        return None
    try:
        return pyproj.CRS.from_user_input(given)
    except pyproj.exceptions.CRSError:
        log.faults.append(
            f"crs={given!r} is not a coordinate system. Give one like 'EPSG:4326' "
            "(degrees) or 'EPSG:4513'."
        )
        return None


def _load(tables: Tables, what: str, crs: Any, log: _Log) -> Any:
    """One GeoDataFrame of one or several tables, or None if one has a fault."""
    several: Any = tables if isinstance(tables, list | tuple) else [tables]
    loaded = [_load_one(table, what, crs, log) for table in several]
    if not loaded:
        log.faults.append(f"The list of {what} is empty. Give at least one file.")
    if not loaded or any(frame is None for frame in loaded):
        return None
    frame = _stack(loaded, what, log)
    if not len(frame):
        told = log.faults if what == "buildings" else log.notes
        told.append(f"There are no {what}: the table is empty.")
    return frame


def _load_one(table: Table, what: str, crs: Any, log: _Log) -> Any:
    silent = False
    if isinstance(table, str | Path):
        frame, silent = _read_file(str(table), what, log)
        name = str(table)
        if frame is None:
            return None
    else:
        frame, name = table, f"the table of {what}"
    if not isinstance(frame, geopandas.GeoDataFrame) or not _has_geometry(frame):
        log.faults.append(
            f"{_capital(name)} has no geometry. Give {what} as a layer of points, "
            "lines or footprints."
        )
        return None
    if not frame.columns.is_unique:
        twice = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})
        log.faults.append(
            f"{_capital(name)} has columns of the same name: {', '.join(twice)}. "
            "Rename them."
        )
        return None
    frame = frame.reset_index(drop=frame.index.name is None)
    return _with_crs(frame, name, crs, silent=silent, log=log)


def _has_geometry(frame: geopandas.GeoDataFrame) -> bool:
    return frame._geometry_column_name in frame.columns


def _stack(frames: list[Any], what: str, log: _Log) -> Any:
    """Rows of all frames, in the coordinate system of the first that has one."""
    if len(frames) == 1:
        return frames[0]
    base = next((frame.crs for frame in frames if frame.crs is not None), None)
    alike = []
    for frame in frames:
        if base is not None and frame.crs is None:
            log.notes.append(
                f"Some {what} have no CRS; theirs is taken to be {_called(base)} as "
                "that of the others."
            )
            frame = frame.set_crs(base)
        if base is not None and frame.crs != base:
            frame = frame.to_crs(base)
        if frame.geometry.name != "geometry":
            frame = frame.rename_geometry("geometry")
        alike.append(frame)
    columns = list(dict.fromkeys(c for frame in alike for c in frame.columns))
    filled = [_filled(frame) for frame in alike if len(frame)] or alike[:1]
    stacked = pd.concat(filled, ignore_index=True).reindex(columns=columns)
    return geopandas.GeoDataFrame(stacked, geometry="geometry", crs=base)


def _filled(frame: Any) -> Any:
    """The frame without empty columns: pandas no longer tells their type."""
    return frame[[c for c in frame if c == "geometry" or frame[c].notna().any()]]


def _read_file(name: str, what: str, log: _Log) -> tuple[Any, bool]:
    """Table of a file and whether its coordinate system is only the format's default.

    The table is None if the file has a fault.
    """
    path, _, layer = name.partition("|layername=")
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        log.faults.append(
            f"{path} is of no kind that can be read ({', '.join(SUFFIXES)}). Save "
            f"{what} as GeoJSON or GeoPackage."
        )
        return None, False
    try:
        content = _record(Path(path), log)
        options = _options(path, suffix, layer, log)
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            frame = geopandas.read_file(path, on_invalid="ignore", **options)
    except (OSError, RuntimeError, ValueError, LookupError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        log.faults.append(
            f"{path} cannot be read ({reason.rstrip('. ')}). Check the path, and that "
            "the file opens in a map program."
        )
        return None, False
    log.notes += dict.fromkeys(f"{path}: {w.message}" for w in heard)
    silent = suffix in (".geojson", ".json") and b'"crs"' not in content[:4_000]
    return frame, silent


def _record(path: Path, log: _Log) -> bytes:
    """Content of a file; it and its companions join the digest."""
    content = path.read_bytes()
    parts = [path]
    if path.suffix.lower() == ".shp":
        siblings = path.parent.iterdir()
        parts = sorted(
            p
            for p in siblings
            if p.stem == path.stem and p.suffix.lower() in _COMPANIONS
        )
    for part in parts:
        log.digest.update(part.read_bytes())
    log.files.append(str(path))
    return content


def _options(path: str, suffix: str, layer: str, log: _Log) -> dict[str, str]:
    """What the reader must be told: the layer, and the encoding of a shapefile."""
    if suffix == ".gpkg":
        layers = geopandas.list_layers(path).name.tolist()
        if not layer and len(layers) > 1:
            log.notes.append(
                f"{path} has layers {', '.join(layers)}; {layers[0]} was read. Choose "
                f"another by '{path}|layername=NAME'."
            )
        return {"layer": layer or layers[0]} if layers else {}
    if suffix == ".shp":
        return _encoding(Path(path), log)
    return {}


def _encoding(path: Path, log: _Log) -> dict[str, str]:
    """Guess how the text of a shapefile is encoded where no .cpg file says it."""
    sibling = {p.suffix.lower(): p for p in path.parent.glob(f"{path.stem}.*")}
    if ".cpg" in sibling or ".dbf" not in sibling:
        return {}
    content = sibling[".dbf"].read_bytes()
    start = int.from_bytes(content[8:10], "little")
    names = [content[i : i + 11] for i in range(32, start - 11, 32)]
    text = b"".join(names) + content[start:]
    if text.isascii():
        return {"encoding": "UTF-8"}
    for encoding in ("UTF-8", "GB18030"):
        if _decodes(text, encoding):
            log.notes.append(
                f"{path} does not say how its text is encoded (no .cpg file); "
                f"{encoding} fits and was used."
            )
            return {"encoding": encoding}
    log.notes.append(
        f"{path} does not say how its text is encoded (no .cpg file), and neither "
        "UTF-8 nor GB18030 fits; names may be garbled."
    )
    return {"encoding": "ISO-8859-1"}


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


# --- coordinates -------------------------------------------------------------


def _with_crs(frame: Any, name: str, crs: Any, *, silent: bool, log: _Log) -> Any:
    """Give a frame the coordinate system it has or is taken to have."""
    bounds = frame.total_bounds
    if frame.crs is not None and not silent:
        if crs is not None and crs != frame.crs:
            log.notes.append(
                f"{_capital(name)} says its CRS is {_called(frame.crs)}; that was "
                f"used, not crs={_called(crs)}."
            )
        return frame
    if silent and (crs is None or (not crs.is_geographic and _fits_degrees(bounds))):
        return frame  # GeoJSON is WGS 84 unless it says otherwise
    if crs is not None:
        return frame.set_crs(crs, allow_override=True)
    if _looks_like_degrees(bounds):
        log.notes.append(
            f"No CRS given in {name}; coordinates look like degrees and are taken as "
            "WGS 84."
        )
        return frame.set_crs(WGS84)
    log.notes.append(f"No CRS given in {name}; coordinates are taken as metres.")
    return frame


def _fits_degrees(bounds: Floats) -> bool:
    return bool((np.abs(bounds) <= [180, 90, 180, 90]).all())


def _looks_like_degrees(bounds: Floats) -> bool:
    """Fit for degrees, no wider than a province, and not all whole numbers."""
    narrow = (bounds[2:] - bounds[:2] < 3).all()
    return _fits_degrees(bounds) and bool(narrow and (bounds % 1 != 0).any())


def _called(crs: Any) -> str:
    return str(crs.to_string() if len(crs.to_string()) < 40 else crs.name)


def _is_metric(crs: Any) -> bool:
    """Metres on the ground: not degrees, not feet, not a stretched web map."""
    if crs.is_geographic or any(axis.unit_name != "metre" for axis in crs.axis_info):
        return False
    method = crs.coordinate_operation.method_name if crs.coordinate_operation else ""
    return not method.startswith("Mercator") and "Pseudo Mercator" not in method


def _metric(frame: Any, usable: Bools, log: _Log) -> Any:
    """The frame in metres; what it is measured in stays if that is metres."""
    if frame.crs is None or _is_metric(frame.crs) or not usable.any():
        return frame
    try:
        target = frame[usable].estimate_utm_crs()
    except RuntimeError:  # near a pole
        log.faults.append(
            f"No UTM zone fits the buildings, so {_called(frame.crs)} cannot be turned "
            "into metres. Check the coordinates, or project them first."
        )
        return frame
    log.notes.append(
        f"Coordinates were projected from {_called(frame.crs)} to {target.name} "
        f"({_called(target)})."
    )
    return frame.to_crs(target)


def _beside(layer: Any, frame: Any, what: str, log: _Log) -> Any:
    """Barriers or streets in the coordinates of the buildings."""
    if layer is None or not len(layer):
        return layer
    if layer.crs is None and frame.crs is not None:
        log.notes.append(f"The {what} are taken to be in {_called(frame.crs)}.")
        layer = layer.set_crs(frame.crs)
    if layer.crs is not None and frame.crs is None:
        log.faults.append(
            f"The {what} are in {_called(layer.crs)} but the buildings have no CRS, so "
            "they cannot be laid on each other. Give crs=."
        )
        return layer
    layer = layer if layer.crs == frame.crs else layer.to_crs(frame.crs)
    a, b = layer.total_bounds, frame.total_bounds
    if (a[:2] > b[2:] + _STEP).any() or (b[:2] > a[2:] + _STEP).any():
        log.notes.append(
            f"The {what} lie away from the buildings and have no effect. Check the "
            "CRS of both."
        )
    return layer


# --- shapes ------------------------------------------------------------------


def _shapes_in_metres(given: Any, ids: list[str], log: _Log) -> Any:
    """Buildings with mended footprints in metres; what is wrong goes to the log."""
    usable = _check_shapes(given, ids, log)
    frame = _mend(given, usable, ids, log)
    _note_twins(frame, usable, ids, log)
    usable &= ~shapely.is_empty(frame.geometry.to_numpy())
    frame = _metric(frame, usable, log)
    _check_far(given, frame, usable, ids, log)
    return frame


def _check_shapes(frame: Any, ids: list[str], log: _Log) -> Bools:
    """Log buildings without a usable place; give which ones have one."""
    shapes = frame.geometry.to_numpy()
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    kind = shapely.get_type_id(shapes)
    wrong = ~empty & ~np.isin(kind, (0, *_AREA_TYPES))
    if empty.any():
        log.faults.append(
            f"{_count(empty)} no place (null or empty geometry): {_some(ids, empty)}. "
            "Draw them, or take them out of the file."
        )
    if wrong.any():
        kinds = sorted({shape.geom_type for shape in shapes[wrong]})
        log.faults.append(
            f"{_count(wrong)} a geometry that is neither point nor polygon "
            f"({', '.join(kinds)}): {_some(ids, wrong)}. Draw them as footprints or "
            "take them out of the file."
        )
    off = ~empty & _off_the_map(frame, shapes)
    if off.any():
        log.faults.append(_told_off_the_map(frame, shapes, off, ids))
    usable: Bools = ~(empty | wrong | off)
    return usable


def _off_the_map(frame: Any, shapes: NDArray[Any]) -> Bools:
    bounds = shapely.bounds(shapes)
    degrees = frame.crs is not None and frame.crs.is_geographic
    limit = [180, 90, 180, 90] if degrees else [_LARGEST] * 4
    lost = degrees & (bounds == 0).all(axis=1)  # 0, 0: never filled in
    off = ~(np.abs(bounds) <= limit).all(axis=1) | lost | ~_finite(shapes)
    return np.asarray(off)


def _finite(shapes: NDArray[Any]) -> Bools:
    """Which shapes have no coordinate that is NaN or infinite."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    bad = np.bincount(of, ~np.isfinite(xy).all(axis=1), len(shapes))
    return np.asarray(bad == 0)


def _told_off_the_map(
    frame: Any, shapes: NDArray[Any], off: Bools, ids: list[str]
) -> str:
    bounds = shapely.bounds(shapes[off])
    told = f"{_count(off)} coordinates that are impossible: {_some(ids, off)}. "
    if frame.crs is None or not frame.crs.is_geographic:
        return told + "Correct them, or say what they are by crs=."
    if (np.abs(bounds[:, [1, 0, 3, 2]]) <= [180, 90, 180, 90]).all() and bounds.any():
        return told + "Latitude and longitude look swapped: longitude comes first."
    return told + (
        f"In {_called(frame.crs)} longitude is within ±180, latitude within ±90, and "
        "0, 0 is in the sea. Correct them; if they are metres, say so by "
        "crs='EPSG:...'."
    )


def _mend(frame: Any, usable: Bools, ids: list[str], log: _Log) -> Any:
    """Make crossed footprints valid; leave out heights."""
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    if shapely.has_z(frame.geometry.to_numpy()).any():
        log.notes.append("Heights in coordinates were left out.")
    broken = usable & ~shapely.is_valid(shapes)
    if broken.any():
        shapes[broken] = [_area_only(shapely.make_valid(s)) for s in shapes[broken]]
        log.notes.append(
            f"{_count(broken)} a footprint whose outline crosses itself; mended: "
            f"{_some(ids, broken)}."
        )
    flat = broken & (shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if flat.any():
        log.faults.append(
            f"{_count(flat)} a footprint without any area: {_some(ids, flat)}. Draw "
            "them again."
        )
    return frame.set_geometry(geopandas.GeoSeries(shapes, frame.index, crs=frame.crs))


def _area_only(shape: Any) -> Any:
    """The polygons among the parts of a mended shape."""
    parts = shapely.get_parts(shape)
    nested = shapely.get_parts(parts)
    return shapely.union_all(nested[np.isin(shapely.get_type_id(nested), _AREA_TYPES)])


def _note_twins(frame: Any, usable: Bools, ids: list[str], log: _Log) -> None:
    code = pd.Series(shapely.to_wkb(frame.geometry.to_numpy()))
    twins = usable & code.duplicated(keep=False).to_numpy()
    if twins.any():
        log.notes.append(
            f"{_count(twins)} exactly the same geometry as another: "
            f"{_some(ids, twins)}. All were kept; take out those listed twice."
        )


def _check_far(
    given: Any, frame: Any, usable: Bools, ids: list[str], log: _Log
) -> None:
    """Log buildings that lie far from all the others."""
    xy = shapely.get_coordinates(shapely.centroid(frame.geometry.to_numpy()[usable]))
    if not len(xy):
        return
    place, at = np.unique(np.rint(xy / _STEP), axis=0, return_inverse=True)
    part = parts_within(place * _STEP, FAR)[at.ravel()]
    far = np.zeros(len(frame), bool)
    far[usable] = part != np.bincount(part).argmax()
    if not far.any():
        return
    swapped = far & _swapped(given, usable & ~far)
    far &= ~swapped
    if swapped.any():
        log.faults.append(
            f"{_count(swapped)} latitude and longitude swapped: {_some(ids, swapped)}. "
            "Longitude comes first."
        )
    if far.any():
        log.notes.append(
            f"{_count(far)} a place more than {FAR / 1000:.0f} km from the others: "
            f"{_some(ids, far)}. Check the coordinates."
        )


def _swapped(given: Any, near: Bools) -> Bools:
    """Which buildings would be within a degree of the others if turned round."""
    bounds = shapely.bounds(given.geometry.to_numpy())
    if given.crs is None or not given.crs.is_geographic:
        return np.zeros(len(given), bool)
    middle = np.median(bounds[near], axis=0)[:2]
    turned: Bools = (np.abs(bounds[:, [1, 0]] - middle) < 1).all(axis=1)
    return turned


# --- columns -----------------------------------------------------------------


def _ids(frame: Any, column: str | None, log: _Log) -> list[str]:
    """One text per building; row numbers where no column identifies them."""
    numbers = [str(i + 1) for i in range(len(frame))]
    if not _check_column(frame, column, "id", log):
        return numbers
    if column is None:
        column = _usual_id(frame)
    if column is None:
        log.notes.append("No id column; buildings are called by row, from 1.")
        return numbers
    text = _text(frame[column])
    ids = [t or f"row {n}" for t, n in zip(text, numbers, strict=True)]
    missing = np.array([t is None for t in text])
    if missing.any():
        log.faults.append(
            f"{_count(missing)} no id in column {column!r}: {_some(ids, missing)}. "
            "Fill them in or name another column by id=."
        )
    twice = pd.Series(ids).duplicated(keep=False).to_numpy()
    if twice.any():
        log.faults.append(
            f"{_count(twice)} an id in column {column!r} that another has too: "
            f"{_some(ids, twice)}. Ids must differ: take out buildings listed twice, "
            "or name another column by id=."
        )
    return ids


def _usual_id(frame: Any) -> str | None:
    by_name = {str(c).lower(): c for c in reversed(_columns(frame))}
    return next((by_name[name] for name in _ID_NAMES if name in by_name), None)


def _columns(frame: Any) -> list[str]:
    return [c for c in frame.columns if c != frame.geometry.name]


def _check_column(frame: Any, column: str | None, role: str, log: _Log) -> bool:
    """Log a column that is not there; True if it is or none was asked for."""
    known = _columns(frame)
    if column is None or column in known:
        return True
    lower = {str(name).lower(): str(name) for name in known}
    near = get_close_matches(str(column).lower(), lower, n=1)
    hint = f"Did you mean {lower[near[0]]!r}? " if near else ""
    log.faults.append(
        f"There is no column {column!r} ({role}). {hint}The columns are "
        f"{', '.join(map(str, known)) or 'none'}."
    )
    return False


def _text(column: Any) -> list[str | None]:
    """Values as trimmed text, None where there is none; the number 3.0 is "3"."""
    return [None if pd.isna(value) else _word(value) for value in column.tolist()]


def _word(value: Any) -> str | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _values(
    frame: Any, ids: list[str], columns: _Columns, costs: CostModel, log: _Log
) -> dict[str, Floats]:
    """Numbers per building that are summed over units, by the name of the sum."""
    if columns.area is None:
        words = _AREA_WORDS
        likely = [c for c in _columns(frame) if any(w in str(c).lower() for w in words)]
        log.faults.append(
            "No area column was named; floor area is what service is priced by. Give "
            f"area= one of {', '.join(map(str, likely or _columns(frame))) or 'none'}."
        )
    wanted = {"area": columns.area, "households": columns.households}
    log.faults.extend(
        f"sums cannot take a column {name!r}: that name is kept for the "
        f"{name} of a unit. Rename the column."
        for name in columns.sums
        if name == "load" or (name in wanted and wanted[name] != name)
    )
    wanted = {**wanted, **{n: n for n in columns.sums if n not in {*wanted, "load"}}}
    values = {
        name: _numbers(frame, column, name, ids, log)
        for name, column in wanted.items()
        if column is not None and _check_column(frame, column, name, log)
    }
    _note_area(values.get("area"), ids, log)
    log.faults.extend(
        f"Resource {resource.name!r} is counted per {resource.per!r}, which was not "
        "read. Name that column in sums=."
        for resource in costs.resources
        if resource.per not in wanted
    )
    return values


def _numbers(frame: Any, column: str, role: str, ids: list[str], log: _Log) -> Floats:
    """A column as numbers >= 0, faults logged."""
    raw = frame[column]
    number: Floats = pd.to_numeric(raw, errors="coerce").to_numpy(
        np.float64, na_value=np.nan
    )
    text = _text(raw)
    missing = np.array([t is None for t in text], bool)
    wrong = ~missing & ~np.isfinite(number)
    negative = np.isfinite(number) & (number < 0)
    if pd.api.types.is_bool_dtype(raw):
        wrong[:] = True
    kinds = ((missing, "missing"), (wrong, "not a number"), (negative, "negative"))
    for which, fault in kinds:
        if which.any():
            seen = [
                n if fault == "missing" else f"{n} has {t}"
                for n, t in zip(ids, text, strict=True)
            ]
            log.faults.append(
                f"Column {column!r} ({role}) must be a number >= 0; it is {fault} for "
                f"{which.sum():,} building(s): {_some(seen, which)}. Correct it, or "
                "take them out of the file."
            )
    if not pd.api.types.is_numeric_dtype(raw) and not wrong.any():
        log.notes.append(f"Column {column!r} holds text; it was read as numbers.")
    return number


def _note_area(area: Floats | None, ids: list[str], log: _Log) -> None:
    if area is None or not (area > 0).any():
        if area is not None and (area == 0).all():
            log.faults.append("Every floor area is 0. Name another column by area=.")
        return
    none = area == 0
    if none.any():
        log.notes.append(
            f"{_count(none)} a floor area of 0 and cost nothing: {_some(ids, none)}."
        )
    middle = float(np.median(area[area > 0]))
    if middle < _TINY_AREA:
        log.notes.append(
            f"Half of the floor areas are under {middle:g} m². If the column is in "
            "10,000 m² (万㎡), multiply it by 10,000."
        )


def _count(which: Bools) -> str:
    number = int(which.sum())
    return f"{number:,} building{'s have' if number > 1 else ' has'}"


def _some(names: Sequence[str], which: Bools) -> str:
    chosen = [names[i] for i in np.flatnonzero(which).tolist()]
    told = list(dict.fromkeys(chosen))[:_TOLD]
    rest = len(set(chosen)) - len(told)
    return ", ".join(told) + (f" and {rest:,} more" if rest else "")


def _capital(text: str) -> str:
    return text if Path(text).suffix else text[:1].upper() + text[1:]


# --- units -------------------------------------------------------------------


def _units(
    frame: Any, ids: list[str], column: str | None, log: _Log
) -> tuple[Ints, tuple[str, ...]]:
    """Position of each building's unit, and the names of units, by appearance."""
    if column is None:
        return np.arange(len(frame)), tuple(ids)
    text = _text(frame[column])
    taken = set(text)
    alone = np.array([t is None for t in text], bool)
    if alone.any():
        log.notes.append(
            f"{_count(alone)} no {column!r}; each is a unit of its own: "
            f"{_some(ids, alone)}."
        )
    labels = [t or _free_name(n, taken) for t, n in zip(text, ids, strict=True)]
    unit_of, names = pd.factorize(np.array(labels, object))
    return unit_of.astype(np.int64), tuple(names.tolist())


def _free_name(name: str, taken: set[str | None]) -> str:
    """Name of a building that stands alone; not that of a compound."""
    while name in taken:
        name = f"building {name}"
    return name


def _totals(
    values: dict[str, Floats], unit_of: Ints, n: int, log: _Log
) -> dict[str, Ints]:
    """Whole sums per unit: the one place where areas are rounded."""
    totals = {
        name: np.rint(np.bincount(unit_of, number, n)).astype(np.int64)
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


def _positions(xy: Floats, unit_of: Ints, area: Floats) -> Floats:
    """Mean place of each unit's buildings, by floor area, to the centimetre."""
    empty = np.bincount(unit_of, area) == 0
    weight = np.where(empty[unit_of], 1.0, area)
    total = np.bincount(unit_of, weight)
    # measured from one corner: sums of northings would lose digits
    corner = xy.min(axis=0)
    mean = [np.bincount(unit_of, weight * c) / total for c in (xy - corner).T]
    return np.asarray(np.round(np.column_stack(mean) + corner, 2))


def _note_spread(
    place: Floats, xy: Floats, unit_of: Ints, names: tuple[str, ...], log: _Log
) -> None:
    """Note units so wide that one name may stand for two compounds."""
    away = np.hypot(*(place - xy[unit_of]).T)
    wide = np.bincount(unit_of, away > WIDE) > 0
    if wide.any():
        log.notes.append(
            f"{wide.sum():,} unit(s) reach more than {WIDE / 1000:g} km from their "
            f"middle: {_some(names, wide)}. Check that no two compounds share a name."
        )


def _members(ids: list[str], unit_of: Ints, n: int) -> tuple[tuple[str, ...], ...]:
    members: list[list[str]] = [[] for _ in range(n)]
    for name, i in zip(ids, unit_of.tolist(), strict=True):
        members[i].append(name)
    return tuple(map(tuple, members))


# --- barriers and streets ----------------------------------------------------


def _barrier_shapes(frame: Any, log: _Log) -> tuple[NDArray[Any], tuple[str, ...]]:
    """Lines and polygons among the barriers, mended, and what they are called."""
    if frame is None:
        return np.empty(0, object), ()
    shapes = np.asarray(shapely.force_2d(frame.geometry.to_numpy()))
    usable = shapely.get_dimensions(shapes) >= 1
    usable &= ~shapely.is_empty(shapes) & _finite(shapes)
    if not usable.all():
        log.notes.append(
            f"{(~usable).sum()} barrier(s) are points or have no usable geometry; they "
            "cut nothing."
        )
    names = np.array(_barrier_names(frame), object)
    return shapely.make_valid(shapes[usable]), tuple(names[usable].tolist())


def _barrier_names(frame: Any) -> list[str]:
    columns = [frame[c] for c in ("kind", "name") if c in frame.columns]
    parts = zip(*map(_text, columns), strict=True) if columns else [()] * len(frame)
    return [
        " ".join(filter(None, part)) or f"barrier {i}"
        for i, part in enumerate(parts, 1)
    ]


def _way(
    xy: Floats, streets: Any, costs: CostModel, names: tuple[str, ...], log: _Log
) -> NDArray[np.int32] | None:
    if streets is None:
        return None
    lines = streets.geometry.to_numpy()
    usable = _finite(lines)
    if not usable.all():
        log.notes.append(f"{(~usable).sum()} street(s) have no usable geometry.")
    lines = lines[usable]
    way, notes = street_ways(xy, lines, detour=costs.detour, names=names)
    log.notes += notes
    return way
