"""Draw the pictures of the page on reasons: ``python docs/img/why.py``.

What the page quotes is printed.
"""

from district import district, save, solved

from zoning.analysis.diagnose import diagnose
from zoning.analysis.explain_building import explain_building
from zoning.analysis.explain_zone import explain_zone
from zoning.analysis.price_of_rules import price_of_rules
from zoning.analysis.what_it_takes import what_it_takes
from zoning.plot.why import draw_building, draw_prices
from zoning.problem import Band, Problem
from zoning.rules import CannotLink, MustLink, Radius

RULES = (Radius(500), CannotLink(("B0001", "B0004")))


def main() -> None:
    """Draw them all and print what the page tells."""
    region = district(streets=None)
    print(diagnose(Problem(region, 15, rules=(MustLink(("B0004", "B0030")),))))
    problem = Problem(region, 15)
    result = solved(problem)
    why = explain_building(result.plan, "B0004")
    print(why, explain_zone(result.plan, 3), sep="\n")
    print(what_it_takes(result, "B0004", why.elsewhere[0].zone))
    save(draw_building(result.plan, why), "why_building.png")
    ruled = Problem(region, 15, bands={"households": Band(400, 900)}, rules=RULES)
    prices = price_of_rules(ruled)
    print(*prices, sep="\n")
    save(draw_prices(prices), "why_prices.png")


if __name__ == "__main__":
    main()
