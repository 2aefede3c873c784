"""Exceptions in words: how many zones lie outside their bands, by how much, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zoning.check.excess import Excess, Reason
from zoning.costs import YUAN
from zoning.share import COST_BAND
from zoning.text.lists import first_few
from zoning.text.order import by_name

TOLD = 3  # zones of each reason
LISTED = 6  # zones that are only named

_HEADS = {
    Reason.UNIT: "One unit alone is more than a zone may have",
    Reason.POCKET: "Cut off, and too light for a zone",
    Reason.RULE: "Rules ask for it",
    Reason.BRIDGE: "Held together only by a bridge longer than allowed",
}


def told_exceptions(
    found: Sequence[Excess],
    num_zones: int,
    bound: int | None = None,
    *,
    money: str = YUAN,
) -> Iterator[str]:
    """Sentences: the total and its bound, then zones by reason, the farthest first.

    Parameters
    ----------
    found
        `Verdict.exceptions`; nothing is told where there are none.
    num_zones
        Of how many zones.
    bound
        No plan lies outside by less in all, yuan; None where nobody searched.
    money
        What money is called.

    Examples
    --------
    >>> one = Excess("7", "cost", 480, 300, 400, 80, Reason.UNIT, ("B7",), 470)
    >>> for told in told_exceptions([one], 20, 80):
    ...     print(told[:60])
    1 of 20 zones lies outside the balance by 80 yuan in all, pr
    One unit alone is more than a zone may have: zone 7 by 80, b
    """
    if _of_bands(found):
        yield f"{headline(found, num_zones, money)}{_proof(found, bound)}."
    for reason in dict.fromkeys((*_HEADS, *(one.reason for one in found))):
        some = [one for one in found if one.reason is reason]
        some.sort(key=lambda one: (-one.yuan, -one.value, by_name(one.zone)))
        if some:
            yield f"{_by_reason(reason, some, bound, total(found))}."


def headline(found: Sequence[Excess], num_zones: int, money: str) -> str:
    """How many of the zones lie outside a band, and by how much in all."""
    outside = num_outside(found)
    lie = "lies" if outside == 1 else "lie"
    return (
        f"{outside:,} of {num_zones:,} zones {lie} outside {_of_what(found)} by "
        f"{total(found):,} {money} in all"
    )


def num_outside(found: Sequence[Excess]) -> int:
    """How many zones lie outside a band; too wide a gap alone does not count."""
    return len({one.zone for one in _of_bands(found)})


def _of_bands(found: Sequence[Excess]) -> list[Excess]:
    """Those that are priced: wide gaps are not."""
    return [one for one in found if one.reason is not Reason.BRIDGE]


def total(found: Sequence[Excess]) -> int:
    """How far they lie outside in all, yuan."""
    return sum(one.yuan for one in found)


def _of_what(found: Sequence[Excess]) -> str:
    bands = [*dict.fromkeys(one.band for one in _of_bands(found))]
    if bands == [COST_BAND]:
        return "the balance"
    called = ["cost" if band == COST_BAND else band for band in bands]
    return f"the band{'s' if len(bands) > 1 else ''} of {' and '.join(called)}"


def _proof(found: Sequence[Excess], bound: int | None) -> str:
    if bound is None:
        return ""
    if bound >= total(found):
        return ", proved the least possible"
    return f"; no plan has less than {bound:,}"


def _by_reason(
    reason: Reason, some: Sequence[Excess], bound: int | None, excess: int
) -> str:
    if reason in _HEADS:
        each = (f"{where(one)}, because {one.because}" for one in some)
        return f"{_HEADS[reason]}: {first_few(each, TOLD, '; ')}"
    told = first_few((where(one) for one in some), LISTED)
    if bound is None:
        return f"Not in balance with others: {told}"
    why = (
        "no plan lies outside by less in all"
        if bound >= excess
        else "nothing better was found"
    )
    return f"Not in balance with others: {told}; {why}"


def where(one: Excess) -> str:
    """The zone, and how far outside it lies."""
    if one.reason is Reason.BRIDGE:
        return f"zone {one.zone} over {one.value:,} m ({one.high:,} allowed)"
    if one.band == COST_BAND:
        return f"zone {one.zone} by {one.outside:,}"
    return f"zone {one.zone} by {one.outside:,} of {one.band}"
