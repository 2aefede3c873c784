"""CP-SAT's settings, in one place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ortools.sat.python import cp_model

from zoning.solvers.budget import SearchBudget


def solver(budget: SearchBudget) -> cp_model.CpSolver:
    """A solver that stops in time and, with one worker, repeats itself."""
    cp = cp_model.CpSolver()
    cp.parameters.max_time_in_seconds = max(0.01, budget.left)
    cp.parameters.num_workers = budget.workers
    cp.parameters.random_seed = budget.seed % 2**31
    # its own handler would take Ctrl-C from us, and leave none behind when it ends
    cp.parameters.catch_sigint_signal = False
    return cp


def run(
    cp: cp_model.CpSolver,
    model: cp_model.CpModel,
    callback: cp_model.CpSolverSolutionCallback | None = None,
) -> cp_model.CpSolverStatus:
    """Solve a model; Ctrl-C stops the solver at once and is passed on.

    The solver works in a thread of its own, since Python hears of Ctrl-C only while
    the main one is not busy in it.
    """
    with ThreadPoolExecutor(1) as alone:
        found = alone.submit(cp.solve, model, callback)
        try:
            return found.result()
        except KeyboardInterrupt:
            cp.stop_search()
            raise
