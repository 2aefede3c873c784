"""Better multipliers for the Lagrangian bound, which is concave and not smooth.

Shor's r-algorithm where a dilated space of all units fits the time; deflected
subgradients for regions of any size. See "Lagrangian bound by centers" in
docs/formulation.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zoning.clock import perf_counter
from zoning.search.lagrangian.bound import DualPoint, max_multiplier
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.pricing.subproblems import CenterSubproblems

Oracle = Callable[[NDArray[np.float64]], DualPoint | None]  # None: the time ran out


@dataclass(frozen=True)
class RAlgorithmParams:
    """How Shor's r-algorithm goes on.

    Parameters
    ----------
    dilation
        Space is shrunk to such a part along each difference of subgradients.
    patience
        It ends after so many steps without `progress`, a part of the bound.
    fix_every
        Pairs are fixed by reduced cost each so many better bounds.
    """

    dilation: float = 0.5
    patience: int = 40
    progress: float = 1e-4
    fix_every: int = 12


@dataclass(frozen=True)
class DeflectionParams:
    """How deflected subgradients go on.

    Parameters
    ----------
    keep
        Weight of earlier subgradients in each direction.
    shrink
        The last step is the first one divided by 1 more than that.
    """

    keep: float = 0.7
    shrink: float = 8.0


R_ALGORITHM, DEFLECTION = RAlgorithmParams(), DeflectionParams()


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
    params: RAlgorithmParams = R_ALGORITHM,
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
    while perf_counter() < deadline and stale < params.patience:
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
                if now.bound - best.bound > params.progress * abs(best.bound):
                    stale = 0
                best = now
                on_bound(best.bound)
                news += 1
                if cutoff is not None and news % params.fix_every == 0:
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
            space += (params.dilation - 1.0) * np.outer(space @ difference, difference)
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
    on_better: Callable[[DualPoint], None] = lambda _: None,
    params: DeflectionParams = DEFLECTION,
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
        yuan = yuan + scale / (1.0 + params.shrink * at / num_steps) * direction
        now = None if perf_counter() > deadline else oracle(yuan)
        if now is None:
            break
        if now.bound > best.bound:
            best = now
            on_better(best)
        direction = params.keep * direction + (1 - params.keep) * now.subgradient
    return best
