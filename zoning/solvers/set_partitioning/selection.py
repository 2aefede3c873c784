"""What an engine of set partitioning gives: columns, a bound, and what is proved."""

from __future__ import annotations

from dataclasses import dataclass

from zoning.result import Status


@dataclass(frozen=True)
class Selection:
    """Columns that were selected, and what is proved of them.

    Parameters
    ----------
    columns
        Their positions, ascending; None if nothing was found.
    bound
        No selection costs less; 0 where there is none.
    status
        ``optimal``: no selection is cheaper. ``infeasible``: there is none.
    """

    columns: tuple[int, ...] | None
    bound: int
    status: Status

    @property
    def proved(self) -> bool:
        """It is proved cheapest, or proved not to exist."""
        return self.status in (Status.OPTIMAL, Status.INFEASIBLE)


INFEASIBLE = Selection(None, 0, Status.INFEASIBLE)
