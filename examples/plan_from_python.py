"""From a building file to zones, lots and a map.

Run it from the project's folder: ``python examples/plan_from_python.py``.
"""

import argparse
from pathlib import Path

from zoning.lots import bundle
from zoning.output.write import write
from zoning.problem import Problem
from zoning.read import read
from zoning.solve import solve

DATA = Path(__file__).parent / "data"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="plan_from_python")
    parser.add_argument("--time", type=float, default=60.0)
    asked = parser.parse_args()

    region = read(
        DATA / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=DATA / "barriers.geojson",
        streets=DATA / "streets.geojson",
    )
    # no 15 zones of this town are within ±10 % with ways along its streets
    problem = Problem(region, num_zones=15, tolerance=0.12)
    result = solve(problem, time_limit=asked.time, seed=1)
    if result.plan is None:
        raise SystemExit(f"No plan: {result.reason}")
    lots = bundle(result.plan, size=3)
    write(asked.out, result, lots, settings={"seed": 1, "time_limit": asked.time})

    print(f"{result.status}: {result.cost:,} yuan a year, gap {result.gap:.1%}")
    for number, lot in enumerate(lots.lots, 1):
        zones = ", ".join(str(zone + 1) for zone in lot.zones)
        print(f"Lot {number}: zones {zones}, saves {lot.saving:,} yuan a year")
    print(f"Map and tables are in {asked.out}")


if __name__ == "__main__":
    main()
