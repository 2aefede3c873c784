"""Why there is no plan, and what would make one possible: values only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from zoning.check import judge
from zoning.plan import Plan
from zoning.problem import Problem


@dataclass(frozen=True, eq=False)
class Relaxation:
    """A small change that makes a plan possible.

    Parameters
    ----------
    words
        The change, as a planner would say it.
    problem
        The problem after it.
    plan
        A plan of that problem.
    smallest
        It is proved that no smaller change of the same kind is enough. Sums are told
        apart by three digits, tolerances by a tenth of a percentage point.
    """

    words: str
    problem: Problem
    plan: Plan
    smallest: bool

    def __str__(self) -> str:
        return self.words if self.smallest else f"{self.words} (perhaps less is enough)"

    @cached_property
    def verified(self) -> bool:
        """The plan keeps every rule of the relaxed problem, by the checker."""
        return self.plan.problem is self.problem and judge(self.plan).ok


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Why there is no plan.

    Parameters
    ----------
    core
        Requirements that cannot hold together, in words; empty where that is not
        proved.
    minimal
        Without any one of them there is a plan for the others, so all are needed.
    relaxations
        Changes that make a plan possible, each for itself.
    no_help
        Requirements of the core that, changed alone, let no plan be found.
    words
        The reason, with ids and numbers, and the changes in one sentence.
    """

    core: tuple[str, ...]
    minimal: bool
    relaxations: tuple[Relaxation, ...]
    no_help: tuple[str, ...]
    words: str

    def __str__(self) -> str:
        lines = [self.words]
        if self.core:
            lines.append("These cannot hold together:")
            lines += [f"- {one}" for one in self.core]
            if not self.minimal:
                lines.append("(Perhaps fewer of them already collide.)")
        if self.relaxations:
            lines.append("Each of these changes makes it possible; a plan was found:")
            lines += [f"- {one}" for one in self.relaxations]
        if self.no_help:
            lines.append("No plan was found by changing only this:")
            lines += [f"- {one}" for one in self.no_help]
        return "\n".join(lines)
