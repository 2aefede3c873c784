"""A statement: what zones under one contract cost, bring in and lack.

`zoning.finance.accounts` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import ceil

from zoning.costs import MONTHS, YUAN
from zoning.plan import Plan


class Economy(StrEnum):
    """Whether a company can live on a lot or a zone."""

    ECONOMIC = "economic"  # revenue covers cost, profit and tax
    SUBSIDISED = "economic with a subsidy"  # it could, at a usual fee that all pay
    UNECONOMIC = "uneconomic"  # not even then


@dataclass(frozen=True)
class Item:
    """A line of what zones cost: as one lot, and each of them alone.

    Parameters
    ----------
    what
        A resource, or another kind of cost.
    cost, separate_cost
        Whole yuan a year, together and one by one.
    count, separate_count, price
        Pieces of a resource, together and one by one, and the yuan a year of one;
        None for what is not bought by the piece.
    """

    what: str
    cost: int
    separate_cost: int
    count: int | None = None
    separate_count: int | None = None
    price: int | None = None

    @property
    def saving(self) -> int:
        """What tendering together saves, whole yuan a year; crossings lose."""
        return self.separate_cost - self.cost


@dataclass(frozen=True)
class Statement:
    """Cost, revenue and what is missing for zones under one contract.

    Money is whole yuan a year; a fee is yuan/m²·month.

    Parameters
    ----------
    zones
        Positions of the zones: those of a lot, or one.
    area
        Floor area, m².
    items
        What the cost consists of.
    fees, parking
        What comes in.
    profit, tax
        What must come in above the cost.
    left
        What a company keeps of the revenue after tax and cost, without any subsidy;
        below 0 it loses money.
    break_even_fee
        Fee that brings in all that is needed, with the collection in force; None where
        nobody pays.
    break_even_collection
        Share of the fees in force that brings in all that is needed; None where even
        all of them do not.
    full_fee
        The fee that would be needed if everybody paid; None without floor area.
    economy
        See `Economy`.
    """

    zones: tuple[int, ...]
    area: int
    items: tuple[Item, ...]
    fees: int
    parking: int
    profit: int
    tax: int
    left: int
    break_even_fee: float | None
    break_even_collection: float | None
    full_fee: float | None
    economy: Economy

    @property
    def cost(self) -> int:
        """What the zones cost."""
        return sum(item.cost for item in self.items)

    @property
    def separate_cost(self) -> int:
        """What they cost tendered one by one."""
        return sum(item.separate_cost for item in self.items)

    @property
    def saving(self) -> int:
        """What tendering together saves."""
        return self.separate_cost - self.cost

    @property
    def revenue(self) -> int:
        """Fees and parking."""
        return self.fees + self.parking

    @property
    def needed(self) -> int:
        """What must come in: cost, profit and tax."""
        return self.cost + self.profit + self.tax

    @property
    def subsidy_gap(self) -> int:
        """The subsidy that is missing so that the company earns all that is needed."""
        return max(0, self.needed - self.revenue)

    @property
    def per_m2(self) -> float | None:
        """Cost in yuan/m²·month; None without floor area."""
        return self.cost / self.area / MONTHS if self.area else None

    def figures(self) -> dict[str, int | float | str | None]:
        """Every figure by name, for tables and files; the items are left out."""
        return {
            "area": self.area,
            "cost": self.cost,
            "cost_per_m2_month": self.per_m2,
            "separate_cost": self.separate_cost,
            "saving": self.saving,
            "fees": self.fees,
            "parking": self.parking,
            "revenue": self.revenue,
            "profit": self.profit,
            "tax": self.tax,
            "needed": self.needed,
            "subsidy_gap": self.subsidy_gap,
            "left": self.left,
            "break_even_fee": self.break_even_fee,
            "break_even_collection": self.break_even_collection,
            "full_fee": self.full_fee,
            "economy": str(self.economy),
        }

    def in_words(self, money: str = YUAN) -> str:
        """Whether it pays, and where it would; `money` is what that is called."""
        if self.economy is Economy.ECONOMIC:
            return f"Economic: {self.revenue - self.needed:,} {money} a year over."
        fee, share = self.break_even_fee, self.break_even_collection
        told = "none" if fee is None else f"{rounded_up(fee, 2):.2f} {money}/m²·month"
        part = "over 100 %" if share is None else f"{rounded_up(100 * share, 1):.1f} %"
        return (
            f"{str(self.economy).capitalize()}: {self.subsidy_gap:,} {money} a year "
            f"are missing. Break-even fee at this collection: {told}; break-even "
            f"collection at this fee: {part}."
        )


@dataclass(frozen=True, eq=False)
class Accounts:
    """The statements of a plan.

    Parameters
    ----------
    plan
        Whose zones they are.
    lots
        A statement for each lot, in the order of the lots; empty without lots.
    zones
        A statement for each zone tendered alone, in the order of the zones.
    """

    plan: Plan
    lots: tuple[Statement, ...]
    zones: tuple[Statement, ...]

    def alone(self, statement: Statement) -> tuple[Statement, ...]:
        """The statements of its zones, each tendered alone."""
        return tuple(self.zones[zone] for zone in statement.zones)

    @property
    def subsidy_gap(self) -> int:
        """Subsidy that all lots together lack; of all zones alone without lots."""
        return sum(one.subsidy_gap for one in self.lots or self.zones)

    @property
    def separate_subsidy_gap(self) -> int:
        """Subsidy that all zones lack, each tendered alone."""
        return sum(one.subsidy_gap for one in self.zones)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What all lots cost (all zones alone without lots), line by line."""
        every = self.lots or self.zones
        return tuple(
            _together(lines)
            for lines in zip(*(one.items for one in every), strict=True)
        )


def rounded_up(value: float, digits: int) -> float:
    """Rounded up: at a break-even that was rounded down money would be missing."""
    scale = float(10**digits)
    return ceil(value * scale - 1e-6) / scale


def _together(lines: Sequence[Item]) -> Item:
    """The same line of several statements as one."""
    first = lines[0]
    bought = [x for x in lines if x.count is not None and x.separate_count is not None]
    return Item(
        first.what,
        sum(line.cost for line in lines),
        sum(line.separate_cost for line in lines),
        sum(line.count or 0 for line in bought) if bought else None,
        sum(line.separate_count or 0 for line in bought) if bought else None,
        first.price,
    )
