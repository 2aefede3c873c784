"""HiGHS: silent, on one thread, filled with a table, made whole; in one place."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

Floats = NDArray[np.float64]


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


def filled(
    low: Floats, high: Floats, cost: Floats, most: Floats, table: csc_array
) -> highspy.Highs:
    """``min cost·x, low <= table·x <= high, 0 <= x <= most``, to be run."""
    lp, (m, n) = solver(), table.shape
    none = np.zeros(0, np.int32)
    lp.addRows(m, low, high, 0, np.zeros(m, np.int32), none, np.zeros(0))
    lp.addCols(
        n, cost, np.zeros(n), most, table.nnz,
        table.indptr[:-1].astype(np.int32), table.indices.astype(np.int32),
        table.data.astype(np.float64),
    )  # fmt: skip
    return lp


def make_whole(lp: highspy.Highs, num_columns: int) -> None:
    """Ask for whole numbers, and for the best of them where costs are whole too."""
    lp.setOptionValue("mip_rel_gap", 0.0)
    lp.setOptionValue("mip_abs_gap", 0.9)
    every = np.arange(num_columns, dtype=np.int32)
    lp.changeColsIntegrality(num_columns, every, np.ones(num_columns, np.uint8))


def run_whole(lp: highspy.Highs, seconds: float) -> None:
    """Search for whole numbers; Ctrl-C stops the search at once and is passed on.

    It goes on in a thread of its own, since Python hears of Ctrl-C only while the main
    one is not busy in it.
    """
    stopped = Event()

    def look(event: highspy.HighsCallbackEvent) -> None:
        if event.data_in is not None:
            event.data_in.user_interrupt = stopped.is_set()

    lp.setOptionValue("time_limit", max(0.05, seconds))  # of a run, not of all
    lp.cbMipInterrupt += look
    with ThreadPoolExecutor(1) as alone:
        found = alone.submit(lp.run)
        try:
            found.result()
        except KeyboardInterrupt:
            stopped.set()
            raise
    lp.cbMipInterrupt -= look


def whole_bound(lp: highspy.Highs) -> int:
    """No whole numbers cost less, where costs are whole; 0 where nothing is known."""
    bound = lp.getInfo().mip_dual_bound
    return int(np.ceil(bound - 1e-6 * abs(bound))) if np.isfinite(bound) else 0
