"""``zoning certify``: prices that prove the bound of a written plan, for anybody."""

from __future__ import annotations

from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.screen import consoles
from zoning.cli.signals import keeping
from zoning.cli.written import plan_path, written_in
from zoning.proof.certify import CERTIFICATE, PROGRAM, Certificate
from zoning.proof.certify import certify as certify_plan


def certify(folder: options.Folder, time: options.TimeOfPrices = 30.0) -> None:
    """Write what lets anybody recheck the bound of a written plan, without a solver.

    certificate.json holds prices, and recheck.py, a small program that needs numpy
    alone, counts from them and from plan.json that no plan costs less. Both are put
    beside plan.json.
    """
    screen, log = consoles()
    place = plan_path(folder).parent
    claim(place, log)
    written = written_in(folder)
    with keeping():
        found = certify_plan(place, time_limit=time)
        money = written.plan.problem.region.costs.currency
        for told in _words(found, money, written.plan.num_zones):
            screen.print(told)
        screen.print(
            f"The prices are in {place / CERTIFICATE}. `python {place / PROGRAM} "
            f"{place}` counts it again, with numpy alone."
        )


def _words(found: Certificate, money: str, zones: int) -> list[str]:
    told = [
        f"Verified: no plan of {zones:,} zones costs less than {found.bound:,} {money} "
        f"a year. This one costs {found.cost:,}, at most {100 * found.gap:.3f} % more."
    ]
    if found.excess:
        told.append(
            f"Its zones lie outside their bands by {found.excess:,} {money}; all plans "
            f"do by {found.excess_bound:,} or more, verified as well. One that does by "
            "more than this one may cost less."
        )
    if found.claimed > found.bound:
        told.append(
            f"Not verified: the search says that none costs less than "
            f"{found.claimed:,}. What is above {found.bound:,} rests on zones that "
            "hang together having been looked through."
        )
    return told
