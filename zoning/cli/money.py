"""``zoning money``: what each lot of a written plan costs, brings in and lacks."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import MANY_ZONES, cell, tell_notes
from zoning.cli.written import drawn, lots_of, plan_path, written_in
from zoning.finance.accounts import statements
from zoning.finance.monte_carlo import RiskSimulation, monte_carlo, notes_on
from zoning.finance.sensitivity import tornado
from zoning.finance.statement import Accounts, rounded_up
from zoning.output.money import FILES, PICTURES, write_money

KNOWN = ("fee", "rate", "parking", "area")  # columns that money comes from

Draws = Annotated[int, typer.Option(min=1, help="Draws of uncertain figures.")]
Change = Annotated[float, typer.Option(help="Figures are so much off; 0.2 is 20 %.")]


def money(
    folder: options.Folder,
    draws: Draws = 2_000,
    change: Change = 0.2,
    seed: options.Seed = 1,
) -> None:
    """Tell what each lot of a written plan costs, brings in and lacks.

    Tables and pictures are written beside the plan, whose layer may have columns fee,
    rate and parking.
    """
    screen, log = consoles()
    path = plan_path(folder)
    claim(path.parent, log)
    written = written_in(folder)
    lots = lots_of(folder, written, drawn(folder, written, columns=KNOWN))
    names = [str(written.lot_id(lot)) for lot in lots.lots]
    accounts = statements(lots)
    swings = tornado(lots, change=change)
    risk = monte_carlo(lots, draws=draws, seed=seed)
    with keeping():
        notes = write_money(
            path.parent,
            accounts,
            swings,
            risk,
            zone_names=written.names,
            lot_names=names,
        )
        if len(names) <= MANY_ZONES:
            screen.print(_table(accounts, names))
        for told in _words(accounts, risk, names):
            screen.print(told)
        costs = accounts.plan.problem.region.costs
        tell_notes([*notes_on(risk.ranges, costs), *notes], screen)
        tables = ", ".join(name for name in FILES if name not in PICTURES)
        screen.print(
            f"In {path.parent}: {tables}; pictures {', '.join(PICTURES)}.",
            soft_wrap=True,
        )


def _table(accounts: Accounts, names: list[str]) -> Table:
    money = accounts.plan.problem.region.costs.currency
    made = Table(box=SIMPLE_HEAD, title=f"Money, {money} a year", title_justify="left")
    heads = ("lot", "cost", "one by one", "needed", "revenue", "subsidy gap")
    for head in (*heads, "break-even fee", "collection"):
        made.add_column(head, justify="left" if head == "lot" else "right")
    for name, lot in zip(names, accounts.lots, strict=True):
        fee, share = lot.break_even_fee, lot.break_even_collection
        made.add_row(
            cell(name),
            *map(cell, (lot.cost, lot.separate_cost, lot.needed, lot.revenue)),
            cell(lot.subsidy_gap),
            "none" if fee is None else f"{rounded_up(fee, 2):.2f}",
            "over 100 %" if share is None else f"{rounded_up(100 * share, 1):.1f} %",
        )
    made.caption = f"break-even fee: {money}/m²·month at the collection in force"
    made.caption_justify = "left"
    return made


def _words(accounts: Accounts, risk: RiskSimulation, names: list[str]) -> list[str]:
    money = accounts.plan.problem.region.costs.currency
    told = [
        f"All lots lack {accounts.subsidy_gap:,} {money} a year; the zones tendered "
        f"one by one would lack {accounts.separate_subsidy_gap:,}."
    ]
    saved = sorted(accounts.items, key=lambda item: -item.saving)[:3]
    most = ", ".join(f"{item.what} {item.saving:,}" for item in saved if item.saving)
    if most:
        told.append(f"Most is saved by {most} {money} a year.")
    for name, lot, loses in zip(names, accounts.lots, risk.loses, strict=True):
        told.append(
            f"Lot {name}. {lot.in_words(money)} Without a subsidy it loses money in "
            f"{100 * loses:.0f} of 100 cases."
        )
    return told
