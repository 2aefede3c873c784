"""What service costs: figures with their sources, shared resources, travel.

Money is in yuan, or what `CostModel.currency` calls it; nothing is converted. Rates are
per month where planners speak of months; everything that leaves this module is whole
yuan a year.
"""

from __future__ import annotations

import reprlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from math import inf
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from zoning.errors import InputError
from zoning.text.amounts import MOST_AMOUNT, is_number
from zoning.text.arguments import NUMBER, PATH, WHOLE, WORD, instance, many, take, takes
from zoning.text.encodings import decoded, no_text, require_file

MONTHS = 12
YUAN = "yuan"  # what money is called unless somebody says otherwise
M2_PER_HOUSEHOLD = 70.0
MOST = 1e9  # of anything in a building, or yuan; sums stay exact and far from overflow
MOST_RATE = 1e3  # yuan/m²·month, and any factor or share
MOST_LOAD = 1e15  # yuan a year in a unit: thousands of them add up in 64 bits
LEAST_CAPACITY = 1e-3  # of one piece: a million m² would need 1e9 of them


@dataclass(frozen=True)
class Resource:
    """Staff, machines or stations: bought in whole numbers, shared in a zone or a lot.

    Parameters
    ----------
    name
        What planners call it.
    capacity
        How much of `per` one of them serves.
    per
        Name of the sum it depends on: ``"area"`` (m²) or ``"households"``, or any
        other numeric column that was read.
    wage
        Monthly wages of the people in one of them, before the employer's on-cost.
    other
        Other monthly cost of one: depreciation, fuel, rent.
    shared
        ``"lot"``: one bought for a lot serves all its zones. ``"zone"``: each zone
        buys its own.
    minimum
        At least so many in every lot (or zone), however small.
    source, grade
        Where the figures come from, and how good that is: A law, B paper, C news,
        D low-authority page, X assumption.
    """

    name: str
    capacity: float
    per: str = "area"
    wage: float = 0.0
    other: float = 0.0
    shared: Literal["zone", "lot"] = "lot"
    minimum: int = 0
    source: str = "given by the planner"
    grade: str = "given"

    def __post_init__(self) -> None:
        take(
            self,
            **dict.fromkeys(("name", "per", "shared", "source", "grade"), WORD),
            **dict.fromkeys(("capacity", "wage", "other"), NUMBER),
            minimum=WHOLE,
        )
        if not LEAST_CAPACITY <= self.capacity <= MOST_AMOUNT:
            msg = (
                f"Resource {self.name!r} has capacity {reprlib.repr(self.capacity)}; "
                f"it must be above 0, at least {LEAST_CAPACITY:g}, at most "
                f"{MOST_AMOUNT:,}. Say how many m² (or households) one of them serves."
            )
            raise InputError(msg)
        if self.wage < 0 or self.other < 0 or self.minimum < 0:
            msg = f"Resource {self.name!r} has a negative wage, cost or minimum."
            raise InputError(msg)
        for key in ("wage", "other", "minimum"):
            if not getattr(self, key) <= MOST:
                told = reprlib.repr(getattr(self, key))
                msg = (
                    f"Resource {self.name!r}: {key} is {told}; it must be at most "
                    f"{MOST:,.0f}."
                )
                raise InputError(msg)
        if self.shared not in ("zone", "lot"):
            msg = f"Resource {self.name!r}: shared must be 'zone' or 'lot'."
            raise InputError(msg)


_WAGES = "wage: assumption above the Harbin minimum wage of 2,080 (May 2024)"
DEFAULT_RESOURCES = (
    Resource(
        "cleaner",
        15_000,
        wage=2_300,
        source=f"1 / 15,000 m²: staffing norms 8,000-16,000 m²; {_WAGES}",
        grade="D",
    ),
    Resource(
        "repairer",
        40_000,
        wage=3_300,
        source=f"1 / 40,000 m²: staffing norms 20,000-40,000 m²; {_WAGES}",
        grade="D",
    ),
    Resource(
        "steward",
        750,
        per="households",
        wage=2_800,
        source=f"1 / 750 households: staffing norms 400-800; {_WAGES}",
        grade="D",
    ),
    Resource(
        "machine",
        155_000,
        other=100_000 * 0.95 / 60 + 800,
        source="7 machines for 152 buildings (newspaper report on Nangang); price "
        "100,000, residual 5 %, 5 years, 800 a month running: assumption",
        grade="X",
    ),
    Resource(
        "station",
        360_000,
        wage=4_500,
        other=3_000,
        minimum=1,
        source="3 stations for 152 buildings (newspaper report on Nangang); one "
        f"manager each; rent and office 3,000 a month: assumption; {_WAGES}",
        grade="X",
    ),
)

