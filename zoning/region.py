"""Region: the units to be zoned and who touches whom, as frozen arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from zoning.costs import COSTS, MOST_LOAD, CostModel
from zoning.directory import Directory
from zoning.errors import InputError
from zoning.text.arguments import (
    NAMES,
    NUMBER,
    WORD,
    Kind,
    Unlike,
    instance,
    limited,
    many,
    mapping,
    numbers,
    take,
    takes,
)
from zoning.text.labelled import in_order
from zoning.text.lists import first_few

if TYPE_CHECKING:
    import networkx as nx

T = TypeVar("T", bound=np.generic)
Ints = NDArray[np.int64]
Positions = NDArray[np.integer] | int
NO_AREA = (
    "No floor area is given, and no m² costs anything by which it could be told: units "
    "count as 0 m², so travel costs nothing. Give area in sums."
)
LOAD, BUILDINGS = "load", "buildings"  # bands may be asked of these in any region
NO_EDGES: NDArray[np.int32] = np.zeros((0, 2), np.int32)
MAX_GAP = 300.0  # metres a bridge within a zone may span
_FARTHEST = 2**31 - 1  # metres
_EXACT = 2**53  # floats below tell whole numbers apart


@dataclass(frozen=True, order=True)
class Barrier:
    """What no zone may cross: its name, and its kind ("river", "primary road")."""

    name: str
    kind: str = ""


@dataclass(frozen=True, order=True)
class Span:
    """The open ground that a bridge spans.

    Parameters
    ----------
    metres
        Whole metres from wall to wall, or from point to point where a building has no
        footprint.
    ends
        The two buildings it lies between, by id.
    """

    metres: int
    ends: tuple[str, str]


@dataclass(frozen=True, eq=False)
class Source:
    """Where a region was read from; only writing and drawing look at it.

    Parameters
    ----------
    frame
        The input table, one row a building, in metres, with a column ``unit`` that
        holds each building's position among the units.
    barriers, streets
        The companion layers in the same coordinates, or None.
    files
        Paths of the input files.
    sha256
        Digest over the bytes of all of them.
    unit_column, area_column, households_column
        The columns that grouped buildings to units, and that floor areas and
        households were read from, or None.
    crs
        Coordinate system of the buildings as given; layers are written back in it.
    choices
        Which column of the input was read as what; see `zoning.reading.roles.Choice`.
    datums
        Which layers were given in which shifted system ("gcj02", "bd09"), by name.
    systems
        The coordinate system in which each layer was given, by name.
    suspicions
        Layers that lie on each other as if shifted; see
        `zoning.reading.shift.Suspicion`.
    reach
        Metres within which neighbours were looked for, or None.
    """

    frame: Any = None
    barriers: Any = None
    streets: Any = None
    files: tuple[str, ...] = ()
    sha256: str = ""
    unit_column: str | None = None
    area_column: str | None = None
    households_column: str | None = None
    crs: Any = None
    choices: tuple[Any, ...] = ()
    datums: Mapping[str, str] = field(default_factory=dict)
    systems: Mapping[str, Any] = field(default_factory=dict)
    suspicions: tuple[Any, ...] = ()
    reach: float | None = None


def _graph(value: Any) -> Any:
    if isinstance(value, type) or not hasattr(value, "nodes"):
        raise Unlike
    return value


@dataclass(frozen=True, eq=False)
class Region:
    """Units with their loads and neighbours. Inside the library a unit is its position.

    Parameters
    ----------
    names
        One per unit, all different.
    xy
        n × 2 coordinates in metres, kept to the centimetre.
    load
        Yearly service cost of each unit, whole yuan, >= 0.
    sums
        Whole numbers per unit that bands and resources may refer to: ``area`` (m²),
        ``households``, and any other column.
    edges
        m × 2 positions of units that touch. Order and repetition do not matter.
    bridges
        The edges among them that only join parts which would be islands otherwise.
    spans
        For each of `bridges` what it spans. Not given: the straight line between the
        two units.
    max_gap
        Metres a bridge within a zone may span, above 0; a zone that hangs together only
        by a longer one is an exception, or not allowed where a problem is strict. None:
        no limit.
    cut_edges
        Neighbours separated by a barrier: no zone may use them, a lot may, at a price.
    direct
        Part of the load that is not a share of a resource; all of it if not given.
    costs
        The figures travel and lots are priced with.
    way
        n × n metres by street, 0 from a unit to itself, or None: straight line ×
        `costs.detour`.
    buildings
        For each unit the ids of its buildings; the unit's own name if not given.
    columns
        Further facts by column name, one value per building in the order of
        `building_ids`: words or numbers, None where not known, which an empty word
        and a number that is none are made. Rules, fees and contracts refer to them.
    cut_by
        For each of `cut_edges` what cuts it, or nothing where that is not known.
    notes
        What was assumed or mended while reading, in words.
    source
        Input tables, for writing and drawing.

    Raises
    ------
    InputError
        Sizes do not match, a load is negative, an edge names no unit, names repeat.
    """

    names: tuple[str, ...]
    xy: NDArray[np.float64]
    load: Ints
    sums: Mapping[str, Ints] = field(default_factory=dict)
    edges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    bridges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    spans: tuple[Span, ...] = ()
    max_gap: float | None = MAX_GAP
    cut_edges: NDArray[np.int32] = field(default_factory=NO_EDGES.copy)
    direct: Ints | None = None
    costs: CostModel = field(default_factory=CostModel)
    way: NDArray[np.int32] | None = None
    buildings: tuple[tuple[str, ...], ...] = ()
    columns: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    cut_by: tuple[tuple[Barrier, ...], ...] = ()
    notes: tuple[str, ...] = ()
    source: Source = field(default_factory=Source)

    def __post_init__(self) -> None:
        take(
            self,
            names=NAMES,
            sums=_SUMS,
            costs=COSTS,
            buildings=_BUILDINGS,
            columns=_COLUMNS,
            cut_by=_CUT_BY,
            spans=_SPANS,
            max_gap=GAP_LIMIT,
            notes=_NOTES,
            source=_SOURCE,
        )
        n = len(self.names)
        if n == 0:
            msg = "The region has no units. Check that the file holds buildings."
            raise InputError(msg)
        if len(set(self.names)) < n:
            repeated = sorted(
                x for x, times in Counter(self.names).items() if times > 1
            )
            msg = f"Unit names repeat: {first_few(repeated)}. Names must differ."
            raise InputError(msg)
        put = object.__setattr__
        pairs = f"{n} × 2 numbers, metres, a row for each unit"
        xy = numbers("xy", in_order("xy", self.xy, self.names), (n, 2), pairs)
        put(self, "xy", _frozen(np.round(xy.astype(np.float64), 2)))
        put(self, "load", _whole("load", self.load, self.names))
        direct = self.load if self.direct is None else self.direct
        put(self, "direct", _whole("direct", direct, self.names))
        sums = {k: _whole(k, self.sums[k], self.names) for k in sorted(self.sums)}
        put(self, "sums", sums)
        if not self.cut_by:
            put(self, "cut_by", ((),) * len(_pairs("cut_edges", self.cut_edges, n)))
        if not self.buildings:
            put(self, "buildings", tuple((name,) for name in self.names))
        if len(self.buildings) != n:
            msg = (
                f"buildings must tell the ids of each of the {n} units; got "
                f"{len(self.buildings)}."
            )
            raise InputError(msg)
        self._sort_cuts()
        self._sort_bridges()
        for name in ("edges", "bridges", "cut_edges"):
            put(self, name, _edges(name, getattr(self, name), n))
        if self.way is not None:
            put(self, "way", _ways(self.way, self.names))
        columns = {k: tuple(map(_known, self.columns[k])) for k in sorted(self.columns)}
        put(self, "columns", columns)
        count = len(self.building_ids)
        for name, column in self.columns.items():
            if len(column) != count:
                msg = (
                    f"Column {name!r} must have {count} values, one per building; it "
                    f"has {len(column)}."
                )
                raise InputError(msg)
        if not np.isfinite(self.xy).all():
            msg = f"Coordinates must be {n} pairs of finite numbers."
            raise InputError(msg)
        if "area" not in self.sums:
            self._look_at_area()

    def _look_at_area(self) -> None:
        """Refuse loads that no floor area could cause; note where there is none."""
        per = self.costs.load_per_m2()
        if per == 0 and NO_AREA not in self.notes:
            object.__setattr__(self, "notes", (*self.notes, NO_AREA))
        if per > 0 and self.load.max() / per > MOST_LOAD:
            msg = (
                f"No floor area is given, and a m² costs {per:g} yuan a year: "
                f"{self.names[int(self.load.argmax())]} would have "
                f"{self.load.max() / per:.3g} m². Give area in sums, or correct the "
                "costs."
            )
            raise InputError(msg)

    def __len__(self) -> int:
        return len(self.names)

    def _sort_cuts(self) -> None:
        """Keep what cuts an edge beside it while edges are put in order."""
        pairs = _pairs("cut_edges", self.cut_edges, len(self))
        edges = np.sort(pairs, axis=1)
        if len(self.cut_by) != len(edges):
            msg = (
                f"cut_by must say for each of the {len(edges)} cut edges what cuts it; "
                f"got {len(self.cut_by)}."
            )
            raise InputError(msg)
        cuts: dict[tuple[int, ...], tuple[Barrier, ...]] = {}
        for edge, by in zip(map(tuple, edges.tolist()), self.cut_by, strict=True):
            if edge[0] != edge[1]:
                cuts[edge] = tuple(sorted({*cuts.get(edge, ()), *by}))
        object.__setattr__(self, "cut_by", tuple(cuts[edge] for edge in sorted(cuts)))

    def _sort_bridges(self) -> None:
        """Keep what a bridge spans beside it; of two for one pair the shorter."""
        pairs = _pairs("bridges", self.bridges, len(self))
        edges = np.sort(pairs, axis=1)
        given = self.spans or self._straight_spans(edges)
        if len(given) != len(edges):
            msg = (
                f"spans must say for each of the {len(edges)} bridges what it spans; "
                f"got {len(given)}."
            )
            raise InputError(msg)
        best: dict[tuple[int, ...], Span] = {}
        for edge, span in zip(map(tuple, edges.tolist()), given, strict=True):
            if edge[0] != edge[1]:
                best[edge] = min(span, best.get(edge, span))
        object.__setattr__(self, "spans", tuple(best[edge] for edge in sorted(best)))

    def _straight_spans(self, edges: NDArray[np.int64]) -> tuple[Span, ...]:
        line = np.rint(straight_line(self.xy, edges[:, 0], edges[:, 1])).astype(int)
        ids = [next(iter(mine), "") for mine in self.buildings]
        return tuple(
            Span(metres, (ids[a], ids[b]))
            for metres, (a, b) in zip(line.tolist(), edges.tolist(), strict=True)
        )

    @cached_property
    def building_ids(self) -> tuple[str, ...]:
        """Ids of all buildings, unit by unit."""
        return tuple(name for mine in self.buildings for name in mine)

    @cached_property
    def unit_of_building(self) -> Ints:
        """Position of the unit of each of `building_ids`."""
        sizes = [len(mine) for mine in self.buildings]
        return _frozen(np.repeat(np.arange(len(self)), sizes))

    @cached_property
    def directory(self) -> Directory:
        """What units and buildings are called by people, and what words stand for."""
        return Directory(self.names, self.buildings, self.columns)

    @property
    def labels(self) -> tuple[str, ...]:
        """For each unit its name for people; its id, as in `names`, without one."""
        return self.directory.labels

    def called(self, unit: int) -> str:
        """Name of a unit for people, and its id in brackets where that is another."""
        return self.directory.called(unit)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Pickling loses the write protection of arrays; put it back."""
        for value in (*state.values(), *state["sums"].values()):
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
        self.__dict__.update(state)

    @classmethod
    @takes(
        graph=Kind("a networkx graph", _graph),
        load=WORD,
        x=WORD,
        y=WORD,
        sums=many(WORD, "names of attributes", "('area',)"),
        costs=COSTS.or_none,
    )
    def from_networkx(
        cls,
        graph: nx.Graph[Any],
        *,
        load: str = "load",
        x: str = "x",
        y: str = "y",
        sums: tuple[str, ...] = (),
        costs: CostModel | None = None,
    ) -> Region:
        """Region of any graph: nodes are units, edges say who touches whom.

        Parameters
        ----------
        graph
            Undirected; node names become unit names.
        load, x, y
            Node attributes: yearly cost in whole yuan, coordinates in metres.
        sums
            Further node attributes to keep, for bands (``("area", "households")``).
        costs
            Figures travel and lots are priced with. Without an ``area`` attribute a
            unit counts as the floor area that would cause its load.

        Raises
        ------
        InputError
            A node lacks an attribute.

        Examples
        --------
        >>> import networkx as nx
        >>> graph = nx.path_graph(["a", "b", "c"])
        >>> for at, name in enumerate(graph):
        ...     graph.nodes[name].update(x=100.0 * at, y=0.0, load=1_000)
        >>> region = Region.from_networkx(graph)
        >>> region.names, region.edges.tolist()
        (('a', 'b', 'c'), [[0, 1], [1, 2]])
        """
        nodes = list(graph.nodes)
        wanted = (load, x, y, *sums)
        faults = [
            f"node {node!r} has no {key!r}"
            for node in nodes
            for key in wanted
            if key not in graph.nodes[node]
        ]
        if faults:
            msg = f"Attributes are missing: {first_few(faults, mark='; ')}."
            raise InputError(msg)
        position = {node: i for i, node in enumerate(nodes)}
        edges = [(position[a], position[b]) for a, b in graph.edges if a != b]
        of: dict[str, Any] = {
            key: [graph.nodes[node][key] for node in nodes] for key in wanted
        }
        xy: Any = [[across, up] for across, up in zip(of[x], of[y], strict=True)]
        return cls(
            names=tuple(str(node) for node in nodes),
            xy=xy,
            load=of[load],
            sums={key: of[key] for key in sums},
            edges=np.array(edges, np.int32).reshape(-1, 2),
            costs=costs or CostModel(),
        )

    @cached_property
    def area(self) -> Ints:
        """Floor area of each unit, m²; what travel is priced by.

        Where none is given, what would cause the unit's load; 0 where no m² costs
        anything.
        """
        if "area" in self.sums:
            return self.sums["area"]
        per = self.costs.load_per_m2()
        like = np.rint(self.load / per) if per else np.zeros(len(self))
        return _frozen(like.astype(np.int64))

    def values_of(self, name: str) -> Ints:
        """What each unit adds to a sum that bands may be asked of.

        One of `sums`, ``"load"``, or ``"buildings"``: how many buildings the unit is,
        unless `sums` has another meaning of that word.

        Raises
        ------
        KeyError
            There is no sum of this name.

        Examples
        --------
        >>> region = Region(("yard", "tower"), [(0, 0), (9, 0)], [7, 5],
        ...                 buildings=(("a", "b"), ("c",)))
        >>> region.values_of("buildings").tolist(), region.values_of("load").tolist()
        ([2, 1], [7, 5])
        """
        if name == LOAD:
            return self.load
        if name == BUILDINGS and name not in self.sums:
            return self._building_count
        return self.sums[name]

    @cached_property
    def _building_count(self) -> Ints:
        return _frozen(np.array([len(mine) for mine in self.buildings], np.int64))

    def distance(self, units: Positions, others: Positions) -> NDArray[np.float64]:
        """Metres between units, position by position: by street, or straight lines.

        This is the one place that knows which; times `way_factor` it is metres of way.

        Parameters
        ----------
        units, others
            Positions of units, which are broadcast against each other.
        """
        if self.way is not None:
            return np.asarray(self.way[units, others], np.float64)
        return np.asarray(straight_line(self.xy, units, others))

    @property
    def way_factor(self) -> float:
        """Metres of way for a metre of `distance`: streets need no detour."""
        return 1.0 if self.way is not None else self.costs.detour

    @cached_property
    def adjacency(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Neighbours in CSR form: `indptr`, `indices`, ascending within a unit."""
        graph = self.graph(self.edges)
        return _frozen(graph.indptr.astype(np.int32)), _frozen(
            graph.indices.astype(np.int32)
        )

    @cached_property
    def is_complete(self) -> bool:
        """Everybody touches everybody: contiguity forbids nothing."""
        n = len(self)
        return bool(len(self.edges) == n * (n - 1) // 2)

    def graph(self, edges: NDArray[np.int32]) -> csr_array:
        """Symmetric sparse matrix of some edges between this region's units."""
        n = len(self)
        both = np.concatenate([edges, edges[:, ::-1]])
        ones = np.ones(len(both), np.int8)
        graph = csr_array((ones, (both[:, 0], both[:, 1])), shape=(n, n))
        graph.sort_indices()
        return graph

    @cached_property
    def near_edges(self) -> NDArray[np.int32]:
        """The edges that are no bridges."""
        n = len(self)
        bridge = np.isin(self.edges @ [n, 1], self.bridges @ [n, 1])
        return _frozen(self.edges[~bridge])

    @cached_property
    def components(self) -> NDArray[np.int32]:
        """For each unit the number of the connected part it lies in."""
        return _frozen(connected_components(self.graph(self.edges))[1])

    def equals(self, other: Region) -> bool:
        """Same units, loads, sums and edges, to the last digit."""
        return (
            self.names == other.names
            and self.buildings == other.buildings
            and self.costs == other.costs
            and self.columns == other.columns
            and self.cut_by == other.cut_by
            and self.spans == other.spans
            and self.max_gap == other.max_gap
            and self.sums.keys() == other.sums.keys()
            and all(
                np.array_equal(getattr(self, k), getattr(other, k))
                for k in ("xy", "load", "direct", "edges", "bridges", "cut_edges")
            )
            and all(np.array_equal(v, other.sums[k]) for k, v in self.sums.items())
        )


def straight_line(xy: Any, i: Any, j: Any) -> Any:
    """Metres of straight line between positions i and j.

    The one formula, for arrays of positions and, compiled, for two of them: searches
    must get the very same last digit. `numpy.hypot` gives another.
    """
    dx = xy[i, 0] - xy[j, 0]
    dy = xy[i, 1] - xy[j, 1]
    return np.sqrt(dx * dx + dy * dy)


REGION = instance(Region, "a Region", "zoning.read(...)")


def _values(value: Any) -> tuple[Any, ...]:
    """A column: a value for each building."""
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
        raise Unlike
    return tuple(value)


_COLUMNS = mapping(
    Kind("a list of values, one for each building", _values), "columns by name"
)
_SUMS = mapping(Kind("numbers, one for each unit", lambda value: value), "sums by name")
_BUILDINGS = many(NAMES, "for each unit the ids of its buildings", "(('a1', 'a2'),)")
_CUT_BY = many(
    many(instance(Barrier, "a Barrier"), "Barriers"),
    "for each cut edge a tuple of Barriers",
    "((Barrier('Hequ street'),),)",
)
_SPANS = many(
    instance(Span, "a Span"), "Spans, one for each bridge", "(Span(120, ('a', 'b')),)"
)
GAP_LIMIT = limited(
    NUMBER, lambda metres: metres > 0, "a number of metres above 0", "300"
).or_none
_NOTES = many(WORD, "sentences in a tuple")
_SOURCE = instance(Source, "a Source")


def _frozen(values: NDArray[T]) -> NDArray[T]:
    values.setflags(write=False)
    return values


def _known(value: Any) -> Any:
    """A fact as files hold it; None where it is an empty word or no number.

    Numbers of numpy become plain ones, 3.0 becomes 3, as a column with gaps holds it
    and zones are not called; days and times become their text.
    """
    if isinstance(value, str):
        return str(value) if value.strip() else None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _EXACT
        return None if isnan(value) else int(value) if whole else value
    if isinstance(value, datetime):
        return None if value != value else value.date().isoformat()  # NaT is not itself
    return value.isoformat() if isinstance(value, date) else value


def _whole(what: str, values: ArrayLike, names: tuple[str, ...]) -> Ints:
    told = f"{len(names)} numbers, one per unit"
    ordered = in_order(what, values, names)
    array = np.asarray(numbers(what, ordered, (len(names),), told), np.float64)
    bad = np.flatnonzero(~(np.isfinite(array) & (array >= 0)))
    if len(bad):
        told = first_few(f"{names[i]} has {array[i]:g}" for i in bad)
        msg = f"{what} must be a number >= 0 for every unit; {told}."
        raise InputError(msg)
    huge = np.flatnonzero(array > MOST_LOAD)
    if len(huge):
        told = first_few(f"{names[i]} has {array[i]:g}" for i in huge)
        msg = f"{what} is beyond measure, above {MOST_LOAD:g}; {told}."
        raise InputError(msg)
    return _frozen(np.rint(array).astype(np.int64))


def _ways(way: ArrayLike, names: tuple[str, ...]) -> NDArray[np.int32]:
    """Metres between every two units."""
    n = len(names)
    ordered = in_order("way", way, names, axes=(0, 1))
    array = numbers("way", ordered, (n, n), f"{n} × {n} metres, a row for each unit")
    if not ((array >= 0) & (array <= _FARTHEST)).all():
        msg = "way must be a number of metres >= 0 between every two units."
        raise InputError(msg)
    own = np.flatnonzero(np.diagonal(array))
    if len(own):
        told = first_few((names[i] for i in own), 5)
        msg = (
            f"way from a unit to itself must be 0; it is not for {told}. Every search "
            "takes it that a center is served without a way."
        )
        raise InputError(msg)
    return _frozen(np.rint(array).astype(np.int32))


def _pairs(what: str, edges: ArrayLike, n: int) -> NDArray[np.int64]:
    """Positions of two units in each row."""
    array = numbers(what, edges, (-1, 2), "pairs of positions of units, such as (0, 1)")
    if (array != np.rint(array)).any():
        msg = f"{what} must be whole positions of units; got fractions."
        raise InputError(msg)
    if array.size and (array.min() < 0 or array.max() >= n):
        msg = (
            f"{what} must join positions 0..{n - 1}; got {array.min()}..{array.max()}."
        )
        raise InputError(msg)
    return np.asarray(array, np.int64)


def _edges(what: str, edges: ArrayLike, n: int) -> NDArray[np.int32]:
    array = np.sort(_pairs(what, edges, n), axis=1)
    array = array[array[:, 0] != array[:, 1]]
    return _frozen(np.unique(array, axis=0).reshape(-1, 2).astype(np.int32))
