"""Money of a tender: yuan a year, exact to the fen, a hundredth of a yuan.

Bids may differ by less than a yuan, so nothing is rounded further before it is
compared. Whole yuan are an `int`, others a `Decimal` of two places; models count fen.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TypeAlias

Yuan: TypeAlias = int | Decimal

DEAREST = 10**10  # yuan; more is a slip of the pen, and sums of fen stay exact below
_FEN = 100
_PLACES = Decimal("0.01")


def of_fen(fen: int) -> Yuan:
    """So many fen as yuan.

    Examples
    --------
    >>> of_fen(38_000_050), of_fen(38_000_000)
    (Decimal('380000.50'), 380000)
    """
    return Decimal(fen).scaleb(-2) if fen % _FEN else fen // _FEN


def in_fen(amount: Yuan) -> int:
    """Yuan as fen; what is finer than a fen is rounded, half to even."""
    return int(Decimal(amount).quantize(_PLACES).scaleb(2))


def to_the_fen(amount: Yuan) -> Yuan:
    """The same money; what is finer than a fen is rounded, half to even."""
    return of_fen(in_fen(amount))


def as_yuan(amount: object) -> Yuan | None:
    """A number of any kind as yuan to the fen; None where it is none, or too large.

    Examples
    --------
    >>> as_yuan(380000.49), as_yuan("1e999999999"), as_yuan(True)
    (Decimal('380000.49'), None, None)
    """
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return None
    # neither is compared nor reckoned with before its size is known
    if not value.is_finite() or value.adjusted() > len(str(DEAREST)):
        return None
    return to_the_fen(value)
