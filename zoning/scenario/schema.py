"""What a scenario file may hold, as a JSON Schema for editors and other programs.

It is made of the same forms that files are read by, and published as
``scenario.schema.json``. It tells the keys, the kinds and the ranges of values; what
hangs on several keys together, or on the buildings, only reading tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zoning.costs import (
    DEFAULT_RESOURCES,
    FIGURES,
    LEAST_CAPACITY,
    MOST,
    SHARES,
    most_figure,
)
from zoning.lots.rules import FORMER
from zoning.problem import MOST_PRICE
from zoning.scenario.forms import BAND, FORMS, LEAST_GAP, LOT_INDEX, LOTS, MOST_GAP
from zoning.scenario.scenario import NEVER
from zoning.text.amounts import MOST_AMOUNT
from zoning.text.json_schema import DIALECT, TEXT, Schema, list_of, number, one_of
from zoning.text.tables import NAMES, Form


def closed(properties: Mapping[str, Schema], **more: Any) -> Schema:
    """A table of these keys and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
        **more,
    }


def table_of_form(form: Form) -> Schema:
    """What one table of a form may be: its keys, or ``column`` alone."""
    keys = {key: kind.schema for key, kind in form.keys.items()}
    if form.by is None:
        return closed(keys, **({"required": [*form.needs]} if form.needs else {}))
    column = {"column": keys.pop("column")}
    return {
        "anyOf": [
            closed(keys, required=[*form.needs]),
            closed(column, required=["column"]),
        ]
    }


def rule_of_form(form: Form) -> Schema:
    """Tables of a rule: in single brackets, or a list of them."""
    each = table_of_form(form)
    most = {"maxItems": 1} if form.once else {}
    return {"anyOf": [each, list_of(each, **most)]}


_COSTS = closed(
    {
        name: number(0, 1 if name in SHARES else most_figure(unit))
        for name, (unit, _, _) in FIGURES.items()
    }
)
_RESOURCE = closed(
    {
        "capacity": number(LEAST_CAPACITY, MOST_AMOUNT),
        "per": TEXT,
        "wage": number(0, MOST),
        "other": number(0, MOST),
        "shared": one_of("zone", "lot"),
        "minimum": {"type": "integer", "minimum": 0, "maximum": MOST},
        "source": TEXT,
        "grade": TEXT,
    }
)
_RESOURCES: Schema = {
    "type": "object",
    "properties": {resource.name: _RESOURCE for resource in DEFAULT_RESOURCES},
    "additionalProperties": {**_RESOURCE, "required": ["capacity"]},
}
_BAND = table_of_form(BAND)
_ANY_BANDS: Schema = {"type": "object", "additionalProperties": _BAND}
_PRICE: Schema = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": MOST_PRICE},
        {"const": NEVER},
    ]
}
_LOT_KEYS = {key: kind.schema for key, kind in LOTS.keys.items()}
_LOTS = closed(
    {
        **_LOT_KEYS,
        **{old: {**_LOT_KEYS[new], "deprecated": True} for old, new in FORMER.items()},
        "bands": _ANY_BANDS,
        "index": table_of_form(LOT_INDEX),
    }
)

SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "A scenario of zoning: all that a planner sets beside the buildings",
    **closed(
        {
            "legal_area": {"type": "boolean", "deprecated": True},
            "max_gap": number(LEAST_GAP, MOST_GAP),
            "currency": {**TEXT, "minLength": 1, "maxLength": 20},
            "columns": {
                "anyOf": [
                    NAMES.schema,
                    {"type": "object", "additionalProperties": TEXT},
                ]
            },
            **dict.fromkeys(("only", "crs", "datum"), TEXT),
            "costs": _COSTS,
            "resources": _RESOURCES,
            "bands": {**_ANY_BANDS, "properties": {"cost": False}},
            "bend": {"type": "object", "additionalProperties": _PRICE},
            **{name: rule_of_form(form) for name, form in FORMS.items()},
            "lots": _LOTS,
        }
    ),
}
