"""Lots of several plans, one after another, that were searched for long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from zoning.clock import perf_counter
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.lots import Lots, bundle
from zoning.lots.rules import LotRules
from zoning.plan import Plan
from zoning.planfile.atomic import in_short
from zoning.result import Status
from zoning.stopping import until_stopped
from zoning.text.arguments import WHOLE, Kind, Unlike, instance

MakeLots = Callable[[Plan], Lots | None]


@dataclass
class LotsOfEach:
    """Makes lots of one plan after another, each in its share of the time.

    What one does not need of its share goes to those that come. The plans took long:
    where the zones of one stand against lots, it has none, and these say why.

    Parameters
    ----------
    size, rules, tolerance, whole_lots
        As in `zoning.bundle`.
    limits
        Time is for all of them.
    count
        How many plans are to come.
    """

    size: int
    limits: Limits
    count: int
    rules: LotRules | None = None
    tolerance: float | None = None
    whole_lots: float = 0.0
    left: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = self.limits.time

    def __call__(self, plan: Plan) -> Lots:
        """Lots of a plan; without any lot where none could be made."""
        share, started = self.left / max(1, self.count), perf_counter()
        try:
            return bundle(
                plan,
                size=self.size,
                rules=self.rules,
                tolerance=self.tolerance,
                whole_lots=self.whole_lots,
                time_limit=share,
                seed=self.limits.seed,
                workers=self.limits.workers,
            )
        except Exception as error:
            why = str(error) if isinstance(error, InputError) else in_short(error)
            return Lots(plan, Status.UNKNOWN, (), None, 0, 0, 0.0, why)
        finally:
            self.count -= 1
            self.left -= min(share, perf_counter() - started)


def _size_or_maker(value: Any) -> Any:
    if callable(value) and not isinstance(value, type):
        return value
    size = WHOLE.read(value)
    if size < 0:
        raise Unlike
    return size


LOTS = Kind(
    "how many zones a lot has, 0 for no lots, or a function that makes lots of a plan",
    _size_or_maker,
    "3",
)


def maker_of(
    lots: int | MakeLots | None, limits: Limits, count: int
) -> MakeLots | None:
    """What makes lots of so many plans; None where none are wanted."""
    if callable(lots):
        return lots
    return LotsOfEach(lots, limits, count) if lots else None


def lots_of(make: MakeLots | None, plan: Plan | None) -> tuple[Lots | None, bool]:
    """Lots of a plan, and whether Ctrl-C came meanwhile; None where there are none."""
    made: list[Lots | None] = []
    if make is None or plan is None:
        return None, False
    stopped = until_stopped(lambda: made.append(make(plan)))
    return (_MADE.of("what lots= gives", made[0]) if made else None), stopped


_MADE = instance(Lots, "lots", "lambda plan: zoning.bundle(plan)").or_none
