"""Seconds and memory to read many buildings, and seconds of CPU part by part.

    python benchmarks/reading.py --sizes 10000,60000,250000 --kinds gpkg,geojson,shp

Files are made up in a folder that is removed afterwards. Every one is read in a process
of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import rows
from benchmarks.region_sizes import peak

SIZES = "10000,60000,250000"
KINDS = "gpkg,geojson,shp"
UNITS = "building,compound"
PACKAGES = ("geopandas", "numpy", "pandas", "pyogrio", "pyproj", "scipy", "shapely")
GRID = "EPSG:4530"  # metres, the zone number in front
LIMIT = 1_200.0  # seconds before a reading is given up
# Parts of `zoning.read` and what is measured as each; what one calls within another is
# counted once, to the inner one.
PARTS = {
    "file": ("zoning.read.load_layers",),
    "columns": ("zoning.read.table_of",),
    "facts": ("zoning.reading.table.facts_of",),
    "shapes": ("zoning.reading.table.shapes_in_metres",),
    "projection": ("zoning.reading.shapes.in_metres",),
    "layers": (
        *("zoning.read.together", "zoning.read.laid_beside"),
        *("zoning.read.suspicions", "zoning.read.barriers_of"),
    ),
    "units": ("zoning.read.units_of",),
    "neighbours": ("zoning.adjacency.rules.connect",),
    "triangles": ("zoning.adjacency.places.triangulate",),
    "bridges": (
        "zoning.adjacency.neighbours.bridges_between",
        "zoning.adjacency.neighbours.told_bridges",
    ),
    "region": ("zoning.read.Region",),
    "digest": ("zoning.read.digest",),
}
# fmt: off
_FIRST = "福安康和平光明建设工人学府文昌新华民主友谊尚志通达永丰松山北兴"
_SECOND = "顺祥泰宁兴盛嘉乐瑞庆源泽辉锦春秋雅逸馨居园苑庭"
# fmt: on
_BLANK = 0.02  # share of buildings without a compound, or without some word


def main(argv: list[str] | None = None) -> int:
    """Run the command."""
    options = _options(argv)
    if options.child:
        print(json.dumps(measure(options.child, options.unit)))
        return 0
    failed = 0
    for size in map(int, options.sizes.split(",")):
        with TemporaryDirectory() as folder:
            for kind in options.kinds.split(","):
                make(size, kind, Path(folder))
                for unit in options.units.split(","):
                    row = {
                        "bench": "reading",
                        "instance": f"old_town_{size}",
                        "kind": kind,
                        "unit": unit,
                        **rows.context(PACKAGES),
                        **_in_child(Path(folder) / f"buildings.{kind}", unit),
                    }
                    rows.append(options.out, row)
                    print(line(row), flush=True)
                    failed += row["status"] != "read"
    return int(failed > 0)


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add = parser.add_argument
    add("--sizes", default=SIZES, help="numbers of buildings, with commas")
    add("--kinds", default=KINDS, help="endings of files")
    add("--units", default=UNITS, help="what is a unit")
    add("--out", type=Path, default=rows.RESULTS / "reading.jsonl")
    add("--child", type=Path, help=argparse.SUPPRESS)
    add("--unit", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def make(size: int, kind: str, folder: Path) -> None:
    """Write a town as one kind of file, with its barriers and streets.

    Compounds have Chinese names, some buildings none; some words are left out. GeoJSON
    is in degrees, the others in a system of China with its zone number.
    """
    from zoning.datasets import old_town

    town = old_town(size)
    chance = np.random.default_rng(size)
    buildings = town.buildings[["id", "floor_area_m2", "households", "built"]].copy()
    number = town.buildings.compound_id.str[1:].astype(int).to_numpy()
    yards = np.array([f"{a}{b}小区" for a in _FIRST for b in _SECOND], object)
    names = yards[number % len(yards)] + (number // len(yards) + 1).astype(str) + "院"
    street = chance.integers(1, 90, size)
    words = {"小区": names, "地址": np.char.add("建设街", street.astype(str))}
    for name, column in words.items():
        column = np.asarray(column, object)
        column[chance.random(size) < _BLANK] = None
        buildings[name] = column
    table = geopandas.GeoDataFrame(buildings, geometry=town.buildings.geometry)
    table = table.set_crs("EPSG:4326").rename(
        columns={"floor_area_m2": "area", "households": "homes"}  # 10 letters at most
    )
    layers = {
        "buildings": table,
        "barriers": town.barriers,
        "streets": town.streets,
    }
    folder.mkdir(exist_ok=True)
    for layer, frame in layers.items():
        placed = frame if kind == "geojson" else frame.to_crs(GRID)
        placed.to_file(folder / f"{layer}.{kind}")


def _in_child(path: Path, unit: str) -> rows.Row:
    command = [sys.executable, __file__, "--child", str(path), "--unit", unit]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return {"status": "timed out", "reason": f"not back after {LIMIT:.0f} s"}
    try:
        return json.loads(done.stdout.splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        return {"status": "error", "reason": f"process ended with {done.returncode}"}


def measure(path: Path, unit: str) -> rows.Row:
    """Read a file in this process: seconds of each part, and memory."""
    import zoning

    module = import_module("zoning.read")
    before = peak()
    with measured() as seconds:
        start, cpu = time.perf_counter(), time.process_time()
        region = module.read(
            path,
            area="area",
            households="homes",
            unit="小区" if unit == "compound" else "none",
            columns=("built", "小区", "地址"),
            barriers=path.with_stem("barriers"),
            streets=path.with_stem("streets"),
        )
        whole, cpu = time.perf_counter() - start, time.process_time() - cpu
    start = time.process_time()
    zones = max(1, int(region.sums["area"].sum()) // 46_700)
    zoning.Problem(region, zones)
    return {
        "status": "read",
        "buildings": len(region.building_ids),
        "n": len(region),
        "edges": len(region.edges),
        "bridges": len(region.bridges),
        "seconds": round(whole, 2),
        "cpu": round(cpu, 2),
        "parts": {name: round(value, 3) for name, value in seconds.items()},
        "rest": round(cpu - sum(seconds.values()), 3),
        "cpu_problem": round(time.process_time() - start, 2),
        "memory_before_mb": before,
        "memory_mb": peak(),
    }


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Seconds of CPU that each of `PARTS` takes while this lasts."""
    seconds = dict.fromkeys(PARTS, 0.0)
    within: list[float] = []

    def timed(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            within.append(0.0)
            start = time.process_time()
            try:
                given = function(*args, **kwargs)
                return [*given] if isinstance(given, Iterator) else given
            finally:
                taken = time.process_time() - start
                seconds[part] += taken - within.pop()
                if within:
                    within[-1] += taken

        return call

    known = [
        (part, *name.rpartition(".")[::2]) for part in PARTS for name in PARTS[part]
    ]
    places = [(part, import_module(where), name) for part, where, name in known]
    kept = [getattr(module, name) for _, module, name in places]
    try:
        for (part, module, name), function in zip(places, kept, strict=True):
            setattr(module, name, timed(part, function))
        yield seconds
    finally:
        for (_, module, name), function in zip(places, kept, strict=True):
            setattr(module, name, function)


def line(row: rows.Row) -> str:
    """One line for the terminal."""
    told = f"{row['instance']:<16} {row['kind']:<8} {row['unit']:<9}"
    if row["status"] != "read":
        return f"{told} {row['status']}: {row['reason']}"
    parts = ", ".join(f"{name} {value:.1f}" for name, value in row["parts"].items())
    return (
        f"{told} {row['seconds']:.1f} s, CPU {row['cpu']:.1f} s, {row['memory_mb']} MB "
        f"({parts}, rest {row['rest']:.1f}); problem {row['cpu_problem']:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
