"""Cases: a folder of inputs, one of them mutated, and a command that is given them."""

from __future__ import annotations

import copy
import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz import archives, blobs, hostile, sheets, trees
from tests.fuzz.base import BIDS, LAYERS, PARTS, SCENARIO, Base
from zoning.planfile.digests import digests_of

QUICK = ("--time", "0.3", "--seed", "1")
IN, OUT, PLAN = "in", "out", "plan"


@dataclass(frozen=True)
class Case:
    """What is typed, in a folder with what it is typed about.

    Parameters
    ----------
    kind
        What was mutated.
    arguments
        As typed.
    files
        Content by path in the folder.
    links
        Symbolic links, where they lead to; a pipe where that is "|".
    """

    kind: str
    arguments: tuple[str, ...]
    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def put(self, folder: Path) -> None:
        """Write the inputs, and what nobody may touch, into an empty folder."""
        for name in (IN, "tmp", "home"):
            (folder / name).mkdir(parents=True)
        for name, content in (*_secrets(), *self.files.items()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name, target in self.links.items():
            if target == "|":
                import os

                os.mkfifo(folder / name)
            else:
                (folder / name).symlink_to(target)


def _secrets() -> list[tuple[str, bytes]]:
    words = f"id,{hostile.TOKEN},x,y\n{hostile.TOKEN},1,2,3\n".encode()
    shape = {"type": "Point", "coordinates": [126.6, 45.7]}
    feature = {
        "type": "Feature",
        "properties": {"id": hostile.TOKEN},
        "geometry": shape,
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    told = (("csv", words), ("geojson", text), ("txt", words))
    return [
        (f"{folder}/secret.{end}".lstrip("/"), content)
        for folder in ("", IN)
        for end, content in told
    ]


Make = Callable[[Base, Random], Case]


# --- buildings and what lies around them


def layers(base: Base, chance: Random) -> Case:
    """One of the three GeoJSON files, as bytes or as a tree."""
    files = {f"{IN}/{name}.geojson": base.layer(name) for name in LAYERS}
    name = chance.choice(("buildings", "buildings", *LAYERS))
    files[f"{IN}/{name}.geojson"] = _json(base.tree[name], base.layer(name), chance)
    return Case("layers", _reading(chance, [*files]), files)


def _json(tree: Any, content: bytes, chance: Random) -> bytes:
    if chance.random() < 0.3:
        return blobs.mutated(content, chance, blobs.TEXT)
    return trees.as_json(trees.mutated(tree, chance), chance)


def columns(base: Base, chance: Random) -> Case:
    """Values in the table of buildings: some, or all of a column."""
    tree = copy.deepcopy(base.tree["buildings"])
    for _ in range(chance.choice((1, 1, 2, 4))):
        _recolumn(tree["features"], chance)
    files = {f"{IN}/{name}.geojson": base.layer(name) for name in LAYERS}
    files[f"{IN}/buildings.geojson"] = trees.as_json(tree, chance)
    return Case("columns", _reading(chance, [*files]), files)


def _recolumn(features: list[Any], chance: Random) -> None:
    name = chance.choice([*features[0]["properties"]])
    one = hostile.value(chance)
    share = chance.choice((0.03, 0.5, 1.0))
    new = hostile.word(chance) if chance.random() < 0.2 else name
    for feature in features:
        if chance.random() < share:
            feature["properties"].pop(name, None)
            feature["properties"][new] = one


def shapes(base: Base, chance: Random) -> Case:
    """Coordinates: far, none, crossing themselves, all in one place, of other kinds."""
    files = {f"{IN}/{name}.geojson": base.layer(name) for name in LAYERS}
    name = chance.choice(LAYERS)
    tree = copy.deepcopy(base.tree[name])
    change = _reshaped(chance.choice((0.03, 0.3, 1.0)), chance)
    for feature in tree["features"]:
        feature["geometry"] = change(feature["geometry"])
    files[f"{IN}/{name}.geojson"] = trees.as_json(tree, chance)
    return Case("shapes", _reading(chance, [*files]), files)


def _moved(shape: Any, change: Callable[[float, float], list[Any]]) -> Any:
    def inner(part: Any) -> Any:
        if part and not isinstance(part[0], list):
            return change(part[0], part[1])
        return [inner(one) for one in part]

    return {**shape, "coordinates": inner(shape["coordinates"])}


_HERE = [126.6165, 45.7295]
_MOVES: tuple[Callable[[float, float, Random], list[Any]], ...] = (
    lambda x, y, _: [y, x],
    lambda x, y, chance: [x + chance.uniform(-9, 9), y],
    lambda x, y, _: [round(x, 3), round(y, 3)],
    lambda *_: _HERE,
    lambda x, y, chance: [x, y, chance.choice((0, 1e308))],
    lambda _, y, chance: [hostile.number(chance), y],
    lambda x, y, chance: [x * 1e5 * chance.choice((1, 1e3, 1e200)), y * 1e5],
)
_OTHERS: tuple[Callable[[Any], Any], ...] = (
    lambda _: None,
    lambda _: {"type": "Point", "coordinates": _HERE},
    lambda _: {"type": "Point", "coordinates": []},
    lambda _: {"type": "Polygon", "coordinates": []},
    lambda _: {"type": "Polygon", "coordinates": [[_HERE, _HERE, _HERE]]},
    lambda _: {"type": "LineString", "coordinates": [_HERE, _HERE]},
    lambda shape: {"type": "GeometryCollection", "geometries": [shape, shape]},
    lambda shape: {**shape, "type": "MultiPolygon"},
    lambda shape: {**shape, "type": "Curve"},
)


def _reshaped(share: float, chance: Random) -> Callable[[Any], Any]:
    """Changes some shapes, all in one way."""
    move, other = chance.choice(_MOVES), chance.choice(_OTHERS)
    moves = chance.random() < 0.5

    def changed(shape: Any) -> Any:
        if chance.random() > share:
            return shape
        if moves:
            return _moved(shape, lambda x, y: move(x, y, chance))
        return other(shape)

    return changed


def _reading(chance: Random, files: list[str]) -> tuple[str, ...]:
    """A command that reads such files."""
    given = [*files]
    options: list[str] = []
    if chance.random() < 0.3:
        options += ["--unit", "compound_id", "--area", "floor_area_m2"]
    for name in ("streets", "barriers"):
        path = f"{IN}/{name}.geojson"
        if path in given and chance.random() < 0.3:
            given.remove(path)
            options += [f"--{name}", path]
    if chance.random() < 0.4:
        return ("inspect", *given, *options, "--out", OUT)
    zones = ("--zones", chance.choice(("6", "6", "3", "40", "2-4")))
    zones = chance.choice((zones, zones, ()))
    return ("plan", *given, *options, *zones, *QUICK, "--out", OUT)


# --- other kinds of files


def shapefile(base: Base, chance: Random) -> Case:
    parts = dict(base.shapefile)
    for _ in range(chance.choice((1, 1, 2))):
        end = chance.choice((*PARTS, ".shp", ".dbf"))
        if chance.random() < 0.2:
            parts.pop(f"a{end}", None)
        elif f"a{end}" in parts:
            changes = blobs.TEXT if end in (".prj", ".cpg") else blobs.ANY
            parts[f"a{end}"] = blobs.mutated(parts[f"a{end}"], chance, changes)
    files = {f"{IN}/{name}": content for name, content in parts.items()}
    given = f"{IN}/{chance.choice((*['a.shp'] * 9, 'a.dbf', 'a.shx'))}"
    return Case("shapefile", _reading(chance, [given]), files)


def binary(base: Base, chance: Random) -> Case:
    """Bytes of a GeoPackage, FlatGeobuf, GeoParquet or KML."""
    name, content, changes = chance.choice(
        (
            ("a.gpkg", base.geopackage, blobs.ANY),
            ("a.fgb", base.flatgeobuf, blobs.ANY),
            ("a.parquet", base.parquet, blobs.ANY),
            ("a.kml", base.kml, blobs.TEXT),
        )
    )
    made = blobs.mutated(content, chance, changes)
    if chance.random() < 0.1:  # under another ending
        name = (
            f"a{chance.choice(('.json', '.shp', '.zip', '.xlsx', '.csv', '.gml', ''))}"
        )
    path = f"{IN}/{name}"
    return Case("binary", _reading(chance, [path]), {path: made})


def kml(base: Base, chance: Random) -> Case:
    """KML with parts that lead elsewhere, or have no end."""
    text = base.kml.decode()
    told = chance.choice(
        (
            f"<NetworkLink><Link><href>{chance.choice(hostile.PATHS[:20])}</href></Link>"
            "</NetworkLink>",
            "<MultiGeometry>" * chance.choice((2, 60, 3_000)),
            "<Placemark/>" * chance.choice((1, 5_000)),
            "<Placemark><Point><coordinates>nan,1e999</coordinates></Point></Placemark>",
            "<Placemark><Point><coordinates>1</coordinates></Point></Placemark>",
            "<Folder><name>\u202e</name><Placemark><name>x</name></Placemark></Folder>",
            "<Style><IconStyle><Icon><href>secret.csv</href></Icon></IconStyle></Style>",
            '<Placemark xmlns:x="y"><x:Point/></Placemark>',
            chance.choice(archives._ENTITIES),
        )
    )
    marks = [at for at, sign in enumerate(text) if sign == "<"]
    at = chance.choice(marks)
    made = f"{text[:at]}{told}{text[at:]}".encode("utf-8", "replace")
    path = f"{IN}/a.kml"
    return Case("kml", _reading(chance, [path]), {path: made})


def packed(base: Base, chance: Random) -> Case:
    name = chance.choice([*base.zips])
    path = f"{IN}/{name}"
    made = archives.mutated(base.zips[name], chance)
    given = f"{path}{chance.choice(('', '', '', '', '::a', '::buildings'))}"
    return Case("packed", _reading(chance, [given]), {path: made})


_SQL = (
    "delete from gpkg_contents",
    "delete from gpkg_geometry_columns",
    "delete from gpkg_spatial_ref_sys",
    "update gpkg_spatial_ref_sys set definition = ?",
    "update gpkg_spatial_ref_sys set organization_coordsys_id = ?",
    "update gpkg_contents set srs_id = ?",
    "update gpkg_contents set table_name = ?",
    "update gpkg_contents set data_type = ?",
    "update gpkg_contents set min_x = ?, last_change = ?",
    "update gpkg_geometry_columns set geometry_type_name = ?",
    "update gpkg_geometry_columns set column_name = ?",
    "update gpkg_geometry_columns set z = ?, m = ?",
    "update a set floor_area_m2 = ?",
    "update a set compound_id = ?",
    "update a set id = ?",
    "update a set geom = ?",
    "update a set geom = zeroblob(90)",
    "update a set geom = substr(geom, 1, 60)",
    "update a set geom = null where fid < 9",
    "update a set households = ? where fid = 3",
    "create view v as select * from a",
    "create view v as select ogr_datasource_load_layers('secret.csv')",
    "create view v as select load_extension('secret')",
    "create virtual table v using VirtualOGR('secret.csv')",
    "create table secret (id, geom)",
    "create trigger t after insert on a begin delete from a; end",
    "insert into a select * from a",
    "delete from a",
    "drop table a",
    "alter table a add column zone",
    'alter table a add column "\u202ex\'y" default 5',
    'alter table a rename column floor_area_m2 to "=1+1"',
    "create table gpkg_extensions2 (a)",
    "pragma application_id = 7",
    "pragma user_version = -1",
    "pragma writable_schema = on; update sqlite_master set sql = 'x' where name = 'a'",
)


def database(base: Base, chance: Random) -> Case:
    """A GeoPackage changed as a database."""
    with _scratch() as folder:
        file = folder / "a.gpkg"
        file.write_bytes(base.geopackage)
        db = sqlite3.connect(file)
        for _ in range(chance.choice((1, 1, 2, 4))):
            _sql(db, chance)
        db.commit()
        db.close()
        made = file.read_bytes()
    path = f"{IN}/a.gpkg"
    return Case("database", _reading(chance, [path]), {path: made})


def _scratch() -> Any:
    from contextlib import contextmanager
    from tempfile import TemporaryDirectory

    @contextmanager
    def made() -> Any:
        with TemporaryDirectory() as folder:
            yield Path(folder)

    return made()


def _sql(db: sqlite3.Connection, chance: Random) -> None:
    statement = chance.choice(_SQL)
    given = []
    for _ in range(statement.count("?")):
        one = hostile.value(chance)
        plain = isinstance(one, str | float) or (type(one) is int and abs(one) < 2**63)
        text = one if plain else str(one)
        given.append(
            text.encode("utf-8", "replace").decode() if isinstance(text, str) else text
        )
    try:
        for one in statement.split(";") if "writable" in statement else [statement]:
            db.execute(one, given)
    except sqlite3.Error:
        pass  # this one cannot be done to it: the file stays as it is


# --- lists


def listed(base: Base, chance: Random) -> Case:
    """A list of buildings with coordinates, as a spreadsheet or text."""
    name, content = _table(base.rows, base.workbooks["list.xlsx"], chance)
    path = f"{IN}/{name}"
    return Case("listed", _reading(chance, [path]), {path: content})


def joined(base: Base, chance: Random) -> Case:
    """A list beside the shapes."""
    rows = [row[:6] for row in base.rows]
    name, content = _table(rows, base.workbooks["list.xlsx"], chance)
    files = {f"{IN}/{layer}.geojson": base.layer(layer) for layer in LAYERS}
    given = _reading(chance, [*files])
    on = chance.choice(((), ("--on", "id=编号"), ("--on", "id"), ("--on", "=")))
    files[f"{IN}/{name}"] = content
    return Case("joined", (*given, "--join", f"{IN}/{name}", *on), files)


def _table(rows: Any, book: bytes, chance: Random) -> tuple[str, bytes]:
    """A table that was changed: its cells, or the parts of its workbook."""
    kind = chance.random()
    if kind < 0.3:
        return "list.xlsx", archives.mutated(book, chance, archives.SHEETS)
    made = sheets.mutated(rows, chance)
    if kind < 0.65:
        return "list.xlsx", sheets.as_xlsx(made, chance)
    if kind < 0.75:
        old = sheets.as_xls(made, chance)
        return "list.xls", blobs.mutated(old, chance) if chance.random() < 0.5 else old
    text = sheets.as_csv(made, chance)
    if chance.random() < 0.4:
        text = blobs.mutated(text, chance, blobs.TEXT)
    return chance.choice(("list.csv", "list.csv", "list.txt", "list.xls")), text


# --- scenarios


def scenario(base: Base, chance: Random) -> Case:
    """Some of its tables, changed."""
    names = chance.sample([*SCENARIO], chance.choice((1, 2, 3, 6, len(SCENARIO))))
    tables = {name: SCENARIO[name] for name in SCENARIO if name in names}
    text = trees.as_toml(trees.mutated(tables, chance))
    if chance.random() < 0.25:
        text = blobs.mutated(trees.as_toml(tables), chance, blobs.TEXT)
    files = {f"{IN}/{name}.geojson": base.layer(name) for name in LAYERS}
    option = chance.choice((*["--scenario"] * 5, "--profile"))
    given = (option, f"{IN}/s.toml")
    kind = chance.random()
    if kind < 0.15 and option == "--scenario":
        files = _plan(base)
        arguments = ("bundle", PLAN, "--size", "2", *given, *QUICK)
    else:
        arguments = (*_reading(chance, [*files]), *given)
    files[f"{IN}/s.toml"] = text
    return Case("scenario", arguments, files)


# --- bids


def bids(base: Base, chance: Random) -> Case:
    name, content = _table(BIDS, base.workbooks["bids.xlsx"], chance)
    name = name.replace("list", "bids")
    more = chance.choice(
        ((), ("--value-weights", "60:40"), ("--one-bid",), ("--reserve", "1.1"))
    )
    arguments = ("award", PLAN, "--bids", f"{IN}/{name}", *more, *QUICK)
    return Case("bids", arguments, {**_plan(base), f"{IN}/{name}": content})


# --- written plans


def _plan(base: Base, folder: str = PLAN) -> dict[str, bytes]:
    files = {f"{folder}/{name}": content for name, content in base.written.items()}
    return {**files, f"{folder}/secret.csv": hostile.TOKEN.encode()}


def _about_plan(base: Base, chance: Random, files: dict[str, bytes]) -> tuple[str, ...]:
    """A command that reads a written plan."""
    command = chance.choice(
        (
            *(
                ("check", PLAN),
                ("check", PLAN),
                ("check", PLAN),
                ("adopt", PLAN, *QUICK),
            ),
            *(("adopt", PLAN, *QUICK), ("explain", PLAN, "--zone", "1", *QUICK)),
            ("explain", PLAN, "--building", "B0004", "--to", "2", *QUICK),
            ("money", PLAN, "--draws", "50"),
            ("stations", PLAN, *QUICK),
            ("bundle", PLAN, "--size", "2", *QUICK),
            ("bundle", PLAN, "--size", "3", *QUICK, "--out", OUT),
            ("frontier", PLAN, "--values", "0.3", *QUICK, "--out", OUT),
            ("alternatives", PLAN, "--count", "2", *QUICK, "--out", OUT),
            ("compare", PLAN, "other", "--out", OUT),
            ("compare", "other", PLAN, "--out", OUT),
            ("award", PLAN, "--bids", f"{IN}/bids.xlsx", *QUICK),
        )
    )
    if command[0] == "compare":
        files.update(_plan(base, "other"))
    if command[0] == "award":
        files[f"{IN}/bids.xlsx"] = base.workbooks["bids.xlsx"]
    return command


def planned(base: Base, chance: Random) -> Case:
    """plan.json, as bytes or as a tree; half of the trees with digests that fit."""
    files = _plan(base)
    path, tree = f"{PLAN}/plan.json", base.tree["plan.json"]
    if chance.random() < 0.2:
        files[path] = blobs.mutated(files[path], chance, blobs.TEXT)
    else:
        if chance.random() < 0.1:
            tree = _own_travel(tree, chance)
        made = trees.mutated(tree, chance)
        if isinstance(made, dict) and "digests" in made and chance.random() < 0.6:
            made["digests"] = _digests(made)
        files[path] = trees.as_json(made, chance)
    return Case("planned", _about_plan(base, chance, files), files)


def _digests(table: dict[str, Any]) -> Any:
    try:
        return digests_of(table)
    except (ValueError, RecursionError, OverflowError):
        return table["digests"]


def _own_travel(tree: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The plan with a travel table of its own, of one odd cell."""
    size = len(tree["units"])
    table: list[list[Any]] = [
        [0 if i == j else 9 for j in range(size)] for i in range(size)
    ]
    table[chance.randrange(size)][chance.randrange(size)] = hostile.value(chance)
    if chance.random() < 0.2:
        table.pop()
    return {**tree, "travel": {**tree["travel"], "cost_table": table}}


def edited(base: Base, chance: Random) -> Case:
    """The layers beside plan.json, edited by hand: zones, lots, all else."""
    files = _plan(base)
    name = chance.choice((*["buildings.geojson"] * 5, "zones.geojson", "lots.geojson"))
    path, tree = f"{PLAN}/{name}", base.tree[name]
    kind = chance.random()
    if kind < 0.2:
        files[path] = blobs.mutated(files[path], chance, blobs.TEXT)
    elif kind < 0.5:
        files[path] = trees.as_json(trees.mutated(tree, chance), chance)
    else:
        made = copy.deepcopy(tree)
        for _ in range(chance.choice((1, 2, 5))):
            one = chance.choice(made["features"])["properties"]
            key = chance.choice(("zone", "zone", "lot"))
            here = chance.choice(made["features"])["properties"].get(key)
            one[key] = chance.choice((here, here, here, hostile.value(chance)))
        files[path] = trees.as_json(made, chance)
    about = _about_plan(base, chance, files)
    command = chance.choice((("check", PLAN), ("adopt", PLAN, *QUICK), about))
    return Case("edited", command, files)


def other_papers(base: Base, chance: Random) -> Case:
    """Tables and papers beside the plan."""
    files = _plan(base)
    name = chance.choice(
        ("zones.csv", "lots.csv", "papers.json", "map.png", "plan.json")
    )
    before = files.get(f"{PLAN}/{name}", b'{"money": "abc", "award": []}')
    files[f"{PLAN}/{name}"] = blobs.mutated(before, chance, blobs.TEXT)
    return Case("papers", _about_plan(base, chance, files), files)


# --- what a search keeps until it comes to its end


def kept(base: Base, chance: Random) -> Case:
    """What `zoning resume` goes on from: what was typed, and what was found."""
    files = {f"{IN}/{name}.geojson": base.layer(name) for name in LAYERS}
    table: Any = {
        "typed": ["plan", *files, "--zones", "6", *QUICK, "--out", OUT],
        "folder": ".",
        "versions": {"python": "3.11.7"},
        "files": {name: hashlib.sha256(one).hexdigest() for name, one in files.items()},
    }
    text = trees.as_json(table, chance)
    kind = chance.random()
    if kind < 0.5:
        text = trees.as_json(trees.mutated(table, chance), chance)
    elif kind < 0.7:
        text = blobs.mutated(text, chance, blobs.TEXT)
    place = f"{OUT}/.run"
    files[f"{place}/command.json"] = text
    if chance.random() < 0.6:
        found = archives.packed({"told.npy": b"x" * 90, "zone_of.npy": bytes(90)})
        found = archives.mutated(found, chance)
        head = f"zoning-kept/1 {hashlib.sha256(found).hexdigest()}\n".encode()
        files[f"{place}/{chance.choice(('a-0', 'plan-1', 'x'))}.kept"] = head + found
    return Case("kept", ("resume", OUT), files)


# --- what is typed


_READ = {
    **dict.fromkeys(("--on", "--unit", "--area", "--households", "--id"), "column"),
    **dict.fromkeys(("--column", "--sums", "--only"), "column"),
    **dict.fromkeys(("--cut-at", "--crs", "--datum", "--profile"), "word"),
    **dict.fromkeys(("--barriers", "--streets", "--scenario", "--join"), "path"),
    **dict.fromkeys(("--neighbour-distance", "--max-gap"), "number"),
}
_SEARCH = dict.fromkeys(("--seed", "--workers"), "number")
_OPTIONS: dict[str, dict[str, str]] = {
    "plan": {
        **_READ,
        **_SEARCH,
        **dict.fromkeys(("--zones", "--tolerance", "--lot-size"), "number"),
        **{"--whole-lots": "number", "--joint": "", "--strict": "", "--any-area": ""},
        "--out": "out",
    },
    "inspect": {
        **_READ,
        **{
            "--zones": "number",
            "--tolerance": "number",
            "--fix": "out",
            "--out": "out",
        },
    },
    "award": {
        **_SEARCH,
        **{"--value-weights": "word", "--most-lots": "number", "--reserve": "number"},
        **{"--fewest-bidders": "number", "--one-bid": "", "--bids": "path"},
    },
    "explain": {**_SEARCH, "--building": "word", "--zone": "word", "--to": "word"},
    "bundle": {
        **_SEARCH,
        **{"--size": "number", "--tolerance": "number", "--objective": "word"},
        **{"--whole-lots": "number", "--scenario": "path", "--out": "out"},
    },
    "frontier": {
        **_SEARCH,
        **{"--of": "word", "--values": "numbers", "--lot-size": "number"},
        **{"--strict": "", "--out": "out"},
    },
    "alternatives": {
        **_SEARCH,
        **{"--count": "number", "--within": "number", "--least": "number"},
        **{"--lot-size": "number", "--out": "out"},
    },
    "compare": {"--out": "out"},
    "money": {"--draws": "number", "--change": "number", "--seed": "number"},
    "stations": {**_SEARCH, "--room": "column", "--resource": "word"},
    "sample": {"--buildings": "number", "--seed": "number", "--out": "out"},
    "check": {"--help": ""},
    "adopt": _SEARCH,
}
_COLUMN_WORDS = (
    *(
        "floor_area_m2",
        "fee",
        "id",
        "none",
        "geometry",
        "compound_id",
        "levels",
        "area",
    ),
    *(
        "floors=levels",
        "fee=none",
        "=",
        "a=",
        "=b",
        "community=community",
        "fee=fee=fee",
    ),
    *("floor_area_m2[万㎡]", "fee[", "households[m²]", "zone=zone", "name=id", "FEE"),
)
_SMALL = (
    "0",
    "1",
    "2",
    "3",
    "7",
    "0.1",
    "0.3",
    "2-4",
    "12-3",
    "1-2-3",
    "٣",
    "1e0",
    "00",
)
_OUTS = (
    *(
        OUT,
        f"{OUT}/",
        f"./{OUT}",
        f"{OUT}/a/b/c",
        "",
        " ",
        ".",
        "x\ny",
    ),
    *(f"{IN}/buildings.geojson", f"{IN}/buildings.geojson/x", "/proc/1/x", "/dev/null"),
    *(
        "a" * 300,
        "~",
        "-",
        "--",
        "\u202ex",
        "/dev/null/x",
        "out.gpkg",
        "tmp/x.gpkg",
        "x;y",
    ),
    *("字" * 90, "/sys/x", "link/x", PLAN, f"{PLAN}/zones.csv", "a/../b", "http://x/y"),
)


def typed(base: Base, chance: Random) -> Case:
    """Sound files, and one to three options that are none."""
    command = chance.choice(("plan", "plan", "inspect", *_OPTIONS))
    files = _plan(base)
    files |= {f"{IN}/{name}.geojson": base.layer(name) for name in LAYERS}
    files |= {f"{IN}/bids.xlsx": base.workbooks["bids.xlsx"]}
    files |= {f"{IN}/s.toml": trees.as_toml({"lots": {"bidders": 2}})}
    known = _OPTIONS[command]
    given: list[str] = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        option = chance.choice([*known])
        given += [option, *_typed_value(known[option], chance)]
    arguments = [*_begin(command, chance), *given]
    if chance.random() < 0.05:
        at = chance.randrange(len(arguments) + 1)
        arguments.insert(at, hostile.word(chance))
    clean = tuple(_argument(one) for one in arguments)
    return Case("typed", clean, files, {"link": "nowhere"})


def _argument(word: str) -> str:
    """What a shell can hand over: no NUL, not too long."""
    return word.replace("\0", "").encode("utf-8", "replace").decode()[:20_000]


def _typed_value(kind: str, chance: Random) -> tuple[str, ...]:
    if not kind:
        return ()
    if kind == "out":
        return (chance.choice(_OUTS),)
    if chance.random() < (0.03 if kind == "number" else 0.2):
        return (str(hostile.value(chance)),)
    if kind == "column":
        return (chance.choice(_COLUMN_WORDS),)
    if kind == "path":
        own = (f"{IN}/s.toml", f"{IN}/bids.xlsx", f"{IN}/streets.geojson", PLAN)
        return (chance.choice((*hostile.PATHS, *own)),)
    if kind == "number":
        return (chance.choice((*_SMALL, str(hostile.number(chance)))),)
    if kind == "numbers":
        return (",".join(str(hostile.number(chance)) for _ in range(3)),)
    return (hostile.word(chance),)


def _begin(command: str, chance: Random) -> tuple[str, ...]:
    """A command that works, to which odd options are added."""
    shapes = tuple(f"{IN}/{name}.geojson" for name in LAYERS)
    out = ("--out", OUT)
    search = () if command in ("money", "check", "compare") else QUICK
    return {
        "plan": ("plan", *shapes, "--zones", "5", *QUICK, *out),
        "inspect": ("inspect", *shapes, *out),
        "award": ("award", PLAN, "--bids", f"{IN}/bids.xlsx", *QUICK),
        "explain": ("explain", PLAN, *QUICK),
        "compare": ("compare", PLAN, chance.choice((PLAN, "nowhere", IN)), *out),
        "sample": ("sample", *out),
        "frontier": ("frontier", PLAN, "--values", "0.3", *QUICK, *out),
        "alternatives": ("alternatives", PLAN, "--count", "2", *QUICK, *out),
    }.get(command, (command, PLAN, *search))


def named(base: Base, chance: Random) -> Case:
    """Sound content under a name that means something else, or no file at all."""
    files = {f"{IN}/{name}.geojson": base.layer(name) for name in LAYERS}
    files |= _plan(base)
    links = {
        f"{IN}/loop.geojson": "loop.geojson",
        f"{IN}/pipe.geojson": "|",
        f"{IN}/pipe.xlsx": "|",
        f"{IN}/pipe.toml": "|",
    }
    odd = (
        *(
            f"{IN}/loop.geojson",
            f"{IN}/pipe.geojson",
            f"{IN}/pipe.xlsx",
            IN,
            "/dev/zero",
        ),
        *(f"{IN}/pipe.toml", "/dev/stdin", "/dev/full", "/proc/self/mem", "nowhere"),
    )
    if chance.random() < 0.4:
        name = chance.choice(
            ("a b.geojson", "a;b.geojson", "a!b.geojson", "é.geojson", "%s.geojson")
        )
        path = f"{IN}/{name}"
        files[path] = files.pop(f"{IN}/buildings.geojson")
    else:
        path = chance.choice((*odd, *hostile.PATHS))
    path = _argument(path)
    given = chance.choice(
        (
            ("inspect", path, "--out", OUT),
            ("plan", path, "--zones", "3", *QUICK, "--out", OUT),
            ("inspect", f"{IN}/streets.geojson", path, "--out", OUT),
            ("inspect", f"{IN}/streets.geojson", "--join", path, "--out", OUT),
            ("inspect", f"{IN}/streets.geojson", "--scenario", path, "--out", OUT),
            ("award", PLAN, "--bids", path, *QUICK),
            ("check", path),
            ("compare", PLAN, path, "--out", OUT),
        )
    )
    return Case("named", given, files, links)


KINDS: dict[Make, int] = {
    **{layers: 10, columns: 8, shapes: 6, shapefile: 6, binary: 8, kml: 3, packed: 6},
    **{
        database: 5,
        listed: 8,
        joined: 5,
        scenario: 10,
        bids: 8,
        planned: 12,
        edited: 8,
    },
    **{other_papers: 2, typed: 12, named: 4, kept: 3},
}


def case_of(base: Base, seed: int, number: int) -> Case:
    """The case of a number; the same every time.

    One in four has a plan where the new one is to go, which must stay or be replaced.
    """
    chance = Random(f"{seed}/{number}")
    make = chance.choices([*KINDS], [*KINDS.values()])[0]
    case = make(base, chance)
    if chance.random() < 0.25 and OUT in case.arguments:
        old = {f"{OUT}/{name}": one for name, one in base.written.items()}
        return Case(case.kind, case.arguments, {**old, **case.files}, case.links)
    return case
