"""Roads that cut zones: the streets of some classes, taken as barriers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from zoning.reading.around import CLASSES, words_in
from zoning.text.issues import Issues, did_you_mean
from zoning.text.lists import first_few

NAMES = ("name", "道路名称")
ROAD = " road"  # ends the kind of barrier that a road is: "primary road"
_NO = ("no", "false", "0", "否")  # of the column tunnel


def roads_of(streets: Any, cut_at: Sequence[str], log: Issues) -> Any:
    """The streets of these classes as barriers, or None where nothing is to be cut.

    A class means its own name and no other: ``"trunk"`` leaves ``trunk_link`` as it
    is. Roads in tunnels cut nothing.

    Parameters
    ----------
    streets
        The layer of streets in the coordinates of the buildings, or None.
    cut_at
        Classes, as the streets have them in one of the columns `CLASSES`.
    log
        Takes faults, and a note on tunnels.
    """
    if not cut_at:
        return None
    if streets is None:
        log.faults.append(
            f"Zones are to be cut at roads ({', '.join(cut_at)}), but no streets are "
            "given. Give the layer that has them by streets=."
        )
        return None
    classes = words_in(streets, CLASSES)
    log.faults += _unknown_classes(classes, cut_at)
    chosen = np.array([one in cut_at for one in classes], bool)
    chosen &= shapely.get_dimensions(streets.geometry.to_numpy()) >= 1
    sunk = chosen & in_tunnels(streets)
    if sunk.any():
        log.notes.append(
            f"{sunk.sum():,} of the roads that are to cut zones are in a tunnel; they "
            "cut nothing."
        )
    chosen &= ~sunk
    found = streets[chosen].reset_index(drop=True)
    kinds = [f"{one}{ROAD}" for one, mine in zip(classes, chosen, strict=True) if mine]
    return found.assign(kind=kinds)


def in_tunnels(streets: Any) -> Any:
    """Which streets run in a tunnel, as far as a column says."""
    words = words_in(streets, ("tunnel",))
    return np.array([w is not None and w.lower() not in _NO for w in words], bool)


def with_roads(barriers: Any, roads: Any, log: Issues) -> Any:
    """Both layers as one, the roads last; what is there of them where one is not."""
    from zoning.reading.files import stacked  # geopandas, which drawing needs not

    layers = [layer for layer in (barriers, roads) if layer is not None and len(layer)]
    return stacked(layers, "barriers", log) if layers else barriers


def road_names(streets: Any) -> list[tuple[str, str]]:
    """Class and name of each street; an empty word where there is none."""
    classes, names = words_in(streets, CLASSES), words_in(streets, NAMES)
    return [(one or "", name or "") for one, name in zip(classes, names, strict=True)]


def _unknown_classes(classes: Sequence[str | None], cut_at: Sequence[str]) -> list[str]:
    count = Counter(one for one in classes if one is not None)
    have = first_few((f"{one} ({n:,})" for one, n in count.most_common()), 20)
    if not count:
        return [
            f"Zones are to be cut at {', '.join(cut_at)}, but no street has a class. "
            f"Name classes in a column {', '.join(CLASSES[:-1])} or {CLASSES[-1]}."
        ]
    return [
        f"No street is of class {one!r}. {did_you_mean(one, count)}They are: {have}."
        for one in cut_at
        if one not in count
    ]
