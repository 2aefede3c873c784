"""Tables and sentences that several commands tell a plan with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zoning.check.balance_words import told_exceptions
from zoning.cli.ending import as_options
from zoning.cli.screen import shown
from zoning.costs import YUAN
from zoning.planfile.rows import all_exceptions, changes_zones, lot_rows, zone_rows
from zoning.result import Status
from zoning.text.order import by_name

BEST = "No plan is cheaper."  # which the totals tell as well
MANY_ZONES = 60  # more zones than so many are left to zones.csv


def tell_plan(table: dict[str, Any], notes: Sequence[str], screen: Console) -> None:
    """Zones, lots and totals of a plan.json, then what there is to note."""
    zones, lots = zone_rows(table), lot_rows(table)
    money = money_of(table)
    if len(zones) <= MANY_ZONES:
        screen.print(zone_table(zones, table))
    else:
        screen.print(f"{len(zones):,} zones are listed in zones.csv.")
    if lots and len(lots) <= MANY_ZONES:
        screen.print(lot_table(lots, money))
    screen.print(ending("Zones", table, money))
    found, bound = all_exceptions(table), table.get("excess_bound")
    for told in told_exceptions(found, len(zones), bound, money=money):
        screen.print(told)
    if table["lots"] is not None:
        screen.print(lots_ending(table["lots"], lots, money))
    if changes_zones(table):
        screen.print(changes_ending(table))
    own = "" if table["reason"] == BEST else table["reason"]
    reasons = [own, (table["lots"] or {}).get("reason", "")]
    tell_notes([*notes, *filter(None, reasons)], screen)


def money_of(table: dict[str, Any]) -> str:
    """What a plan.json calls money; older ones do not say."""
    return str(table["parameters"].get("currency", YUAN))


def ending(what: str, table: dict[str, Any], money: str) -> str:
    """One sentence: what zones or lots cost, and how good that is proved to be."""
    cost, bound = table["cost"], table["bound"]
    near = ["lies outside by no more"] if table.get("excess") else []
    if "change_bound" in table or table.get("change_cost"):
        near.append("moves no more")
    as_near = f" that {' and '.join(near)}" if near else ""
    if table["status"] == Status.OPTIMAL:
        proof = f"proved optimal: no allowed plan{as_near} costs less"
    else:
        gap = f"gap {100 * table['gap']:.2f} %"
        proof = f"none{as_near} can cost less than {bound:,}: {gap}"
    return f"{what}: {cost:,} {money} a year, {proof}."


def lots_ending(
    table: dict[str, Any], rows: Sequence[dict[str, Any]], money: str
) -> str:
    """What lots cost, and what they save; rows are those of `lot_rows`."""
    if not rows:
        return "Lots: none."
    alone = table["separate_cost"]
    return (
        f"{ending('Lots', table, money)} Tendered one by one the same zones would cost "
        f"{alone:,}; together they save {alone - table['cost']:,}."
    )


def zone_table(rows: Sequence[dict[str, Any]], table: dict[str, Any]) -> Table:
    """A table of what `zone_rows` gave, by name."""
    made = Table(box=SIMPLE_HEAD, title="Zones", title_justify="left")
    heads = {key: key for key in ("zone", "lot", "center", "units", "buildings")}
    heads |= {
        "area": "area m²",
        "households": "households",
        "cost": f"{money_of(table)}/year",
    }
    more = {"surcharge": "surcharge", "changed_m2": "changed m²"}
    heads |= {key: head for key, head in more.items() if key in rows[0]}
    for head in (*heads.values(), "deviation"):
        made.add_column(head, justify="left" if head == "center" else "right")
    for row in sorted(rows, key=lambda row: by_name(row["zone"])):
        away = row["deviation"]
        told = "" if away is None else f"{100 * away:+.1f} %"
        told_row = {**row, "center": with_name(row)}
        made.add_row(*(cell(told_row[key]) for key in heads), told)
    share = table["parameters"]["fair_share"]
    made.caption = (
        f"deviation: from the fair share of {share:,} {money_of(table)} a year"
    )
    if any(rule["rule"] == "target" for rule in table["parameters"].get("rules", ())):
        made.caption += ", as targets of zones share it out"
    made.caption_justify = "left"
    return made


def with_name(row: dict[str, Any]) -> str:
    """The center of a zone by its name, its id in brackets where that is another."""
    name, center = row.get("center_name", row["center"]), str(row["center"])
    return center if name == center else f"{name} ({center})"


def lot_table(rows: Sequence[dict[str, Any]], money: str) -> Table:
    """A table of what `lot_rows` gave."""
    made = Table(box=SIMPLE_HEAD, title="Lots", title_justify="left")
    for head in ("lot", "zones", "area m²", "households", f"{money}/year", "saving"):
        made.add_column(head, justify="left" if head == "zones" else "right")
    for row in rows:
        made.add_row(
            cell(row["lot"]),
            ", ".join(map(str, row["zones"])),
            *(cell(row[key]) for key in ("area", "households", "cost", "saving")),
        )
    return made


def number_table(rows: Sequence[dict[str, Any]], money: str) -> Table:
    """A table of the numbers of zones that were tried, as `Frontier.rows` has them."""
    made = Table(box=SIMPLE_HEAD, title="Numbers of zones", title_justify="left")
    heads = {"num_zones": "zones", "cost": "cost of zones", "bound": "none below"}
    heads |= {"zones_in_lots": "lots", "cost_in_lots": "cost in lots"}
    if any(row["exceptions"] for row in rows):
        heads |= {"exceptions": "exceptions", "excess": f"{money} outside"}
    shown_keys = [key for key in heads if key in rows[0]]
    for key in shown_keys:
        made.add_column(heads[key], justify="right")
    made.add_column("")
    for row in rows:
        told = "chosen" if row["chosen"] else row["reason"]
        made.add_row(*(cell(row[key]) for key in shown_keys), cell(told))
    told = [f"{money} a year"]
    if "cost_in_lots" in rows[0]:
        told.append("lots: how many × how many zones")
    if "excess" in shown_keys:
        told.append("exceptions: zones outside the balance, and how far in all")
    made.caption = "; ".join(told)
    made.caption_justify = "left"
    return made


def changes_ending(table: dict[str, Any]) -> str:
    """One sentence: how much changes zone against last year's plan."""
    changed = sum(zone["changed"] for zone in table["zones"])
    total = sum(zone["area"] for zone in table["zones"])
    told = f"Changes: {changed:,} m² ({100 * changed / max(1, total):.1f} %)"
    if table["change_cost"]:
        told += (
            f", priced at {table['change_cost']:,} {money_of(table)} beside the cost"
        )
    if "change_bound" in table:
        told += f", {_least(changed, table['change_bound'])}"
    return f"{told}; changes.csv lists the buildings and says why."


def _least(changed: int, bound: int) -> str:
    if bound >= changed:
        return "proved to be the fewest there can be"
    return f"none can have less than {bound:,}" if bound else "with no bound proved"


def cell(value: Any) -> Text:
    """A value in a table: exact numbers with commas, nothing for None."""
    exact = _is_int(value) or isinstance(value, Decimal)
    return Text("" if value is None else f"{value:,}" if exact else shown(str(value)))


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def tell_notes(notes: Sequence[str], screen: Console) -> None:
    """What there is to note, each thing once."""
    if notes:
        screen.print("Notes")
    for note in dict.fromkeys(notes):
        screen.print(f"- {as_options(note)}")


@contextmanager
def told_anyway(notes: Sequence[str], screen: Console) -> Iterator[None]:
    """Tell what there is to note where a command ends without a plan, however.

    What was assumed while reading may be why there is none.
    """
    try:
        yield
    except BaseException:
        tell_notes(notes, screen)
        raise
