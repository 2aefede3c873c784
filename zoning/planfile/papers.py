"""Papers beside a plan.json that hang on it: money, award, stations.

Each command signs what it writes with a fingerprint of the plan, in ``papers.json``. A
plan that is written over another moves papers of that one away.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

PLAN, SIGNED, OLDER = "plan.json", "papers.json", "older"

# What papers are called by the command that writes them -> their files.
PAPERS: Mapping[str, tuple[str, ...]] = {
    "money": (
        *("money.csv", "money_savings.csv", "money_tornado.csv", "money_chances.csv"),
        *("money_figures.csv", "money_subsidy.png", "money_savings.png"),
        *("money_tornado.png", "money_chances.png"),
    ),
    "award": ("award_bids.csv", "award_payments.csv", "award.csv", "award.md"),
    "stations": ("stations.csv", "stations.png"),
    "certify": ("certificate.json", "recheck.py"),
}
_PAPERS = tuple(name for names in PAPERS.values() for name in names)
# What tells how a plan was found, not what it is.
_SEARCH = (
    *("software", "status", "bound", "gap", "seconds", "reason", "notes", "digests"),
    "excess_bound",
)
_SETTINGS = (
    "seed",
    "time_limit",
    "workers",
    "joint",
    "sequential_cost",
    "whole_lots",
)


def fingerprint(table: Mapping[str, Any]) -> str:
    """Of a plan.json: the same for the same task, zones, lots and figures."""
    kept = {key: value for key, value in table.items() if key not in _SEARCH}
    asked = kept.get("parameters")
    if isinstance(asked, Mapping):
        kept["parameters"] = {k: v for k, v in asked.items() if k not in _SETTINGS}
    lots = kept.get("lots")
    if isinstance(lots, Mapping):
        kept["lots"] = lots.get("lots")
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def sign(fresh: Path, folder: Path, kind: str) -> None:
    """Note for which plan papers of a kind are made that will stand in a folder.

    Parameters
    ----------
    fresh
        Where they are built; `SIGNED` is written there as well.
    folder
        Where they will stand. Nothing is noted if there is no plan.
    """
    table = _load(folder / PLAN)
    if table:
        signed = {**_load(folder / SIGNED), kind: fingerprint(table)}
        text = json.dumps(signed, indent=1, sort_keys=True) + "\n"
        (fresh / SIGNED).write_text(text, "utf-8")


@dataclass(frozen=True)
class Moved:
    """Papers of a former plan, to be moved within their folder.

    Parameters
    ----------
    folder
        Where they lie.
    stale
        Their names.
    where
        The folder inside it that they go to; it is not there yet.
    """

    folder: Path
    stale: tuple[str, ...]
    where: str

    @property
    def names(self) -> list[str]:
        """For `atomic_write.put`: where they will be, and where they were."""
        return [*(f"{self.where}/{name}" for name in self.stale), *self.stale]

    @property
    def words(self) -> list[str]:
        """What was moved where, for the planner; nothing where nothing was."""
        told = [name for name in self.stale if name != SIGNED]
        if not told:
            return []
        return [
            f"{', '.join(told)} were of the former plan; they are now in "
            f"{self.folder / self.where}."
        ]

    def build(self, fresh: Path) -> None:
        """Copy them to where they will be, in the space where files are built."""
        for name in self.stale:
            place = fresh / self.where / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / name, place)


def moved(folder: str | Path, table: Mapping[str, Any]) -> Moved:
    """Papers in a folder that will not fit the plan.json to be written there."""
    place = Path(folder)
    old = _load(place / PLAN)
    fits = bool(old) and fingerprint(old) == fingerprint(table)
    return set_aside(place, () if fits else (SIGNED, *_PAPERS))


def set_aside(folder: Path, names: Iterable[str]) -> Moved:
    """Those of these files that are in a folder, to be moved to one of their own."""
    stale = tuple(name for name in names if (folder / name).exists())
    several = chain([OLDER], (f"{OLDER}-{number}" for number in count(2)))
    return Moved(folder, stale, next(x for x in several if not (folder / x).exists()))


def misfits(folder: Path, table: Mapping[str, Any]) -> Iterator[str]:
    """Papers beside a plan.json that were made for another plan, in words."""
    signed, now = _load(folder / SIGNED), fingerprint(table)
    for kind, names in PAPERS.items():
        there = [name for name in names if (folder / name).exists()]
        if there and signed.get(kind) != now:
            what = "were made for another plan" if kind in signed else "bear no sign"
            told = ", ".join(there)
            yield (
                f"{told} in {folder} {what}; what they tell need not fit {PLAN}. Run "
                f"`zoning {kind}` again, or move them away."
            )


def _load(path: Path) -> dict[str, Any]:
    """The content of a JSON file; nothing where there is none that can be read."""
    try:
        table = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}
