"""``zoning award``: which bidder wins which lot of a written plan."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.ending import BROKEN, NONE
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.words import MANY_ZONES, cell, tell_notes
from zoning.cli.written import plan_path, require_lots, written_in
from zoning.errors import InputError
from zoning.planfile.verify import differences
from zoning.planfile.written import RuleError
from zoning.tender.award import Award, tender_of
from zoning.tender.award import award as awarded
from zoning.tender.bids import Tender
from zoning.tender.files import FILES, PAGE, write_award
from zoning.tender.read_bids import read_bids
from zoning.tender.report import lot_rows, words_of
from zoning.tender.rules import BestValue, LowestPrice, Rules, Value

BidsFile = Annotated[
    str, typer.Option(metavar="FILE", help="Bids, .xlsx or .csv: bidder, lot, price.")
]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="P:Q",
        help="Price and quality, such as 60:40. Default: the lowest price wins.",
    ),
]
MostLots = Annotated[
    int | None,
    typer.Option(min=1, help="A bidder and related firms win no more. Default: any."),
]
OneBid = Annotated[
    bool, typer.Option("--one-bid", help="A bidder wins one of its bids at most (XOR).")
]
Reserve = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        help="Bids above X times the estimate are rejected; 1.1 is 10 % above.",
    ),
]
Fewest = Annotated[
    int, typer.Option(min=0, help="A lot with fewer bidders is tendered again.")
]


def award(
    folder: options.Folder,
    bids: BidsFile,
    value_weights: Weights = None,
    most_lots: MostLots = None,
    one_bid: OneBid = False,
    reserve: Reserve = None,
    fewest_bidders: Fewest = 3,
    time: options.Time = 60.0,
    seed: options.Seed = 1,
    workers: options.Workers = 1,
) -> None:
    """Award the lots of a written plan to bidders; write the award beside it.

    As many lots as possible, then the least price, or price and quality: proved
    best, if the time allows. award.md is one page to read.
    """
    screen, log = consoles()
    rules = Rules(
        value=_value(value_weights),
        bidding="xor" if one_bid else "or",
        most_lots=most_lots,
        fewest_bidders=fewest_bidders,
    )
    target = plan_path(folder).parent
    claim(target, log)
    tender = _tender(folder, reserve, screen)
    offers = read_bids(bids, tender, value=rules.value)
    log.print(
        f"{len(offers):,} bids of {len(offers.by_bidder):,} bidders for "
        f"{len(tender):,} lots, estimated at {sum(tender.estimates):,} yuan a year."
    )
    found = awarded(
        *(tender, offers, rules),
        time_limit=time,
        margin_limit=time,
        seed=seed,
        workers=workers,
    )
    with keeping():
        write_award(target, found)
        _tell(found, target, screen)
    if not found.verdict.wins:
        raise typer.Exit(NONE)


def _value(weights: str | None) -> Value:
    """What bids count for, as it was typed."""
    if weights is None:
        return LowestPrice()
    found = re.fullmatch(r"([0-9]{1,6})[:/]([0-9]{1,6})", weights.replace(" ", ""))
    if not found:
        msg = (
            "--value-weights must be two whole numbers, price first, such as 60:40; "
            f"got {weights!r}."
        )
        raise InputError(msg)
    price, quality = map(int, found.groups())
    return BestValue(price, quality)


def _tender(folder: str, reserve: float | None, screen: Console) -> Tender:
    """The lots of a written plan, called as its file calls them."""
    try:
        written = written_in(folder)
    except RuleError as error:
        screen.print(str(error))
        raise typer.Exit(BROKEN) from error
    lots = require_lots(folder, written)
    faults = [*written.verdict.faults, *lots.faults, *differences(written)]
    if faults:
        screen.print(
            f"{plan_path(folder)} breaks a rule or holds a wrong number: {faults[0]} "
            "Mend it as `zoning check` tells; nothing was awarded."
        )
        raise typer.Exit(BROKEN)
    order = sorted(lots.lots, key=written.lot_id)
    names = [str(written.lot_id(lot)) for lot in order]
    return tender_of(written.plan, order, names=names, reserve=reserve)


def _tell(found: Award, folder: Path, screen: Console) -> None:
    if len(found.tender) <= MANY_ZONES:
        screen.print(_table(found))
    else:
        screen.print(f"{len(found.tender):,} lots are listed in award.csv.")
    first, *notes = words_of(found)
    screen.print(first)
    tell_notes(notes, screen)
    made = [name for name in FILES if (folder / name).exists() and name != PAGE]
    screen.print(
        f"The award on one page is {folder / PAGE}; beside it are "
        f"{', '.join(sorted(made))}."
    )


def _table(found: Award) -> Table:
    made = Table(box=SIMPLE_HEAD, title="Award", title_justify="left")
    heads = ("lot", "winner", "yuan/year", "runner-up", "margin", "bidders")
    for head in heads:
        words = head in ("lot", "winner", "runner-up")
        made.add_column(head, justify="left" if words else "right")
    for row in lot_rows(found):
        package = row["winner"] and row["price"] is None
        made.add_row(
            cell(row["lot"]),
            cell(row["winner"] or "none"),
            cell(f"in {row['bid_lots']}" if package else row["price"]),
            *(cell(row[key]) for key in ("runner_up", "margin", "bidders")),
        )
    return made
