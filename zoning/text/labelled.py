"""Tables and columns of pandas whose labels are names: put into the order of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zoning.errors import InputError
from zoning.text.lists import first_few
from zoning.text.words import word

_TOLD = 5  # labels in a message


def in_order(
    what: str, value: Any, names: Sequence[str], axes: Sequence[int] = (0,)
) -> Any:
    """A table in the order of these names by its labels; without labels as it is.

    Labels that only count, 0, 1, 2, ..., are none, unless units are called so.

    Parameters
    ----------
    what
        What the table is called in messages.
    axes
        Which axes stand for units: rows 0, columns 1.

    Raises
    ------
    InputError
        There are labels, and they are not the names.
    """
    have = getattr(value, "axes", None)
    if not isinstance(have, list) or len(have) <= max(axes):
        return value  # of a wrong shape, which is told where it is used
    for axis in axes:
        labels = [word(one) for one in value.axes[axis]]
        place = {label: at for at, label in enumerate(labels)}
        if len(place) == len(labels) and place.keys() == set(names):
            value = value.take([place[name] for name in names], axis=axis)
        elif labels != [str(at) for at in range(len(names))]:
            raise InputError(_misfit(what, "columns" if axis else "rows", place, names))
    return value


def _misfit(
    what: str, where: str, labels: Sequence[str] | dict[str, int], names: Sequence[str]
) -> str:
    more = [label for label in labels if label not in set(names)]
    lacks = [name for name in names if name not in set(labels)]
    told = [
        f"{verb} {first_few(some, _TOLD)}"
        for verb, some in (("has", more), ("lacks", lacks))
        if some
    ]
    return (
        f"The labels of {what}'s {where} are not the names of the units, each once: it "
        f"{' and '.join(told) or 'has some twice'}. Label {where} with the names, or "
        f"give a plain array in the order of the units, {what}.to_numpy()."
    )
