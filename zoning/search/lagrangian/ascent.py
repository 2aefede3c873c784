"""Better multipliers for the Lagrangian bound, which is concave and not smooth.

Shor's r-algorithm where a dilated space of all units fits the time; deflected
subgradients for regions of any size.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.lagrangian.bound import DualPoint, max_multiplier
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.pricing.subproblems import CenterSubproblems

DILATION = 0.5  # space is halved along each difference of subgradients
DENSE_UNITS = 5_000  # beyond, the dilated space does not fit the time
FIX_EVERY = 12  # better bounds between two looks at what they rule out
PATIENCE = 40  # steps without 1 in 10,000 better
KEEP, SHRINK = 0.7, 8.0  # weight of earlier subgradients; the last step is 1/9

Oracle = Callable[[NDArray[np.float64]], DualPoint | None]  # None: the time ran out


def knapsack_dual(
    subproblems: CenterSubproblems,
    begin: NDArray[np.float64],
    cutoff: int | None,
    *,
    deadline: float,
    on_bound: Callable[[int], None] = lambda _: None,
) -> DualPoint:
    """The best multipliers found where centers are fractional knapsacks.

    Parameters
    ----------
    subproblems
        Which units may belong to which center; fixed as the bound improves.
    begin
        Multipliers to begin with, yuan per unit.
    cutoff
        Travel of the best plan known, or None.
    """
    return r_algorithm(
        lambda yuan: knapsack_oracle(subproblems, yuan),
        subproblems,
        knapsack_oracle(subproblems, begin),
        cutoff,
        deadline=deadline,
        on_bound=on_bound,
    )


def r_algorithm(
    oracle: Oracle,
    subproblems: CenterSubproblems,
    first: DualPoint,
    cutoff: int | None,
    *,
    deadline: float,
    on_bound: Callable[[int], None] = lambda _: None,
) -> DualPoint:
    """Lift the bound by Shor's r-algorithm; see `knapsack_dual`.

    Steps along the subgradient in a space dilated along the difference of two
    successive ones, which needs far fewer of them than plain subgradients.

    References
    ----------
    Shor: Minimization Methods for Non-Differentiable Functions. Springer, 1985,
    doi:10.1007/978-3-642-82118-9. Step rule after Kappel and Kuntsevich, Computational
    Optimization and Applications 15, 2000, doi:10.1023/A:1008739111712.
    """
    yuan = first.yuan
    n = len(yuan)
    space = np.eye(n)
    step = 0.1 * float(np.abs(yuan).mean()) * np.sqrt(n) + 1e-9
    best, slope = first, first.subgradient
    stale = news = 0
    while perf_counter() < deadline and stale < PATIENCE:
        dilated = space.T @ slope
        length = float(np.linalg.norm(dilated))
        if length < 1e-12 * max(1.0, float(np.linalg.norm(slope))):
            break
        direction = space @ (dilated / length)
        before, moves = slope, 0
        while True:
            yuan = yuan + step * direction
            # without any plan duals rise for ever; stop where whole numbers end
            now = None if np.abs(yuan).max() > max_multiplier(n) else oracle(yuan)
            if now is None:
                return best
            moves += 1
            stale += 1
            if now.bound > best.bound:
                if now.bound - best.bound > 1e-4 * abs(best.bound):
                    stale = 0
                best = now
                on_bound(best.bound)
                news += 1
                if cutoff is not None and news % FIX_EVERY == 0:
                    _fix(subproblems, best, cutoff)
            slope = now.subgradient
            late = perf_counter() > deadline
            if float(slope @ direction) <= 0 or moves > 20 or late:
                break
            if moves > 2:
                step *= 1.2
        if moves == 1:
            step *= 0.9
        difference = space.T @ (slope - before)
        size = float(np.linalg.norm(difference))
        if size > 1e-12:
            difference /= size
            space += (DILATION - 1.0) * np.outer(space @ difference, difference)
        if cutoff is not None and best.bound >= cutoff:
            break
    if cutoff is not None:
        _fix(subproblems, best, cutoff)
    return best


def _fix(subproblems: CenterSubproblems, best: DualPoint, cutoff: int) -> None:
    if best.bound < cutoff:
        subproblems.fix_by_reduced_cost(best.duals, best.min_reduced_cost, cutoff)


def deflected_subgradient(
    oracle: Oracle,
    first: DualPoint,
    num_steps: int,
    *,
    step: float,
    deadline: float,
) -> DualPoint:
    """Lift the bound by so many deflected subgradient steps: for regions of any size.

    Each goes along the mean of the subgradients so far, the last counting most, and
    shrinks from one to the next. The mean is that of the volume algorithm; unlike
    there steps go on from the last point, not from the best. A unit's step is a part
    of its multiplier at first and of the mean of all.

    References
    ----------
    Camerini, Fratta, Maffioli: On improving relaxation methods by modified gradient
    techniques. Mathematical Programming Study 3, 1975, doi:10.1007/BFb0120697.

    Barahona, Anbil: The volume algorithm. Mathematical Programming 87, 2000,
    doi:10.1007/s101070050002
    """
    yuan = first.yuan
    scale = step * (np.abs(yuan) + np.abs(yuan).mean()) / 2
    best, direction = first, first.subgradient
    for at in range(num_steps):
        yuan = yuan + scale / (1.0 + SHRINK * at / num_steps) * direction
        now = None if perf_counter() > deadline else oracle(yuan)
        if now is None:
            break
        best = max(best, now, key=lambda point: point.bound)
        direction = KEEP * direction + (1 - KEEP) * now.subgradient
    return best