# name of a field of CostModel -> unit of measure, source, grade
FIGURES: Mapping[str, tuple[str, str, str]] = {
    "consumables": ("yuan/m²·month", "assumption: materials and utilities", "X"),
    "on_cost": ("factor on wages", "assumption; 1.05 retired - 1.40 insured", "X"),
    "guards_per_zone": (
        "people",
        "none by default; day post 2, round the clock 3",
        "X",
    ),
    "guard_wage": ("yuan/month", _WAGES, "X"),
    "entry_per_zone": (
        "yuan/year",
        "0 by default; 400,000 over 8 years where gates and cameras are bought "
        "(newspaper report on Nangang)",
        "X",
    ),
    "fixed_per_lot": ("yuan/year", "0 by default; tender and contract", "X"),
    "travel": ("yuan/m²·month per 100 m of way to the center", "assumption", "X"),
    "lot_travel": (
        "yuan/m²·month per 100 m of way between centers",
        "assumption: a quarter of the zone's rate, for the shared quarter of the "
        "work (repair, machine, manager)",
        "X",
    ),
    "detour": ("way / straight line", "assumption; a street network replaces it", "X"),
    "bridge": (
        "metres of way for each metre of bridge, besides",
        "assumption: over a gap a way counts twice",
        "X",
    ),
    "crossing": ("yuan/month per barrier crossed in a lot", "assumption", "X"),
    "fee": ("yuan/m²·month", "old compounds 0.18-0.80", "C"),
    "fee_limit": (
        "yuan/m²·month",
        "highest fee found in old compounds; at 1.80 under half paid",
        "C",
    ),
    "collection": ("share of the fee paid", "old compounds 30-89 %", "C"),
    "parking": (
        "yuan/space·month",
        "Harbin tariff: 60-90 for a space in the open; the low end",
        "C",
    ),
    "parking_collection": ("share of spaces paid for", "assumption: as the fee", "X"),
    "profit": ("share of cost", "Harbin tariff: 6-12 %", "C"),
    "tax": (
        "share of cost and profit, on top",
        "6 % (3 % small taxpayer): assumption",
        "X",
    ),
}
SHARES = ("collection", "parking_collection")  # at most 1


def most_figure(unit: str) -> float:
    """The most a figure of this unit of measure may be."""
    return MOST if unit.startswith(("yuan/month", "yuan/year")) else MOST_RATE


_RESOURCES = many(
    instance(Resource, "a Resource"),
    "Resources in a tuple",
    "(Resource('gardener', 100_000, wage=2_400),)",
)


