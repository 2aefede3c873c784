"""Certify a written plan: prices that prove its bound, and what rechecks them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoning.check import judge
from zoning.clock import perf_counter
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.planfile.atomic import atomic_write
from zoning.planfile.claim import claimed
from zoning.planfile.file import read_plan
from zoning.planfile.papers import SIGNED, sign
from zoning.proof import recheck
from zoning.proof.prices import Prices, seek_prices
from zoning.text.arguments import PATH, TIME, takes

FORMAT = "zoning-certificate/1"
PLAN, CERTIFICATE, PROGRAM = "plan.json", "certificate.json", "recheck.py"
# Yuan for a yuan of excess that are tried where zones lie outside bands that bend.
EXCESS_PRICES = (1.0, 0.3, 0.1, 0.03, 0.01)
ABOUT = (
    "Prices that prove the bound of plan.json. `python recheck.py DIR` counts it anew; "
    "docs/certificate.md tells how. Duals are 1/1024 yuan, multipliers, values and "
    "excess_price 1/1048576 yuan; one of each for each unit, in the order of units."
)


@dataclass(frozen=True)
class Certificate:
    """What a certificate proves of a plan.

    Parameters
    ----------
    cost
        What the plan costs, whole yuan a year; the price of what changes zone, and of
        rules of the planner's own, stand beside it.
    bound
        Proved, for anybody to recheck: no plan of no more excess costs less.
    claimed
        What plan.json says of this; above `bound` it has to be believed.
    excess, excess_bound
        How far the plan lies outside bands that bend, and proved of every plan.
    content
        Of the file, as JSON.
    seconds
        Wall time it took.
    """

    cost: int
    bound: int
    claimed: int
    excess: int
    excess_bound: int
    content: Mapping[str, Any]
    seconds: float

    @property
    def gap(self) -> float:
        """What another plan could save at most, as a part of the cost."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


@takes(folder=PATH, time_limit=TIME)
def certify(folder: str | Path, *, time_limit: float = 30.0) -> Certificate:
    """Write a certificate of the plan in a folder, and the program that rechecks it.

    ``certificate.json`` and ``recheck.py`` are put beside ``plan.json``.

    Parameters
    ----------
    folder
        Where the plan was written to.
    time_limit
        Seconds to seek prices; more of them prove more, as a rule.

    Raises
    ------
    InputError
        There is no plan that can be read, it breaks a rule, or the folder cannot be
        written to.
    """
    place = Path(folder)
    with claimed(place):
        written = read_plan(place / PLAN)
        found = certificate_of(written.plan, written.table, time_limit)

        def build(fresh: Path) -> None:
            text = json.dumps(found.content, ensure_ascii=False) + "\n"
            (fresh / CERTIFICATE).write_text(text, "utf-8", newline="\n")
            shutil.copy(recheck.__file__, fresh / PROGRAM)
            sign(fresh, place, "certify")

        atomic_write(place, (CERTIFICATE, PROGRAM, SIGNED), build)
    return found


def certificate_of(
    plan: Plan, table: Mapping[str, Any], time_limit: float
) -> Certificate:
    """The certificate of a plan, `table` being the content of its plan.json.

    Raises
    ------
    InputError
        The plan breaks a rule that costs and bounds hang on.
    """
    begun = perf_counter()
    if faults := judge(plan).faults:
        msg = f"Nothing can be proved of a plan that breaks rules: {' '.join(faults)}"
        raise InputError(msg)
    content = dict(table)
    region = recheck.Region(content)
    found = recheck.price(content, region)
    bent = found["excess"] > found["sure"]
    papers = (
        _paper(region.digest, prices, price)
        for prices in seek_prices(plan, time_limit)
        for price in (EXCESS_PRICES if bent else (0.0,))
    )
    counted = ((paper, recheck.recheck(content, paper)) for paper in papers)
    paper, found = max(counted, key=lambda one: one[1]["bound"])
    proved = {key: found[key] for key in ("bound", "values")}
    return Certificate(
        found["cost"],
        found["bound"],
        int(table["bound"]),
        found["excess"],
        found["sure"],
        {"format": FORMAT, "about": ABOUT, **paper, **proved},
        perf_counter() - begun,
    )


def _paper(digest: str, prices: Prices, excess_price: float) -> dict[str, Any]:
    """What is believed of a certificate: nothing but that these are numbers."""
    return {
        "digest": digest,
        "band": prices.band,
        "excess_price": round(excess_price * recheck.PARTS),
        "duals": prices.duals.tolist(),
        "multipliers": prices.multipliers.tolist(),
    }
