"""Write what lots cost, bring in and lack: tables and pictures, all or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from zoning.finance.monte_carlo import RiskSimulation
from zoning.finance.sensitivity import Tornado
from zoning.finance.statement import Accounts, Statement
from zoning.planfile.atomic import atomic_write, build_each, write_csv
from zoning.planfile.papers import SIGNED, sign
from zoning.plot.money import draw_savings, draw_subsidy
from zoning.plot.picture import save_figure
from zoning.plot.risk import draw_risk, draw_tornado

TABLE, SAVINGS, SWINGS, RISKS, FIGURES = (
    "money.csv",
    "money_savings.csv",
    "money_tornado.csv",
    "money_chances.csv",
    "money_figures.csv",
)
PICTURES = (
    "money_subsidy.png",
    "money_savings.png",
    "money_tornado.png",
    "money_chances.png",
)
FILES = (TABLE, SAVINGS, SWINGS, RISKS, FIGURES, *PICTURES)
DPI = 130
RISKED = 0.8  # share of draws that the larger subsidy covers


def write_money(
    folder: str | Path,
    accounts: Accounts,
    swings: Tornado,
    risk: RiskSimulation,
    *,
    zone_names: Sequence[str],
    lot_names: Sequence[str],
) -> tuple[str, ...]:
    """Write `FILES` to a folder.

    ``money.csv`` has a row for each lot, and one for each zone tendered alone;
    ``money_savings.csv`` a row for each resource, ``money_figures.csv`` every figure
    with its source; the others what the pictures show.

    Parameters
    ----------
    accounts, swings, risk
        Of the same lots.
    zone_names, lot_names
        What zones and lots are called.

    Returns
    -------
    tuple of str
        Pictures that could not be drawn, and why; none as a rule.

    Raises
    ------
    InputError
        The folder cannot be written to, or there are no lots.
    """

    def build(fresh: Path) -> None:
        write_csv(fresh / TABLE, [*_statements(accounts, zone_names, lot_names)])
        write_csv(fresh / SAVINGS, [*_items(accounts)])
        write_csv(fresh / SWINGS, [*_swings(swings)])
        write_csv(fresh / RISKS, [*_risks(risk, lot_names)])
        costs = accounts.plan.problem.region.costs
        write_csv(fresh / FIGURES, costs.assumptions())
        drawn = (
            lambda: draw_subsidy(accounts),
            lambda: draw_savings(accounts),
            lambda: draw_tornado(swings),
            lambda: draw_risk(risk),
        )
        papers = [
            (name, partial(_save, draw))
            for name, draw in zip(PICTURES, drawn, strict=True)
        ]
        notes.extend(build_each(fresh, papers))
        sign(fresh, Path(folder), "money")

    notes: list[str] = []
    atomic_write(folder, (*FILES, SIGNED), build)
    return tuple(notes)


def _save(draw: Callable[[], Any], at: Path) -> None:
    save_figure(draw(), at, dpi=DPI)


def _statements(
    accounts: Accounts, zone_names: Sequence[str], lot_names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for name, lot in zip(lot_names, accounts.lots, strict=True):
        zones = [zone_names[zone] for zone in lot.zones]
        yield {"contract": f"lot {name}", "zones": "; ".join(zones), **_rounded(lot)}
    for name, zone in zip(zone_names, accounts.zones, strict=True):
        yield {"contract": f"zone {name} alone", "zones": name, **_rounded(zone)}


def _rounded(statement: Statement) -> dict[str, Any]:
    """Its figures; fees and shares to four digits after the point."""
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in statement.figures().items()
    }


def _items(accounts: Accounts) -> Iterator[dict[str, Any]]:
    for item in accounts.items:
        yield {
            "what": item.what,
            "one_by_one": item.separate_cost,
            "as_lots": item.cost,
            "saving": item.saving,
            "pieces_one_by_one": item.separate_count,
            "pieces_as_lots": item.count,
            "price": item.price,
        }


def _swings(swings: Tornado) -> Iterator[dict[str, Any]]:
    for swing in swings.swings:
        yield {
            "figure": swing.figure,
            "change": swings.change,
            "subsidy_gap_below": sum(swing.below),
            "subsidy_gap": sum(swings.subsidy_gap),
            "subsidy_gap_above": sum(swing.above),
        }


def _risks(risk: RiskSimulation, lot_names: Sequence[str]) -> Iterator[dict[str, Any]]:
    share = f"subsidy_gap_at_{100 * RISKED:.0f}_percent"
    rows = zip(
        lot_names,
        risk.loses,
        risk.loses_with_subsidy,
        risk.lacks_more,
        risk.subsidy_gap_at(RISKED),
        strict=True,
    )
    for name, loses, though, lacks, gap in rows:
        yield {
            "lot": name,
            "loses": loses,
            "loses_with_subsidy": though,
            "lacks_more_than_subsidy": lacks,
            share: gap,
        }
