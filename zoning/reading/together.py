"""Buildings and what lies around them brought together: where, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyproj
from pyproj.transformer import AreaOfInterest, TransformerGroup

from zoning.reading import national
from zoning.reading.datum import BUILDINGS, CALLED, WHOSE, in_china, turned
from zoning.reading.earth import WGS84, called, degrees_of, drawn_bounds
from zoning.text.issues import Issues

_TOLD = 2.0  # metres of doubt from where it is told
_LENGTHS = (6378136.0, 6378138.0)  # axis of the earth in systems of satellites


def together(
    layers: Mapping[str, Any], datums: Mapping[str, str], log: Issues
) -> dict[str, Any]:
    """The layers, each with a system as far as it can be told, turned to WGS 84.

    Parameters
    ----------
    layers
        Buildings, barriers and streets as they were read; None where one has a fault.
    datums
        Which of them are in which shifted system.
    log
        Takes faults and notes.
    """
    drawn = {what: frame for what, frame in layers.items() if _has_place(frame)}
    drawn = _named(drawn, log)
    drawn |= {
        what: _turned_back(drawn[what], what, datum, log)
        for what, datum in datums.items()
        if what in drawn
    }
    log.faults += [
        f"datum names the {what}, but no {what} are given. Give them, or leave it out."
        for what in datums
        if what not in layers
    ]
    _tell_systems(drawn, log)
    return {**layers, **drawn}


def doubt(frame: Any, crs: Any) -> float:
    """Metres by which a frame may lie beside its place in another system.

    As far as it is published how both systems lie on each other: infinite where it is
    not, as for Xi'an 80 and Beijing 54 in most of China.
    """
    source, target = frame.crs.geodetic_crs, crs.geodetic_crs
    if source == target or all(map(_by_satellite, (source, target))):
        return 0.0
    west, south, east, north = np.median(
        degrees_of(frame.crs, drawn_bounds(frame)), axis=0
    )
    ways = TransformerGroup(
        source,
        target,
        always_xy=True,
        area_of_interest=AreaOfInterest(west, south, east, north),
    )
    metres = ways.transformers[0].accuracy if ways.transformers else -1
    return metres if metres >= 0 else np.inf


def in_doubt(metres: float) -> str:
    """By how much, in words."""
    if metres < np.inf:
        return f"may be off by {metres:g} m"
    return (
        "may be off by some 100 m, as it is not published how these lie on each other"
    )


def _has_place(frame: Any) -> bool:
    return frame is not None and bool(len(drawn_bounds(frame)))


def _named(layers: dict[str, Any], log: Issues) -> dict[str, Any]:
    """Layers with the system in which they lie on another, where theirs is unknown."""
    known = next((what for what in layers if layers[what].crs is not None), None)
    found = dict(layers)
    for what, frame in layers.items():
        if frame.crs is not None:
            continue
        bounds = drawn_bounds(frame)
        if known is not None and national.is_national(bounds):
            crs = _beside(frame, layers[known], layers.get(BUILDINGS))
            if crs is not None:
                log.notes.append(national.told_beside(what, crs, known))
                found[what] = frame.set_crs(crs)
                continue
        if known is None or what == BUILDINGS:
            told = f"No CRS given for the {what}; coordinates are taken as metres."
            log.notes.append(told + national.told_choice(bounds))
    return found


def _beside(frame: Any, known: Any, buildings: Any) -> Any:
    """The system of the other layer where that fits, or else one that does."""
    if known.crs.is_projected and national.overlap(frame, known.crs, known):
        return known.crs
    return national.beside(frame, known, buildings)


def _turned_back(frame: Any, what: str, datum: str, log: Issues) -> Any:
    if frame.crs is None:
        log.faults.append(
            f"The {what} are to be turned back from {CALLED[datum]}, but nobody says "
            "what their metres are. Give crs=, or coordinates in degrees."
        )
        return frame
    if not _by_satellite(frame.crs.geodetic_crs):
        log.faults.append(
            f"The {what} are in {called(frame.crs)}, which {CALLED[datum]} is no shift "
            "of: that is made of WGS 84. Leave datum= out, or correct the system."
        )
        return frame
    outside = ~in_china(degrees_of(frame.crs, drawn_bounds(frame))[:, :2])
    if outside.any():
        log.notes.append(
            f"{outside.sum():,} of the {what} lie outside China, where {CALLED[datum]} "
            "is WGS 84; they were left as they are."
        )
    log.notes.append(
        f"The {what} were turned back from {CALLED[datum]} ({WHOSE[datum]}) to WGS 84."
    )
    return turned(frame, datum)


def _tell_systems(layers: Mapping[str, Any], log: Issues) -> None:
    """Notes on layers in another system than the buildings, and on what is in doubt."""
    home = layers.get(BUILDINGS)
    if home is None or home.crs is None:
        return
    for what, frame in layers.items():
        if frame.crs is None or frame.crs == home.crs:
            continue
        off = doubt(frame, home.crs)
        log.notes.append(
            f"The {what} were brought from {_in_full(frame.crs)} to that of the "
            f"buildings, {_in_full(home.crs)}"
            + (f"; they {in_doubt(off)}." if off > _TOLD else ".")
        )
    off = doubt(home, pyproj.CRS(WGS84))
    if off > _TOLD:
        log.notes.append(
            f"In WGS 84 what is in {_in_full(home.crs)} {in_doubt(off)}; distances are "
            "right."
        )


def _by_satellite(crs: Any) -> bool:
    """Whether a system is one of those that agree within a metre or two."""
    low, high = _LENGTHS
    return crs.ellipsoid is not None and bool(
        low < crs.ellipsoid.semi_major_metre < high
    )


def _in_full(crs: Any) -> str:
    return crs.name if called(crs) == crs.name else f"{called(crs)} ({crs.name})"
