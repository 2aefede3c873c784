"""Eight fixed problems of different shape, written down to be compared.

    python -m benchmarks.same_plans DIR        plans all eight, each into DIR/NAME
    python -m benchmarks.same_plans DIR OTHER  says what differs between two of them

Run the first before and after a change that must not change any plan: all that is
written, bounds included, is the same to the byte but for seconds.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import zoning
from zoning.datasets import old_town
from zoning.rules import (
    Border,
    CannotLink,
    Contain,
    MustLink,
    Pin,
    Previous,
    Radius,
    Target,
)

MOVING = ("seconds",)  # keys of plan.json that no two runs share


def _region(
    folder: Path, buildings: int, *, unit: str = "none", **how: Any
) -> zoning.Region:
    town = folder / str(buildings)
    if not town.exists():
        old_town(buildings).write(town)
    return zoning.read(
        town / "buildings.geojson",
        unit=unit,
        area="floor_area_m2",
        households="households",
        **{name: town / f"{name}.geojson" for name in how.pop("layers", ())},
        **how,
    )


def _problems(folder: Path) -> Iterator[tuple[str, zoning.Problem, dict[str, Any]]]:
    """A name, the problem, and how it is solved."""
    layers = ("barriers", "streets")
    compounds = _region(folder, 98, unit="compound_id", layers=layers)
    yield "compounds", zoning.Problem(compounds, 15, strict=True), {}
    single = _region(folder, 98, layers=("barriers",))
    yield (
        "single_buildings",
        zoning.Problem(single, 15, 0.3, strict=True),
        {"time_limit": 240},
    )
    yield (
        "few_large_zones",
        zoning.Problem(single, 5, 0.1, strict=True),
        {"time_limit": 240},
    )
    facts = {"columns": ("community", "subdistrict", "previous")}
    told = _region(folder, 98, unit="compound_id", layers=layers, **facts)
    ids = told.building_ids
    rules = (
        Contain("subdistrict"),
        Border("community", 2_000),
        Radius(soft=300.0, price=500),
        Previous("previous", price=0.5),
        MustLink((ids[0], ids[3])),
    )
    yield "many_rules", zoning.Problem(told, 14, 0.4, rules=rules, strict=True), {}
    named = (Pin("West", (ids[5],)), Target("West", 1.3), CannotLink((ids[5], ids[40])))
    yield "named_zones", zoning.Problem(told, 12, 0.3, rules=named, strict=True), {}
    yield "no_plan", zoning.Problem(compounds, 15, 0.02, strict=True), {}
    bands = {"households": zoning.Band(300, 900)}
    yield "two_bands", zoning.Problem(compounds, 12, 0.4, bands, strict=True), {}
    open_land = _region(folder, 60)
    yield "no_balance", zoning.Problem(open_land, 20, None, strict=True), {}


def plan_all(out: Path) -> None:
    """Plan the eight problems and write each into a folder of its own."""
    with TemporaryDirectory() as folder:
        for name, problem, how in _problems(Path(folder)):
            result = zoning.solve(problem, seed=1, **{"time_limit": 120, **how})
            said = f"{result.status} {result.cost} {result.bound} {result.reason}\n"
            (out / name).mkdir(parents=True, exist_ok=True)
            (out / name / "result.txt").write_text(said, "utf-8")
            if result.plan is not None:
                lots = zoning.bundle(result.plan, size=3, seed=1)
                zoning.write(out / name, result, lots)
            print(name, said.strip()[:90], f"{result.seconds:.1f} s", flush=True)


def differences(one: Path, other: Path) -> Iterator[str]:
    """Files of two folders that are not the same."""
    files = {
        path.relative_to(root)
        for root in (one, other)
        for path in root.rglob("*")
        if path.is_file() and path.suffix != ".png"
    }
    for path in sorted(files):
        if _content(one / path) != _content(other / path):
            yield str(path)


def _content(path: Path) -> object:
    if not path.exists():
        return None
    read: Callable[..., Any] = json.loads if path.name == "plan.json" else str
    return _still(read(path.read_text("utf-8")))


def _still(value: Any) -> Any:
    """The same without what moves from run to run."""
    if isinstance(value, dict):
        return {k: _still(v) for k, v in value.items() if k not in MOVING}
    return [_still(v) for v in value] if isinstance(value, list) else value


if __name__ == "__main__":
    folders = [Path(word) for word in sys.argv[1:]]
    if len(folders) == 1:
        plan_all(folders[0])
    else:
        found = list(differences(*folders))
        print("\n".join(found) or "all the same")
        sys.exit(bool(found))
