"""Draw the picture of the page on stations: ``python docs/img/stations.py``."""

import io
from pathlib import Path

from PIL import Image

from zoning.bundling.stations import place_stations
from zoning.lots import bundle
from zoning.plot.stations import draw_stations
from zoning.problem import Problem
from zoning.read import read
from zoning.solve import solve

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "examples" / "data"


def main() -> None:
    """Stations of the sample district, in few colours, small enough for a page."""
    region = read(
        DATA / "buildings.geojson",
        unit="compound_id",
        area="floor_area_m2",
        households="households",
        barriers=DATA / "barriers.geojson",
        streets=DATA / "streets.geojson",
    )
    result = solve(Problem(region, num_zones=15), seed=1)
    if result.plan is None:
        raise SystemExit(result.reason)
    lots = bundle(result.plan, seed=1)
    figure = draw_stations(place_stations(result.plan, lots.lots))
    space = io.BytesIO()
    figure.savefig(space, format="png", dpi=90)
    picture = Image.open(space).convert("RGB")
    picture.quantize(128).save(HERE / "stations.png", optimize=True)


if __name__ == "__main__":
    main()
