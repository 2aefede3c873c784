"""What the tables of a scenario file may hold: rules, bands and settings of lots."""

from __future__ import annotations

from collections.abc import Mapping

from zoning.lots.rules import MOST_WEIGHT, Attractiveness, LotRules
from zoning.problem import Band
from zoning.rules import KINDS
from zoning.text.amounts import MOST_AMOUNT
from zoning.text.tables import DAY, GROUPS, NUMBER, WHOLE, WORD, Form


def _band(high: int, low: int = 0) -> Band:
    return Band(low, high)


BAND = Form(_band, {"high": WHOLE}, {"low": WHOLE})

# What [lots] and [lots.index] may hold; bands of lots stand in tables of their own.
LOTS = Form(
    LotRules,
    {},
    {
        "loss_share": NUMBER.within(0, 1),
        "loss_below": NUMBER,
        "must_link": GROUPS,
        "cannot_link": GROUPS,
        "contain": WORD,
        "start": DAY,
        "bidders": WHOLE.within(1, MOST_AMOUNT),
        "spread": WHOLE.within(0, MOST_AMOUNT),
    },
)
LOT_INDEX = Form(
    Attractiveness,
    {},
    dict.fromkeys(("margin", "way", "age", "crossing"), NUMBER.within(0, MOST_WEIGHT)),
)

LEAST_GAP, MOST_GAP = 1e-9, 10**9  # metres

# Table -> what it may hold. Rules stand in the order of this list.
FORMS: Mapping[str, Form] = {kind.kind: kind.form for kind in KINDS}
