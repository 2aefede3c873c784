"""Write the tables of the page on awards and draw its picture.

``python docs/img/award.py``. The tables stand between two lines of comment in the page;
those of speed come from rows of `benchmarks/results`.
"""

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from district import district, solved
from matplotlib import pyplot
from matplotlib.figure import Figure

from benchmarks import report, rows
from zoning.lots import bundle
from zoning.problem import Problem
from zoning.tender.simulate import Simulation, simulate_bids

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "award.md"
SIZES = (1, 2, 3, 4, 5)
GREEN, RED, INK = "#2E8B57", "#D1495B", "#222222"


def measured() -> dict[str, list[str]]:
    """Tables of speed, by name."""
    every = [
        row
        for path in sorted(rows.RESULTS.glob("*.jsonl"))
        for row in rows.read_rows(path)
        if row.get("bench") == "award"
    ]
    found = [*report.latest(every)]
    return {
        "speed": report.award_table(found),
        "margins": report.margin_table(found),
    }


def designs(drawn: dict[int, Simulation]) -> list[str]:
    """What the sample district would come to in lots of several sizes."""
    columns = (
        *("zones a lot", "lots", "yuan/m²·month", "bidders a lot, fewest"),
        *("too few for a lot, worst", "too few for any lot"),
    )
    lines = [
        (
            *(size, len(one.tender), f"{one.price_per_m2:.3f}"),
            f"{min(one.expected_bidders):.1f}",
            *(
                f"{100 * x:.0f} %"
                for x in (max(one.chance_of_few), one.chance_of_any_few)
            ),
        )
        for size, one in drawn.items()
    ]
    return report.table(columns, lines)


def with_tables(text: str, tables: dict[str, list[str]]) -> str:
    """The page with some of its tables made anew."""
    for name, lines in tables.items():
        first, last = f"<!-- {name} -->\n", "\n<!-- end -->"
        before, _, rest = text.partition(first)
        after = rest.partition(last)[2]
        text = f"{before}{first}\n" + "\n".join(lines) + f"{last}{after}"
    return text


def draw(drawn: dict[int, Simulation]) -> Figure:
    """Price and the chance of too few bidders, by size of lot."""
    sizes = [str(size) for size in drawn]
    price = [one.price_per_m2 for one in drawn.values()]
    few = [100 * one.chance_of_any_few for one in drawn.values()]
    shown = (
        ("What winners ask, yuan per m² and month", GREEN, price, "{:.2f}"),
        ("Chance that some lot has fewer than 3 bidders", RED, few, "{:.0f} %"),
    )
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4.2), constrained_layout=True)
    for panel, (title, colour, values, told) in zip(axes, shown, strict=True):
        bars = panel.bar(sizes, values, color=colour, width=0.62)
        panel.bar_label(bars, [told.format(x) for x in values], fontsize=12, padding=2)
        panel.set_title(title, loc="left", fontsize=13, weight="bold", color=INK)
        panel.set_xlabel("zones in a lot", fontsize=12)
        panel.set_ylim(0, 1.15 * max(values))
        panel.set_yticks([])
        panel.tick_params(axis="x", labelsize=12)
        for side in ("top", "right", "left"):
            panel.spines[side].set_visible(False)
    return figure


def main() -> None:
    """Write the page and its picture."""
    plan = solved(Problem(district(), num_zones=15)).plan
    drawn = {
        size: simulate_bids(bundle(plan, size=size, seed=1), draws=200, seed=1)
        for size in SIZES
    }
    tables = {"designs": designs(drawn), **measured()}
    PAGE.write_text(with_tables(PAGE.read_text("utf-8"), tables), "utf-8")
    draw(drawn).savefig(HERE / "award_designs.png", dpi=100)


if __name__ == "__main__":
    main()
