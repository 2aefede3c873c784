"""One file of all a planner sets: figures, bands, rules, and settings of lots."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zoning.costs import COSTS, CostModel, tables_in
from zoning.costs import from_tables as costs_from_tables
from zoning.errors import InputError
from zoning.lots.rules import FORMER, LOT_RULES, LotRules
from zoning.problem import BANDS, MOST_PRICE, PRICES, Band
from zoning.region import BUILDINGS, GAP_LIMIT, LOAD, MAX_GAP, REGION, Region
from zoning.rules import Rule
from zoning.scenario.forms import BAND, FORMS, LEAST_GAP, LOT_INDEX, LOTS, MOST_GAP
from zoning.scenario.profile import currency_in
from zoning.scenario.shipped import ONE_RULE, scenario_file
from zoning.share import COST_BAND
from zoning.text.arguments import COLUMNS, PATH, WORD, instance, many, take, takes
from zoning.text.issues import Issues, did_you_mean
from zoning.text.tables import AT_THE_TOP, NAMES, NUMBER, ByColumn, Form
from zoning.text.tables import WORD as A_WORD

_FIGURES = ("costs", "resources")
NEVER = "never"  # the price of bending a band that is hard
_TABLES = (*AT_THE_TOP, *_FIGURES, "bands", "bend", *FORMS, "lots")
# keys that are words, and what one may be
_EXAMPLES = {"only": "residential", "crs": "EPSG:4549", "datum": "gcj02"}
_ALWAYS_READ = ("area", "households", LOAD)


_RULES = many(
    instance((Rule, ByColumn), "a rule"),
    "rules in a tuple",
    "(Radius(900),)",
)


@dataclass(frozen=True)
class Scenario:
    """What a planner sets beside the buildings.

    Parameters
    ----------
    costs
        Figures everything is priced with.
    bands
        What sums over a zone may be, as `Problem` takes them. None unless the file
        says so.
    rules
        Rules, and what is to become rules once the buildings are read; `rules_for`
        gives them all.
    more_columns
        Columns to keep though no rule names them, and the header of each where it has
        another in the file.
    lots
        Rules for lots, as `zoning.bundle` takes them.
    max_gap
        Metres between walls that a zone may have within it, as `zoning.read` takes it.
    notes
        What is to be minded in the file: names that will go.
    bend
        What bending a band costs, as `Problem` takes it.
    only, crs, datum
        Which buildings are read by their use, and what coordinates are in, as
        `zoning.read` takes them.
    """

    costs: CostModel = field(default_factory=CostModel)
    bands: Mapping[str, Band] = field(default_factory=dict)
    rules: tuple[Rule | ByColumn, ...] = ()
    more_columns: Mapping[str, str | None] = field(default_factory=dict)
    lots: LotRules = field(default_factory=LotRules)
    max_gap: float | None = MAX_GAP
    notes: tuple[str, ...] = field(default=(), compare=False)
    bend: Mapping[str, int | None] = field(default_factory=dict)
    only: str | None = None
    crs: str | None = None
    datum: str | None = None

    def __post_init__(self) -> None:
        take(
            self,
            costs=COSTS,
            bands=BANDS,
            rules=_RULES,
            more_columns=COLUMNS,
            notes=many(WORD, "notes in a list"),
            lots=LOT_RULES,
            max_gap=GAP_LIMIT,
            bend=PRICES,
            only=WORD.or_none,
            crs=WORD.or_none,
            datum=WORD.or_none,
        )

    @property
    def columns(self) -> dict[str, str | None]:
        """Columns that `read` must keep, by header or None: ``columns=`` of it."""
        named = [name for rule in self.rules for name in rule.columns]
        named += [column for _, column in self.lots.columns_needed()]
        return dict.fromkeys(named) | dict(self.more_columns)

    @property
    def sums(self) -> tuple[str, ...]:
        """Columns that `read` must sum over units: ``sums=`` of it."""
        named = [resource.per for resource in self.costs.resources]
        named += [name for name in self.bands if name != BUILDINGS]  # are counted
        return tuple(dict.fromkeys(n for n in named if n not in _ALWAYS_READ))

    @takes(region=REGION)
    def rules_for(self, region: Region) -> tuple[Rule, ...]:
        """Rules for these buildings, those of columns included.

        Raises
        ------
        InputError
            The region lacks a column, or holds nothing to make a rule of.
        """
        found: list[Rule] = []
        faults: list[str] = []
        for rule in self.rules:
            if not isinstance(rule, ByColumn):
                found.append(rule)
                continue
            try:
                found += rule.make(region, rule.column)
            except InputError as error:
                faults.append(str(error))
        if faults:
            raise InputError(" ".join(faults))
        return tuple(found)


@takes(path=PATH, profile=COSTS)
def read_scenario_file(
    path: str | Path, *, profile: CostModel = CostModel()
) -> Scenario:
    """Everything in a scenario file (TOML); see docs/scenario.md.

    Parameters
    ----------
    path
        Of the file; or the name of a scenario that comes with the package, one of
        `shipped_scenarios`. A file of that name goes before.
    profile
        Figures where the file has none, and what money is called, see `read_profile`.

    Raises
    ------
    InputError
        The file is missing, is not TOML, or asks for what there is not; the message
        tells all that is wrong.

    Examples
    --------
    >>> read_scenario_file("inner-mongolia-2000").bands
    {'area': Band(low=30000, high=100000)}
    """
    tables = tables_in(scenario_file(path))
    return from_tables(tables, where=str(path), profile=profile)


def from_tables(
    tables: Mapping[str, Any], *, where: str = "", profile: CostModel = CostModel()
) -> Scenario:
    """Scenario of tables as `tomllib` gives them; see `read_scenario_file`.

    Examples
    --------
    >>> scenario = from_tables({"contain": [{"column": "subdistrict"}]})
    >>> scenario.columns, scenario.bands
    ({'subdistrict': None}, {})
    """
    log = Issues(f"The scenario {where}".strip())
    log.faults += [
        f"{name!r} is not known. {did_you_mean(name, _TABLES)}A scenario has "
        f"{', '.join(_TABLES)}."
        for name in tables
        if name not in _TABLES
    ]
    given = {name: tables[name] for name in _FIGURES if name in tables}
    costs = profile
    try:
        if "currency" in tables:
            costs = replace(costs, currency=currency_in(tables))
        costs = costs_from_tables(given, where=where or "scenario", usual=costs)
    except InputError as error:
        log.faults.append(str(error))
    bands = _bands(tables, log)
    scenario = Scenario(
        costs,
        bands,
        tuple(_rules(tables, log.faults)),
        _more_columns(tables, log.faults),
        _lots(tables, log),
        _max_gap(tables, log.faults),
        tuple(log.notes),
        _bend(tables, bands, log.faults),
        **_words(tables, log.faults),
    )
    if len(log.faults) == 1 and where not in log.faults[0]:  # several say it once
        log.faults = [f"{log.where}: {log.faults[0]}"]
    log.raise_faults()
    return scenario


def _table(tables: Mapping[str, Any], name: str, faults: list[str]) -> dict[str, Any]:
    table = tables.get(name, {})
    if isinstance(table, Mapping):
        return dict(table)
    faults.append(
        f"{name} must be a table, written as [{name}]; it is {reprlib.repr(table)}."
    )
    return {}


def _bands(tables: Mapping[str, Any], log: Issues) -> dict[str, Band]:
    faults = log.faults
    found = _legal_area(tables, log)
    for name, table in _table(tables, "bands", faults).items():
        if name == "cost":
            faults.append(
                "[bands.cost] cannot be set: cost is balanced by the tolerance. Give "
                "that instead."
            )
            continue
        band = BAND.read(table, f"[bands.{name}]", faults)
        if band is not None:
            found[name] = band
    return found


def _legal_area(tables: Mapping[str, Any], log: Issues) -> dict[str, Band]:
    """What the key of former releases asks for; it is told."""
    if "legal_area" not in tables:
        return {}
    legal = tables["legal_area"]
    if not isinstance(legal, bool):
        log.faults.append(
            f"legal_area must be true or false; it is {reprlib.repr(legal)}."
        )
        return {}
    if not legal:
        log.notes.append(
            "legal_area = false is no longer needed: floor area is limited only where "
            "[bands.area] says so."
        )
        return {}
    rule = read_scenario_file(ONE_RULE).bands
    log.notes.append(
        f"legal_area = true will go. Write [bands.area] with low = {rule['area'].low} "
        f"and high = {rule['area'].high}, which is the scenario {ONE_RULE}."
    )
    return dict(rule)


def _max_gap(tables: Mapping[str, Any], faults: list[str]) -> float:
    given = tables.get("max_gap", MAX_GAP)
    metres: float | None = NUMBER.read(given)
    if metres is None or not LEAST_GAP <= metres <= MOST_GAP:
        faults.append(
            f"max_gap must be a number of metres above 0; it is {reprlib.repr(given)}."
        )
        return MAX_GAP
    return metres


def _bend(
    tables: Mapping[str, Any], bands: Mapping[str, Band], faults: list[str]
) -> dict[str, int | None]:
    """What bending each band costs; None where it never bends."""
    found: dict[str, int | None] = {}
    known = (COST_BAND, *bands)
    for name, price in _table(tables, "bend", faults).items():
        if name not in known:
            faults.append(
                f"[bend] names {name!r}, which is no band. {did_you_mean(name, known)}"
                f"There are {', '.join(known)}."
            )
        elif price == NEVER:
            found[name] = None
        elif isinstance(price, int) and 1 <= price <= MOST_PRICE and price is not True:
            found[name] = price
        else:
            faults.append(
                f"[bend]: {name} must be 1 to {MOST_PRICE:,} yuan, whole, or "
                f'"{NEVER}"; it is {reprlib.repr(price)}.'
            )
    return found


def _rules(tables: Mapping[str, Any], faults: list[str]) -> Iterator[Rule | ByColumn]:
    for name, form in FORMS.items():
        for where, entry in _entries(tables, name, form, faults):
            asked = form.read(entry, where, faults)
            if asked is not None:
                yield asked


def _entries(
    tables: Mapping[str, Any], name: str, form: Form, faults: list[str]
) -> Iterator[tuple[str, Any]]:
    """Every table of a name, and what to call it in messages."""
    given = tables.get(name, [])
    if not isinstance(given, list):
        yield f"[{name}]", given
    elif form.once and len(given) > 1:
        faults.append(
            f"[{name}] can stand there only once; it does {len(given)} times."
        )
    elif len(given) == 1:
        yield f"[[{name}]]", given[0]
    else:
        yield from ((f"[[{name}]] no. {i}", table) for i, table in enumerate(given, 1))


def _more_columns(
    tables: Mapping[str, Any], faults: list[str]
) -> dict[str, str | None]:
    """What is kept of the buildings: a list of names, or their headers by name."""
    given = tables.get("columns", [])
    if isinstance(given, Mapping):
        faults += [
            f"[columns]: {name} must be a header in quotes; it is {reprlib.repr(one)}."
            for name, one in given.items()
            if A_WORD.read(one) is None
        ]
        return {str(name): A_WORD.read(one) for name, one in given.items()}
    names: tuple[str, ...] | None = NAMES.read(given)
    if names is None:
        faults.append(
            f"columns must be {NAMES.called}, or a table of headers; it is "
            f"{reprlib.repr(given)}."
        )
    return dict.fromkeys(names or ())


def _words(tables: Mapping[str, Any], faults: list[str]) -> dict[str, str]:
    """Keys at the top that are words."""
    given = {key: tables[key] for key in _EXAMPLES if key in tables}
    found = {key: A_WORD.read(value) for key, value in given.items()}
    faults += [
        f'{key} must be a word in quotes, such as "{_EXAMPLES[key]}"; it is '
        f"{reprlib.repr(given[key])}."
        for key, word in found.items()
        if word is None
    ]
    return {key: word for key, word in found.items() if word is not None}


def _lots(tables: Mapping[str, Any], log: Issues) -> LotRules:
    faults = log.faults
    table = _table(tables, "lots", faults)
    if not table:
        return LotRules()
    told = len(faults)
    _rename(table, log)
    bands = {
        name: BAND.read(band, f"[lots.bands.{name}]", faults)
        for name, band in _table(table, "bands", faults).items()
    }
    index = LOT_INDEX.read(_table(table, "index", faults), "[lots.index]", faults)
    others = {key: table[key] for key in table if key not in ("bands", "index")}
    rules: LotRules | None = LOTS.read(others, "[lots]", faults)
    if rules is None or len(faults) > told:
        return LotRules()
    return replace(rules, bands=bands, index=index)


def _rename(table: dict[str, Any], log: Issues) -> None:
    """Former names of rules for lots are taken, and told."""
    for old, new in FORMER.items():
        if old in table and new in table:
            log.faults.append(f"[lots] has {old} and {new}, which is its new name.")
        elif old in table:
            table[new] = table.pop(old)
            log.notes.append(f"[lots]: {old} is now called {new}; write {new}.")
