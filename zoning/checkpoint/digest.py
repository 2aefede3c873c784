"""Which problem it is that something was found for: all that a bound hangs on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from zoning.planfile.rules import rule_entries
from zoning.problem import Problem
from zoning.region import Region

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_known: WeakKeyDictionary[Region, str] = WeakKeyDictionary()  # columns take long


def search_digest(problem: Problem, strategy: object) -> str:
    """A name for the search of a problem: another problem, or strategy, has another."""
    asked = {
        "region": region_digest(problem.region),
        "num_zones": int(problem.num_zones),
        "tolerance": problem.tolerance,
        "bands": {name: asdict(band) for name, band in problem.bands.items()},
        "fair_share": problem.fair_share,
        "rules": rule_entries(problem.rules),
        "strict": problem.strict,
        "bend": dict(problem.bend),
        "strategy": _ADDRESS.sub("", repr(strategy)),
    }
    travel = problem.travel
    tables = {} if travel is None else {"travel": np.asarray(travel)}
    return _digest(asked, tables)[:32]


def region_digest(region: Region) -> str:
    """The same for all that a region says: units, facts, who touches whom, figures."""
    if region not in _known:
        told = {
            "names": region.names,
            "buildings": region.buildings,
            "columns": region.columns,
            "costs": asdict(region.costs),
            "max_gap": region.max_gap,
            "spans": [asdict(span) for span in region.spans],
            "cut_by": [[asdict(one) for one in by] for by in region.cut_by],
        }
        arrays = ("xy", "load", "direct", "edges", "bridges", "cut_edges", "way")
        tables = {name: getattr(region, name) for name in arrays}
        tables |= {f"sum of {name}": sums for name, sums in region.sums.items()}
        known = {name: array for name, array in tables.items() if array is not None}
        _known[region] = _digest(told, known)
    return _known[region]


def _digest(told: Mapping[str, Any], tables: Mapping[str, Any]) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(told, tables):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(told: Mapping[str, Any], tables: Mapping[str, Any]) -> Iterator[bytes]:
    """Every piece, after its name and length, so that none runs into the next."""
    text = json.dumps(told, default=str, sort_keys=True).encode()
    yield f"{len(text)}\n".encode()
    yield text
    for name in sorted(tables):
        array = np.ascontiguousarray(tables[name])
        yield f"\n{name} {array.dtype.str} {array.shape}\n".encode()
        yield array.tobytes()
