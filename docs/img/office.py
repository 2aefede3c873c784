"""Draw the pictures of docs/office.md: ``python docs/img/office.py``.

Each is the map of a plan of one file, made without an option.
"""

import sys
import tempfile
from pathlib import Path

from district import HERE, save, solved

sys.path.insert(0, str(HERE.parents[1] / "examples"))
from office_files import write_all

from zoning.datasets import old_town
from zoning.lots import bundle
from zoning.number import usual_number
from zoning.plot.plan import draw
from zoning.problem import Problem
from zoning.read import read

FILES = {
    "registry": ["registry/自然幢.shp"],
    "list": ["list/楼栋台账.xlsx"],
    "zip": ["zip/小区楼栋.zip"],
    "online": [f"online/{x}.geojson" for x in ("buildings", "streets", "barriers")],
}


def main() -> None:
    """Write the files, plan each, and draw its map."""
    with tempfile.TemporaryDirectory() as place:
        write_all(old_town(98), Path(place))
        for name, files in FILES.items():
            region = read([Path(place) / file for file in files])
            problem = Problem(region, usual_number(region, tolerance=0.1).num_zones)
            result = solved(problem)
            assert result.plan is not None
            lots = bundle(result.plan, seed=1)
            picture = draw(result.plan, lots, result=result)
            save(picture, f"office_{name}.png", dpi=80)


if __name__ == "__main__":
    main()
