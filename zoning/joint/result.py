"""What planning zones and lots together found, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass, field

from zoning.joint.solution import JointSolution
from zoning.lots import Lots
from zoning.plan import Plan
from zoning.result import STOPPED, Result, Status, Step, gap_of


@dataclass(frozen=True, eq=False)
class Joint:
    """What `plan_and_bundle` found.

    Parameters
    ----------
    result
        The plan as `zoning.solve` would give it, with a bound for zones alone.
    lots
        Lots of its zones, bounded as a part of the pair; None without a plan, empty
        where no plan found admits lots.
    cost
        Cost of the lots, in which that of the zones is contained, and what soft rules
        add to it; whole yuan a year. None without lots.
    bound
        No plan and lots cost less together, of those whose lots keep as many rules.
    status
        `OPTIMAL`: no pair is cheaper.
    sequential_cost
        Cost of drawing zones first and bundling them then; None if that gave no lots.
    seconds
        Wall time.
    reason
        In words: how it ended, what joint planning saves, which rule gave way.
    trace
        Every improvement of cost or bound.
    """

    result: Result
    lots: Lots | None
    cost: int | None
    bound: int
    status: Status
    sequential_cost: int | None
    seconds: float
    reason: str = ""
    trace: tuple[Step, ...] = field(default=(), repr=False)

    @property
    def plan(self) -> Plan | None:
        """The plan, or None."""
        return self.result.plan

    @property
    def stopped(self) -> bool:
        """Ctrl-C ended the search before its time."""
        return self.result.stopped or (
            bool(self.trace) and self.trace[-1].what == STOPPED
        )

    @property
    def gap(self) -> float | None:
        """``(cost - bound) / cost``; 0 when optimal, None without lots."""
        return gap_of(self.cost, self.bound)

    @property
    def saving(self) -> int | None:
        """What planning together saves, whole yuan a year; None if unknown."""
        if self.cost is None or self.sequential_cost is None:
            return None
        return self.sequential_cost - self.cost


def in_words(best: JointSolution, first: JointSolution | None, bound: int) -> str:
    """How good a pair is, and what is gained over planning zones `first`."""
    if bound >= best.cost:
        told = ["No zones and lots cost less together."]
    else:
        gap = 100 * (best.cost - bound) / best.cost
        told = [
            f"Zones and lots cost {best.cost:,} yuan a year together; none can cost "
            f"less than {bound:,}: gap {gap:.2f} %."
        ]
    if first is None:
        told.append("The plan drawn first admitted no lots; its zones were changed.")
    elif best.rank[:2] < first.rank[:2]:
        told.append(
            "Zones were changed so that lots keep their rules; drawn first, they did "
            f"not: {first.lots.reason}"
        )
    else:
        saved = first.cost - best.cost
        share = 100 * saved / max(1, first.cost)
        told.append(
            f"Planning zones and lots together saves {saved:,} yuan a year "
            f"({share:.2f} %) over zones first and lots then."
        )
    return " ".join(told)