@dataclass(frozen=True)
class CostModel:
    """Every figure a plan is priced with; see `FIGURES` for units and sources.

    Change one with ``dataclasses.replace(CostModel(), fee=0.6)`` or in the ``[costs]``
    table of a scenario file. `currency` is what money is called where it is shown;
    nothing is converted by it.
    """

    consumables: float = 0.08
    on_cost: float = 1.20
    guards_per_zone: float = 0.0
    guard_wage: float = 2_400.0
    entry_per_zone: float = 0.0
    fixed_per_lot: float = 0.0
    travel: float = 0.02
    lot_travel: float = 0.005
    detour: float = 1.3
    bridge: float = 1.0
    crossing: float = 300.0
    fee: float = 0.50
    fee_limit: float = 0.80
    collection: float = 0.60
    parking: float = 60.0
    parking_collection: float = 0.60
    profit: float = 0.08
    tax: float = 0.06
    resources: tuple[Resource, ...] = field(default=DEFAULT_RESOURCES)
    currency: str = YUAN

    def __post_init__(self) -> None:
        figures = dict.fromkeys(FIGURES, NUMBER)
        take(self, resources=_RESOURCES, currency=WORD, **figures)
        if not self.currency.strip():
            msg = 'currency must be what money is called, such as "EUR"; it is empty.'
            raise InputError(msg)
        bad = [
            f"{name} = {reprlib.repr(getattr(self, name))}"
            for name in FIGURES
            if not getattr(self, name) >= 0
        ]
        if bad:
            msg = f"Cost figures must be numbers >= 0; got {', '.join(bad)}."
            raise InputError(msg)
        beyond = [
            f"{name} = {reprlib.repr(getattr(self, name))} (at most {most:,.0f})"
            for name, (unit, _, _) in FIGURES.items()
            if getattr(self, name) > (most := most_figure(unit))
        ]
        if beyond:
            msg = f"Cost figures are out of range: {', '.join(beyond)}. Correct them."
            raise InputError(msg)
        over = [
            f"{name} = {reprlib.repr(getattr(self, name))}"
            for name in SHARES
            if getattr(self, name) > 1
        ]
        if over:
            msg = f"Shares are at most 1 (write 0.6 for 60 %); got {', '.join(over)}."
            raise InputError(msg)
        names = [resource.name for resource in self.resources]
        if len(set(names)) < len(names):
            msg = f"Each resource needs a name of its own; got {', '.join(names)}."
            raise InputError(msg)

    @property
    def fixed_per_zone(self) -> int:
        """What a zone costs before it serves anybody, yuan a year."""
        guards = self.guards_per_zone * self.guard_wage * self.on_cost * MONTHS
        return round(guards + self.entry_per_zone)

    def price(self, resource: Resource) -> int:
        """What one piece of a resource costs, yuan a year."""
        return round(MONTHS * (resource.wage * self.on_cost + resource.other))

    def with_wages(self, factor: float) -> CostModel:
        """The same figures with every wage, guards' too, times `factor`."""
        paid = tuple(replace(r, wage=r.wage * factor) for r in self.resources)
        return replace(self, guard_wage=self.guard_wage * factor, resources=paid)

    def direct(self, sums: Mapping[str, NDArray[np.int64]]) -> NDArray[np.int64]:
        """What each unit costs apart from resources, yuan a year."""
        yearly = self.consumables * MONTHS * sums["area"]
        return np.asarray(np.rint(yearly), np.int64)

    def load(self, sums: Mapping[str, NDArray[np.int64]]) -> NDArray[np.int64]:
        """What each unit costs with resources bought by the fraction, yuan a year.

        This is what zones are balanced by. Whole numbers of resources are counted
        where they are bought: in lots.
        """
        shares = [
            self.price(resource) / resource.capacity * sums[resource.per]
            for resource in self.resources
            if resource.per in sums
        ]
        total = self.direct(sums) + np.rint(sum(shares, 0.0))
        if np.max(total, initial=0) > MOST_LOAD:
            msg = (
                f"A unit would cost {np.max(total):.3g} {self.currency} a year, beyond "
                "measure. "
                "Correct wages, other costs or capacities of resources."
            )
            raise InputError(msg)
        return np.asarray(total, np.int64)

    def load_per_m2(self) -> float:
        """Yearly load of one square metre of dwellings of the usual size."""
        per = {"area": 1.0, "households": 1.0 / M2_PER_HOUSEHOLD}
        shares = (
            self.price(resource) / resource.capacity * per.get(resource.per, 0.0)
            for resource in self.resources
        )
        return self.consumables * MONTHS + sum(shares)

    def travel_per_metre(self, area: NDArray[np.int64]) -> NDArray[np.float64]:
        """Yearly cost of a metre of way to the center, for units of this floor area."""
        return np.asarray(area * (self.travel * MONTHS / 100.0), dtype=np.float64)

    def assumptions(self) -> list[dict[str, str | float]]:
        """Every figure in force with unit, source and grade: a table for reports."""
        usual = CostModel()
        rows: list[dict[str, str | float]] = []
        for name, (unit, source, grade) in FIGURES.items():
            value = getattr(self, name)
            if value != getattr(usual, name):
                source, grade = "given by the planner", "given"
            rows.append(
                {
                    "figure": name,
                    "value": value,
                    "unit": unit.replace(YUAN, self.currency),
                    "source": source,
                    "grade": grade,
                }
            )
        rows.extend(
            {
                "figure": f"{resource.name}: one per",
                "value": resource.capacity,
                "unit": f"{resource.per}, {self.price(resource)} {self.currency}/year "
                "each, "
                f"shared in a {resource.shared}",
                "source": resource.source,
                "grade": resource.grade,
            }
            for resource in self.resources
        )
        return rows


