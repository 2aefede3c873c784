"""Draw the pictures of the page on money and write its tables.

``python docs/img/money.py``. The tables stand between two lines of comment in the page.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from district import district, solved

from zoning.costs import CostModel
from zoning.finance.accounts import statements
from zoning.finance.monte_carlo import RANGES, monte_carlo
from zoning.finance.sensitivity import tornado
from zoning.lots import Lots, bundle
from zoning.plot.money import draw_savings, draw_subsidy
from zoning.plot.risk import draw_risk, draw_tornado
from zoning.problem import Problem

HERE = Path(__file__).parent
PAGE = HERE.parent / "money.md"


def figures() -> Iterator[tuple[str, ...]]:
    """Every figure of the default model with its source."""
    yield "figure", "value", "unit", "source", "grade"
    for row in CostModel().assumptions():
        value = f"{row['value']:,g}"
        yield str(row["figure"]), value, *(str(row[k]) for k in list(row)[2:])


def ranges() -> Iterator[tuple[str, ...]]:
    """How far figures may be off."""
    yield "figure", "from", "to", "shape", "source", "grade"
    for item in RANGES:
        low, high = f"{item.low:g}", f"{item.high:g}"
        yield item.figure, low, high, item.shape, item.source, item.grade


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as a table of the page; the first is its head."""
    head, *rest = rows
    lines = [head, ("---",) * len(head), *rest]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_tables(text: str) -> str:
    """The page with its tables made anew."""
    for name, rows in (("figures", figures()), ("ranges", ranges())):
        first, last = f"<!-- {name} -->\n", "\n<!-- end -->"
        before, _, rest = text.partition(first)
        text = f"{before}{first}\n{table(rows)}\n{last}{rest.partition(last)[2]}"
    return text


def sample() -> Lots:
    """Lots of the sample district."""
    result = solved(Problem(district(), num_zones=15))
    return bundle(result.plan, seed=1)


def main() -> None:
    """Write the page and its pictures."""
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
    lots = sample()
    accounts = statements(lots)
    for name, figure in (
        ("savings", draw_savings(accounts)),
        ("subsidy", draw_subsidy(accounts)),
        ("tornado", draw_tornado(tornado(lots))),
        ("chances", draw_risk(monte_carlo(lots))),
    ):
        figure.savefig(HERE / f"money_{name}.png", dpi=90)


if __name__ == "__main__":
    main()
