"""Write an award: one page to read, and tables of lots, bids and payments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from zoning.planfile.atomic import atomic_write, write_csv
from zoning.planfile.papers import SIGNED, sign
from zoning.tender.award import Award
from zoning.tender.markdown import plain
from zoning.tender.report import (
    BIDS,
    TIES,
    Row,
    bid_rows,
    lot_rows,
    payment_rows,
    words_of,
)

PAGE, LOTS, PAYMENTS = "award.md", "award.csv", "award_payments.csv"
FILES = (BIDS, PAYMENTS, LOTS, PAGE)


def write_award(folder: str | Path, award: Award) -> None:
    """Write award.md, award.csv, award_bids.csv and award_payments.csv to a folder.

    Those without a row are left out, and removed if they are there. If anything fails,
    all stays as it was.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    tables = {
        LOTS: lot_rows(award),
        BIDS: bid_rows(award),
        PAYMENTS: payment_rows(award),
    }

    def build(fresh: Path) -> None:
        (fresh / PAGE).write_text(page_of(award), "utf-8", newline="\n")
        for name, rows in tables.items():
            if rows:
                write_csv(fresh / name, rows)
        sign(fresh, Path(folder), "award")

    atomic_write(folder, (*FILES, SIGNED), build)


def page_of(award: Award) -> str:
    """The award on one page of Markdown."""
    lots = [
        (
            *(
                _cell(row["lot"]),
                _cell(row["winner"]) or "**none**",
                _cell(_asked(row)),
            ),
            *map(_cell, (row["runner_up"], row["runner_up_price"], row["margin"])),
            *(_cell(row["bidders"]), _cell(_remark(row))),
        )
        for row in lot_rows(award)
    ]
    heads = (
        *("lot", "winner", "yuan a year", "runner-up", "asks"),
        *("margin", "bidders", "remark"),
    )
    paid = [
        [_cell(row[name]) for name in ("bidder", "first_price", "vcg", "note")]
        for row in payment_rows(award)
    ]
    parts = ["# Award", "", *_list(words_of(award)), *_table(heads, lots)]
    parts += ["", "Margin: what the award would lose without the winning bid."]
    if paid:
        parts += ["", "## Payments", ""]
        parts += _table(("bidder", "asks", "by VCG", "remark"), paid)
    parts += ["", "## Rules", "", *_list([*award.admission.rules.in_words(), TIES])]
    return "\n".join(parts).rstrip() + "\n"


def _asked(row: Row) -> Any:
    """The price of a package stands at its first lot."""
    if row["winner"] and row["price"] is None:
        return f"in {row['bid_lots']}"
    return row["price"]


def _remark(row: Row) -> str:
    few = "too few bidders" if row["too_few"] else ""
    return "; ".join(filter(None, (few, row["reason"])))


def _list(told: Iterable[str]) -> list[str]:
    return [*(f"- {plain(one)}" for one in told), ""]


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> list[str]:
    ruler = ["---"] * len(heads)
    return ["| " + " | ".join(line) + " |" for line in (heads, ruler, *lines)]


def _cell(value: Any) -> str:
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return "" if value is None else plain(str(value))
