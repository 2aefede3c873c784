"""Draw the picture of the page on stations: ``python docs/img/stations.py``."""

from district import district, save, solved

from zoning.lots import bundle
from zoning.lots.stations import place_stations
from zoning.plot.stations import draw_stations
from zoning.problem import Problem


def main() -> None:
    """Stations of the sample district, in few colours, small enough for a page."""
    result = solved(Problem(district(), num_zones=15))
    lots = bundle(result.plan, seed=1)
    found = place_stations(result.plan, lots.lots)
    save(draw_stations(found), "stations.png", dpi=90)


if __name__ == "__main__":
    main()
