"""The sample district, its plan, and how its pictures are kept, for scripts here."""

import io
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from zoning.problem import Problem
from zoning.read import read
from zoning.region import Region
from zoning.result import Result
from zoning.solve import solve

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "examples" / "data"


def district(**options: Any) -> Region:
    """The district as read; options go to `read` in place of the usual ones."""
    usual = {
        "unit": "compound_id",
        "area": "floor_area_m2",
        "households": "households",
        "barriers": DATA / "barriers.geojson",
        "streets": DATA / "streets.geojson",
    }
    return read(DATA / "buildings.geojson", **(usual | options))


def solved(problem: Problem) -> Result:
    """The plan that pages show of a problem."""
    result = solve(problem, seed=1)
    if result.plan is None:
        raise SystemExit(result.reason)
    return result


def save(figure: Figure, name: str, *, dpi: int = 100, colours: int = 128) -> None:
    """Write a picture of few colours, small enough for a page."""
    space = io.BytesIO()
    figure.savefig(space, format="png", dpi=dpi)
    picture = Image.open(space).convert("RGB")
    picture.quantize(colours).save(HERE / name, optimize=True)