COSTS = instance(CostModel, "a CostModel", "CostModel(fee=0.6)")


@takes(path=PATH)
def read_scenario(path: str | Path) -> CostModel:
    """Cost model from the ``[costs]`` and ``[resources]`` tables of a TOML file.

    Figures that are not named keep their default. A resource named in
    ``[resources.cleaner]`` changes the default of that name, a new name adds one.

    Raises
    ------
    InputError
        The file is missing, is not TOML, or names a figure that does not exist.
    """
    return from_tables(tables_in(path), where=str(path))


def tables_in(path: str | Path, *, what: str = "scenario") -> dict[str, Any]:
    """The tables of a scenario file, whatever they hold.

    Raises
    ------
    InputError
        The file is missing or is not TOML.
    """
    try:
        require_file(Path(path))
        return tomllib.loads(decoded(Path(path).read_bytes()).text)
    except OSError as error:
        msg = f"Cannot read the {what} file {path}: {error.strerror}."
        raise InputError(msg) from error
    except RecursionError as error:
        msg = f"The {what} file {path} has lists in lists in lists, far too deep."
        raise InputError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"The {what} file {path} is {no_text(error)}. Save it again as UTF-8."
        raise InputError(msg) from error
    except ValueError as error:  # not TOML, a number of thousands of digits
        msg = f"The {what} file {path} is not valid TOML: {error}."
        raise InputError(msg) from error


def from_tables(
    table: Mapping[str, Any],
    *,
    where: str = "scenario",
    usual: CostModel = CostModel(),
) -> CostModel:
    """Cost model from tables as `tomllib` gives them; what they lack is as usual."""
    unknown = sorted(set(table) - {"costs", "resources"})
    faults = [f"table [{name}] is not known" for name in unknown]
    costs, resources = table.get("costs", {}), table.get("resources", {})
    shapeless = [
        f"{name} must be a table, written as [{name}]"
        for name, value in (
            ("costs", costs),
            ("resources", resources),
            *((f"resources.{name}", entry) for name, entry in _items(resources)),
        )
        if not isinstance(value, Mapping)
    ]
    if shapeless:
        msg = f"The scenario {where} has faults: {'; '.join(shapeless)}."
        raise InputError(msg)
    faults += [f"figure {name!r} is not known" for name in costs if name not in FIGURES]
    faults += [
        f"figure {name!r} is {reprlib.repr(value)}, not a number"
        for name, value in costs.items()
        if name in FIGURES and not is_number(value, -inf, inf)
    ]
    known = {item.name for item in fields(Resource)} - {"name"}
    for name, entry in resources.items():
        faults += [
            f"resource {name!r}: {key} is {reprlib.repr(entry[key])}, not words"
            for key in ("per", "shared", "source", "grade")
            if key in entry and not isinstance(entry[key], str)
        ]
        faults += [
            f"resource {name!r} has no setting {key!r}"
            for key in entry
            if key not in known
        ]
        faults += [
            f"resource {name!r}: {key} is {reprlib.repr(entry[key])}, not a number"
            for key in ("capacity", "wage", "other", "minimum")
            if key in entry and not is_number(entry[key], -inf, inf)
        ]
    if faults:
        msg = (
            f"The scenario {where} has faults: {'; '.join(faults)}. Tables are [costs] "
            f"and [resources.NAME]; figures are {', '.join(FIGURES)}."
        )
        raise InputError(msg)
    given = resources
    resources = {item.name: item for item in usual.resources}
    for name, entry in given.items():
        resources[name] = _resource(name, resources.get(name), entry)
    return replace(usual, **costs, resources=tuple(resources.values()))


def _resource(name: str, usual: Resource | None, entry: Mapping[str, Any]) -> Resource:
    given = {"source": "given by the planner", "grade": "given", **entry}
    if usual is not None:
        return replace(usual, **given)
    if "capacity" not in entry:
        msg = f"Resource {name!r} is new and needs a capacity."
        raise InputError(msg)
    return Resource(name=name, **given)


def _items(table: Any) -> list[tuple[str, Any]]:
    return list(table.items()) if isinstance(table, Mapping) else []
