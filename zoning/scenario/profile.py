"""Profiles: all figures of a place, which a scenario then changes one by one."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoning.costs import FIGURES, CostModel, from_tables, tables_in
from zoning.errors import InputError
from zoning.scenario.shipped import profile_file
from zoning.text.arguments import PATH, takes

HARBIN = "harbin"  # its figures, with their sources, are the defaults of `CostModel`
_TABLES = ("currency", "costs", "resources")


@takes(path=PATH)
def read_profile(path: str | Path) -> CostModel:
    """Every figure of a place, and what money is called there.

    Parameters
    ----------
    path
        ``"harbin"``: the figures of `CostModel`, in yuan. ``"generic"``: figures of no
        country, without staff. Or a file that holds ``currency``, every figure in
        ``[costs]``, and all resources there are; nothing is taken from elsewhere.

    Raises
    ------
    InputError
        There is no such profile, or it lacks a figure.

    Examples
    --------
    >>> read_profile("generic").resources, read_profile("harbin").currency
    ((), 'yuan')
    """
    if str(path) == HARBIN:
        return CostModel()
    try:
        file = profile_file(path)
    except InputError as error:
        msg = f"{error} So does {HARBIN}."
        raise InputError(msg) from error
    tables = tables_in(file, what="profile")
    given = tables.get("costs", {})
    faults = [f"{name!r} is not known" for name in tables if name not in _TABLES]
    lacking = [name for name in FIGURES if name not in _mapping(given)]
    if "currency" not in tables:
        faults.append('currency is not given, such as currency = "EUR" at the top')
    if lacking:
        faults.append(f"[costs] lacks {', '.join(lacking)}")
    if faults:
        msg = (
            f"The profile {path} has faults: {'; '.join(faults)}. A profile holds "
            f"{', '.join(_TABLES)}, and every figure: 0 where there is none."
        )
        raise InputError(msg)
    currency = currency_in(tables)
    bare = CostModel(resources=(), currency=currency)
    figures = {name: tables[name] for name in tables if name != "currency"}
    return from_tables(figures, where=str(path), usual=bare)


def currency_in(tables: Mapping[str, Any]) -> str:
    """What a file calls money.

    Raises
    ------
    InputError
        It is no word.
    """
    word = tables["currency"]
    if isinstance(word, str) and 0 < len(word.strip()) <= 20 and word.isprintable():
        return word.strip()
    msg = (
        "currency must be what money is called in up to 20 letters, such as "
        f'"EUR"; it is {reprlib.repr(word)}.'
    )
    raise InputError(msg)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
