"""What the values of a plan.json must be, as a JSON Schema.

It is what a file is held against before anything is made of it, and what is published
as ``plan.schema.json``. Keys that it does not name are counted again, or for readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zoning.costs import FIGURES
from zoning.problem import MOST_PRICE
from zoning.result import Status
from zoning.text.amounts import MOST_AMOUNT
from zoning.text.json_schema import (
    DIALECT,
    NAME,
    TEXT,
    Schema,
    list_of,
    number,
    one_of,
    or_null,
    table,
    table_of,
    whole,
    wrong,
)

FORMAT = "zoning-plan/1"
LARGEST = MOST_AMOUNT
MOST = 2**63 - 1  # what counts can hold at all
LARGEST_FIGURE = 10**9  # of the cost model; more is a slip of the pen
LEAST_CAPACITY = 1e-6  # less is a slip of the pen too
LARGEST_LOT = 1_000  # zones

_STATUS = one_of(str(Status.OPTIMAL), str(Status.FEASIBLE))
_AMOUNT = whole(0, LARGEST)
_FIGURE = number(0, LARGEST_FIGURE)
_SHARE = number(0, 1)
_PLACE = number(-LARGEST, LARGEST)
_POSITION = whole(0, 2**31 - 1)
_POSITIONS = list_of(_POSITION)
_GROUPS = list_of(_POSITIONS)
_PAIRS = list_of(list_of(_POSITION, minItems=2, maxItems=2))
_WAYS = or_null(list_of(_POSITIONS))  # a row and a column for each unit
_TABLE = or_null(list_of(list_of(whole(0, MOST))))
_SPANS = list_of(
    table(
        {"metres": whole(0, LARGEST), "from": TEXT, "to": TEXT},
        needs=("metres", "from", "to"),
    )
)
_CUTS = list_of(
    list_of(list_of(TEXT, minItems=2, maxItems=2))
)  # barriers of an edge, kind and name of each

_INPUT = table(
    {
        "files": list_of(TEXT),
        "sha256": or_null(TEXT),
        "unit_column": or_null(TEXT),
        "id_column": or_null(TEXT),
        "crs": or_null(TEXT),
        "datum": or_null(TEXT),
        "headers": {"type": "object", "additionalProperties": TEXT},
    },
    needs=("files", "sha256", "unit_column", "id_column"),
)
_BAND = table({"low": whole(0, MOST), "high": whole(0, MOST)}, needs=("low", "high"))
_RESOURCE = table(
    {
        "name": TEXT,
        "capacity": number(LEAST_CAPACITY, LARGEST),
        "wage": _FIGURE,
        "other": _FIGURE,
        "minimum": _FIGURE,
    },
    needs=("name", "capacity"),
)
_TRIED = table({"num_zones": whole(1, MOST)}, needs=("num_zones",))
_PARAMETERS = table(
    {
        "num_zones": whole(1, LARGEST),
        "tolerance": or_null(_SHARE),
        "fair_share": or_null(_AMOUNT),
        "bands": table_of(_BAND),
        "max_gap": or_null(number(0, LARGEST)),
        "strict": {"type": "boolean"},
        "bend": table_of(or_null(whole(1, MOST_PRICE))),
        "left_out": table({"heavy": _GROUPS, "pockets": _GROUPS}),
        "sums": list_of(TEXT),
        "lot_size": whole(1, LARGEST_LOT),
        "lot_count": _AMOUNT,
        "lot_tolerance": or_null(_SHARE),
        "gap_limit": or_null(number(0, LARGEST)),
        "whole_lots": _SHARE,
        "currency": TEXT,
        "costs": table(dict.fromkeys(FIGURES, _FIGURE)),
        "resources": list_of(_RESOURCE),
        "rules": list_of(table({"rule": TEXT}, needs=("rule",))),
        "number": table(
            {"by": TEXT, "reason": TEXT, "tried": list_of(_TRIED)}, needs=("by",)
        ),
    },
    needs=(
        *("num_zones", "tolerance", "fair_share", "bands", "sums", "lot_size"),
        *("lot_count", "lot_tolerance", "gap_limit", "costs", "resources"),
    ),
)
_UNIT = table(
    {
        "name": TEXT,
        "label": TEXT,
        "buildings": list_of(TEXT),
        **dict.fromkeys("xy", _PLACE),
        **dict.fromkeys(("area", "load", "direct"), _AMOUNT),
        "households": or_null(_AMOUNT),
        "sums": table_of(_AMOUNT),
    },
    needs=("name", "x", "y", "area", "load", "direct", "buildings"),
)
_OUTSIDE = table(
    {
        "band": TEXT,
        **dict.fromkeys(("value", "low", "high", "yuan", "alone"), whole(0, MOST)),
        "reason": TEXT,
        "units": list_of(TEXT),
    },
    needs=("band", "value", "low", "high", "yuan", "reason", "units", "alone"),
)
_ZONE = table(
    {
        "id": whole(-MOST, MOST),
        "name": NAME,
        "units": _POSITIONS,
        "outside": list_of(_OUTSIDE),
    },
    needs=("id", "units"),
)
_LOT = table({"id": whole(-MOST, MOST), "zones": _POSITIONS}, needs=("id", "zones"))
_LOTS = table(
    {"lots": list_of(_LOT)},
    needs=("lots",),
    # where lots were found, it is also told how good they are
    **{
        "if": {
            "type": "object",
            "properties": {"lots": {"minItems": 1}, "cost": {"minimum": 1}},
            "required": ["cost"],
        },
        "then": table(
            {
                **{"status": _STATUS, "bound": _AMOUNT, "cheapest": _AMOUNT},
                **{"gap": _SHARE, "reason": TEXT},
            },
            needs=("status", "bound", "gap"),
        ),
    },
)
_EDGES = ("edges", "bridges", "cut_edges")

SCHEMA: Schema = {
    "$schema": DIALECT,
    "title": "A plan of zoning, and all it takes to judge and price it again",
    **table(
        {
            "format": one_of(FORMAT),
            "input": _INPUT,
            "cut_by": _CUTS,
            "spans": _SPANS,
            "before_rules": table(
                {**dict.fromkeys(_EDGES, _PAIRS), "cut_by": _CUTS, "spans": _SPANS},
                needs=_EDGES,
            ),
            "parameters": _PARAMETERS,
            "status": _STATUS,
            "bound": _AMOUNT,
            "change_bound": _AMOUNT,
            "change_cost": whole(0, MOST),
            "excess": whole(0, MOST),
            "excess_bound": whole(0, MOST),
            "gap": _SHARE,
            "seconds": number(0, LARGEST),
            "reason": TEXT,
            "units": list_of(_UNIT),
            **dict.fromkeys(_EDGES, _PAIRS),
            "columns": table_of(
                {"type": "array"}, area=list_of(or_null(number(-LARGEST, LARGEST)))
            ),
            "zones": list_of(_ZONE),
            "travel": table({"way_table": _WAYS, "cost_table": _TABLE}),
            "lots": or_null(_LOTS),
            "digests": {"type": "object"},
        },
        needs=(
            *("format", "input", "parameters", "status", "bound", "gap", "seconds"),
            *_EDGES,
            *("reason", "units", "travel", "zones", "lots"),
        ),
    ),
}


def wrong_fields(content: Mapping[str, Any]) -> list[str]:
    """Every value that is not what its key asks for, in words.

    Examples
    --------
    >>> wrong_fields({"status": "abc"})[-1]
    "status is 'abc'; it must be optimal or feasible."
    """
    return [*wrong(content, SCHEMA)]
