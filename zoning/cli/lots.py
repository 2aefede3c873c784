"""Lots of a plan that was searched for long and is written in any case."""

from __future__ import annotations

from typing import Any

from zoning.errors import InputError
from zoning.lots import Lots, bundle
from zoning.lots.rules import LotRules
from zoning.plan import Plan
from zoning.planfile.atomic import in_short
from zoning.stopping import until_stopped


def lots_of(
    plan: Plan,
    size: int,
    rules: LotRules,
    search: dict[str, Any],
    notes: list[str],
    **more: Any,
) -> Lots | None:
    """Lots by the rules; where zones stand against these, none and a note.

    The plan took long: it is written, whatever becomes of its lots. What is given
    `more` goes to `zoning.bundle`.
    """
    made: list[Lots] = []

    def make() -> None:
        made.append(bundle(plan, size=size, rules=rules, **search, **more))

    try:
        if until_stopped(make):
            notes.append("No lots were made: stopped. `zoning bundle` makes them.")
    except Exception as error:
        why = str(error) if isinstance(error, InputError) else in_short(error)
        notes.append(f"No lots were made. {why}")
    return made[0] if made else None
