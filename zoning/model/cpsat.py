"""CP-SAT's settings, in one place."""

from __future__ import annotations

from ortools.sat.python import cp_model


def solver(*, time_limit: float, seed: int, workers: int) -> cp_model.CpSolver:
    """A solver that stops in time and, with one worker, repeats itself."""
    cp = cp_model.CpSolver()
    cp.parameters.max_time_in_seconds = max(0.01, time_limit)
    cp.parameters.num_workers = workers
    cp.parameters.random_seed = seed % 2**31
    return cp
