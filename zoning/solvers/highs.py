"""HiGHS: silent, on one thread, given a matrix, run as an LP or a MIP; in one place."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from zoning.result import Status

Floats = NDArray[np.float64]
LEAST_SECONDS = 0.05  # HiGHS is given at least
_PROVED = {
    highspy.HighsModelStatus.kOptimal: Status.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: Status.INFEASIBLE,
}


def _make_silently() -> None:
    """HiGHS prints a banner when a process makes its first solver; swallow it.

    It writes past Python's own streams, so the descriptor itself is turned away.
    """
    if sys.stdout is not None:
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # nothing is open to print to
        highspy.Highs()  # type: ignore[no-untyped-call]
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)


_make_silently()


def solver() -> highspy.Highs:
    """A solver that says nothing and keeps to one thread."""
    lp = highspy.Highs()  # type: ignore[no-untyped-call]  # has no annotations
    lp.silent()
    lp.setOptionValue("threads", 1)
    return lp


def build(
    matrix: csc_array, cost: Floats, low: Floats, high: Floats, upper: Floats
) -> highspy.Highs:
    """``min cost·x, low <= matrix·x <= high, 0 <= x <= upper``, to be run."""
    lp = with_rows(low, high)
    data = matrix.data.astype(np.float64)
    add_columns(lp, cost, upper, matrix.indptr[:-1], matrix.indices, data)
    return lp


def with_rows(low: Floats, high: Floats) -> highspy.Highs:
    """A program of rows that have no columns yet."""
    lp, m = solver(), len(low)
    none = np.zeros(0, np.int32)
    lp.addRows(m, low, high, 0, np.zeros(m, np.int32), none, np.zeros(0))
    return lp


def add_columns(
    lp: highspy.Highs,
    cost: Floats,
    upper: Floats,
    starts: NDArray[np.integer],
    rows: NDArray[np.integer],
    values: Floats,
) -> None:
    """Add columns from 0 to `upper`, in CSC form without its last end."""
    lp.addCols(
        len(cost), cost, np.zeros(len(cost)), upper, len(rows),
        starts.astype(np.int32), rows.astype(np.int32), values,
    )  # fmt: skip


def add_cut(lp: highspy.Highs, columns: NDArray[np.integer]) -> None:
    """At most one of these columns is chosen: a row more, the basis stays."""
    lp.addRow(
        -highspy.kHighsInf, 1.0, len(columns),
        columns.astype(np.int32), np.ones(len(columns)),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Solution:
    """What a run of HiGHS ended with.

    Parameters
    ----------
    x
        Values of the columns; None where it found nothing feasible.
    dual
        Of the rows; of no use after a search for whole numbers.
    bound
        No solution of whole numbers costs less, where costs are whole.
    status
        HiGHS' word: that there is none is to be proved by CP-SAT as well.
    """

    x: Floats | None
    dual: Floats
    bound: int
    status: Status

    @property
    def rounded(self) -> NDArray[np.int64]:
        """The values as the whole numbers they are nearly."""
        assert self.x is not None
        return np.rint(self.x).astype(np.int64)


def run_lp(lp: highspy.Highs, seconds: float) -> bool:
    """Solve a linear program, in so many seconds from now; whether it is solved."""
    # the limit is of all runs of a solver together
    lp.setOptionValue("time_limit", lp.getRunTime() + max(LEAST_SECONDS, seconds))
    lp.run()
    return bool(lp.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def make_integer(lp: highspy.Highs) -> None:
    """Ask for whole numbers, and for the best of them where costs are whole too."""
    lp.setOptionValue("mip_rel_gap", 0.0)
    lp.setOptionValue("mip_abs_gap", 0.9)
    every = np.arange(lp.getNumCol(), dtype=np.int32)
    lp.changeColsIntegrality(len(every), every, np.ones(len(every), np.uint8))


def run_mip(lp: highspy.Highs, seconds: float) -> None:
    """Search for whole numbers; Ctrl-C stops the search at once and is passed on.

    It goes on in a thread of its own, since Python hears of Ctrl-C only while the main
    one is not busy in it.
    """
    stopped = Event()

    def look(event: highspy.HighsCallbackEvent) -> None:
        if event.data_in is not None:
            event.data_in.user_interrupt = stopped.is_set()

    # of a run, not of all
    lp.setOptionValue("time_limit", max(LEAST_SECONDS, seconds))
    lp.cbMipInterrupt += look
    with ThreadPoolExecutor(1) as alone:
        found = alone.submit(lp.run)
        try:
            found.result()
        except KeyboardInterrupt:
            stopped.set()
            raise
    lp.cbMipInterrupt -= look


def solution(lp: highspy.Highs) -> Solution:
    """What the last run ended with."""
    found = lp.getSolution()
    x = np.array(found.col_value) if has_solution(lp) else None
    status = Status.UNKNOWN if x is None else Status.FEASIBLE
    status = _PROVED.get(lp.getModelStatus(), status)
    return Solution(x, np.array(found.row_dual), integer_bound(lp), status)


def has_solution(lp: highspy.Highs) -> bool:
    """The last run found something feasible."""
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    return bool(lp.getInfo().primal_solution_status == feasible)


def integer_bound(lp: highspy.Highs, unit: float = 1.0) -> int:
    """No whole numbers cost less, where costs times `unit` are whole; 0: not known."""
    bound = lp.getInfo().mip_dual_bound
    if not np.isfinite(bound):
        return 0
    return int(np.ceil((bound - 1e-6 * abs(bound)) * unit))
