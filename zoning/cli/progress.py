"""How a search goes on, told while it runs."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from zoning.clock import perf_counter
from zoning.result import Step

QUIET = 5.0  # seconds between progress lines that cannot be overwritten


class Progress:
    """Best cost, bound, gap and seconds: one line kept up to date, or a few lines."""

    def __init__(self, log: Console) -> None:
        self.log = log
        self.started = perf_counter()
        self.step: Step | None = None
        self.last: Step | None = None
        self.told = -QUIET
        self.live: Live | None = None

    def __enter__(self) -> Progress:
        if self.log.is_terminal:
            self.live = Live(
                self, console=self.log, refresh_per_second=4, transient=True
            )
            self.live.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        if self.live is not None:
            self.live.__exit__(*error)
            self.live = None
        if self.step is not None and self.step is not self.last:
            self.log.print(self.line(self.step.seconds))

    def __call__(self, step: Step) -> None:
        """Take note of a step."""
        self.step = step
        self.started = min(self.started, perf_counter() - step.seconds)
        if self.live is None and step.seconds - self.told >= QUIET:
            self.told, self.last = step.seconds, step
            self.log.print(self.line(step.seconds))

    def __rich__(self) -> Text:
        return Text(self.line(perf_counter() - self.started), overflow="ellipsis")

    def line(self, seconds: float) -> str:
        """The state in one line."""
        told = [f"{seconds:5.1f} s"]
        if self.step is None:
            return " · ".join([*told, "starting"])
        cost, bound = self.step.cost, self.step.bound - self.step.change_cost
        cost = None if cost is None else cost - self.step.change_cost
        told.append("no plan yet" if cost is None else f"best {cost:,}")
        told.append(f"bound {bound:,}")
        if cost:
            told.append(f"gap {100 * max(0, cost - bound) / cost:.2f} %")
        return " · ".join([*told, self.step.what])
