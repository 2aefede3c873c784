"""Draw the picture of docs/rules.md: ``python docs/img/rules.py``.

The sample district under several rules at once, as its legend tells.
"""

from district import district, save, solved

from zoning.lots import bundle
from zoning.plot.plan import draw
from zoning.problem import Problem
from zoning.rules import Freeze, Lock, Pin, Previous, SoftBarrier, groups
from zoning.scenario import read_scenario_file


def main() -> None:
    """Plan under rules, and draw the map."""
    region = district(columns=["previous"])
    last_year = groups(region, "previous")
    rules = (
        Lock("13", last_year["13"]),
        Freeze("12", last_year["12"]),
        Pin("7", ("B0028", "B0031")),
        SoftBarrier("Jianshe Road"),
        Previous("previous", price=1.0),
    )
    bands = read_scenario_file("inner-mongolia-2000").bands
    problem = Problem(region, 15, tolerance=0.15, bands=bands, rules=rules)
    result = solved(problem)
    lots = bundle(result.plan, seed=1)
    save(draw(result.plan, lots, result=result), "rules.png", colours=200)


if __name__ == "__main__":
    main()
