"""Which of several layers is meant where nobody says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from zoning.errors import InputError
from zoning.reading.headers import columns_for
from zoning.text.issues import Issues, did_you_mean
from zoning.text.lists import first_few

MARK = "|layername="  # between the path of a file and one of its layers
PEEK = 50  # rows that tell which shapes a layer has

_POINTS, _LINES, _AREAS = {0, 4}, {1, 2, 5}, {3, 6}  # as shapely numbers shapes
_GROUP = 7  # may hold anything
# shapes that can be such, what their layers are called, what the note calls the shapes
_MEANT = {
    "buildings": (
        _POINTS | _AREAS,
        re.compile("build|house|zrz|楼|房|建筑|幢|栋", re.I),
        "points or footprints",
    ),
    "streets": (_LINES, re.compile("street|road|路|街|道", re.I), "lines"),
    "barriers": (
        _LINES | _AREAS,
        re.compile("barrier|river|rail|wall|water|河|铁路|墙|障碍|水系", re.I),
        "lines or areas",
    ),
}


@dataclass(frozen=True)
class Layer:
    """What is known of a layer before it is read.

    Parameters
    ----------
    name
        What it is called within its file.
    shapes
        Numbers of the kinds of its first shapes, as shapely has them.
    columns
        Their names.
    rows
        How many it has.
    """

    name: str
    shapes: frozenset[int]
    columns: tuple[str, ...]
    rows: int

    @classmethod
    def of(cls, name: str, frame: Any, rows: int | None = None) -> Layer:
        """What the first rows of a layer show."""
        kinds: set[int] = set()
        if hasattr(frame, "geometry"):
            kinds = {*shapely.get_type_id(frame.geometry.to_numpy()).tolist()}
        columns = tuple(str(column) for column in frame.columns)
        whole = len(frame) if rows is None else rows
        return cls(name, frozenset(kinds - {-1}), columns, whole)


def require_known(named: str, names: Iterable[str], called: object) -> None:
    """Refuse the name of a layer that is none.

    Raises
    ------
    InputError
        No layer is called so; the message names them all.
    """
    known = [*names]
    if named not in known:
        msg = (
            f"{called} has no layer {named!r}. {did_you_mean(named, known)}It has "
            f"{first_few(known)}."
        )
        raise InputError(msg)


def likeliest(layers: Sequence[Layer], what: str, called: object, log: Issues) -> Layer:
    """The layer that holds what is looked for, with a note where there are several.

    Shapes that can be such count first, then its name, for buildings a column of
    areas, and at last its rows.
    """
    if len(layers) == 1:
        return layers[0]
    kinds, words, told = _MEANT[what]

    def rank(layer: Layer) -> tuple[bool, bool, bool, int]:
        fits = bool(layer.shapes) and layer.shapes <= kinds | {_GROUP}
        area = what == "buildings" and bool(columns_for("area", layer.columns))
        return fits, bool(words.search(layer.name)), area, layer.rows

    best = max(layers, key=rank)
    why = f"the likeliest to be {what}" if rank(best)[0] else f"none has only {told}"
    names = first_few(layer.name for layer in layers)
    log.notes.append(
        f"{called} has layers {names}; {best.name} was read ({why}). Choose another "
        f"by '{called}{MARK}NAME'."
    )
    return best
