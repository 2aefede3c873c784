"""The remainder rule: which sizes lots may have when zones do not divide evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from zoning.errors import InputError


@dataclass(frozen=True)
class LotSizes:
    """The remainder rule: so many lots of the size asked for, the rest of these sizes.

    Parameters
    ----------
    count
        Lots of exactly the size asked for.
    allowed
        Every size a lot may have, ascending, the size asked for among them.
    """

    count: int
    allowed: tuple[int, ...]


def lot_sizes(num_zones: int, size: int = 3) -> LotSizes:
    """As many lots of `size` as possible; the rest one larger or smaller, no single.

    Where that cannot be (two zones in lots of four, seven in lots of five) the rest
    may be off by two, and so on. A single zone becomes a lot of its own.

    Raises
    ------
    InputError
        `num_zones` or `size` is below 1.

    Examples
    --------
    >>> lot_sizes(15)
    LotSizes(count=5, allowed=(3,))
    >>> lot_sizes(14)
    LotSizes(count=4, allowed=(2, 3, 4))
    """
    if num_zones < 1 or size < 1:
        msg = f"Lots need at least 1 zone each; got {num_zones} zones, size {size}."
        raise InputError(msg)
    if num_zones == 1:
        return LotSizes(int(size == 1), (1,))
    if num_zones % size == 0:
        return LotSizes(num_zones // size, (size,))
    for off in range(1, max(num_zones, size) + 1):
        allowed = tuple(range(max(2, size - off), size + off + 1))
        count = most_of_size(num_zones, size, allowed)
        if count is not None:
            return LotSizes(count, allowed)
    msg = f"No sizes of lots add up to {num_zones} zones."  # 2..num_zones always do
    raise AssertionError(msg)


def most_of_size(num_zones: int, size: int, allowed: Sequence[int]) -> int | None:
    """Most lots of `size` when all lots have allowed sizes; None: no way to add up."""
    others = [other for other in allowed if other != size]
    for count in range(num_zones // size, -1, -1):
        if adds_up(num_zones - count * size, others):
            return count
    return None


def adds_up(total: int, sizes: Sequence[int]) -> bool:
    """Whether `total` is a sum of `sizes`, each used any number of times."""
    if total < 0:
        return False
    reached = [True]
    for upto in range(1, total + 1):
        reached.append(any(upto >= one and reached[upto - one] for one in sizes))
    return reached[total]


def allowed_below(num_zones: int, size: int = 3) -> tuple[int, ...]:
    """Sizes a lot may have where the full number of lots of `size` cannot be had.

    Examples
    --------
    >>> allowed_below(15)
    (2, 3, 4)
    """
    return tuple(sorted({*lot_sizes(num_zones, size).allowed, *_one_off(size)}))


def _one_off(size: int) -> tuple[int, ...]:
    return tuple(range(max(2, size - 1), size + 2))


def remainder_words(sizes: Sequence[int], size: int = 3) -> str:
    """What comes of zones that do not divide by `size`; nothing where they do.

    Parameters
    ----------
    sizes
        How many zones each lot has.

    Examples
    --------
    >>> remainder_words([3, 3, 3, 4])
    '13 zones do not divide by 3: 3 lots of 3, 1 of 4. 12 or 15 zones would.'
    >>> remainder_words([3, 3])
    ''
    """
    num_zones = sum(sizes)
    if num_zones % size == 0 or num_zones < size:
        return ""
    first, *others = sorted(Counter(sizes).items(), key=lambda one: one[0] != size)
    told = f"{first[1]} {'lot' if first[1] == 1 else 'lots'} of {first[0]}"
    told = ", ".join([told, *(f"{count} of {other}" for other, count in others)])
    below = num_zones - num_zones % size
    return (
        f"{num_zones} zones do not divide by {size}: {told}. {below} or {below + size} "
        "zones would."
    )
