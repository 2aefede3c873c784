"""The rules of an award as a CP-SAT model; `RULES` is the contents page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from zoning.solvers.winner_determination.auction import Auction, Bools, Ints


class AwardModel:
    """A CP-SAT model of the rules that every award keeps.

    Parameters
    ----------
    auction
        The bids.
    kept
        Those that may win.
    unawarded
        Exactly so many lots find no winner; None: any number.
    """

    def __init__(self, auction: Auction, kept: Bools, unawarded: int | None) -> None:
        self.auction = auction
        self.model = cp_model.CpModel()
        self.x = {
            bid: self.model.new_bool_var("") for bid in np.flatnonzero(kept).tolist()
        }
        some = range(auction.num_lots if unawarded != 0 else 0)
        self.skips = [self.model.new_bool_var("") for _ in some]
        for rule in RULES:
            rule(self)
        if unawarded:
            self.model.add(cp_model.LinearExpr.sum(self.skips) == unawarded)

    def sum_of(self, weight: Ints) -> cp_model.LinearExprT:
        """The sum of a weight over the winning bids."""
        weights = [int(weight[bid]) for bid in self.x]
        return cp_model.LinearExpr.weighted_sum(list(self.x.values()), weights)

    def fix(self, weight: Ints, bids: Sequence[int]) -> None:
        """Keep the sum of a weight at what these bids make of it."""
        total = sum(int(weight[bid]) for bid in bids)
        self.model.add(self.sum_of(weight) == total)

    def hint(self, bids: Sequence[int]) -> None:
        """An award known to be allowed, to begin with."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        if bids:
            among = set(bids)
            for bid, var in self.x.items():
                self.model.add_hint(var, bid in among)


def every_lot_has_one_winner_or_none(award: AwardModel) -> None:
    """A lot is held by one winning bid, or it is skipped."""
    for lot, holders in enumerate(award.auction.holders):
        some = [award.x[bid] for bid in holders.tolist() if bid in award.x]
        award.model.add_exactly_one(some + award.skips[lot : lot + 1])


def knapsacks_hold(award: AwardModel) -> None:
    """What wins weighs no more than each knapsack holds."""
    for knapsack in award.auction.knapsacks:
        pairs = [
            (award.x[bid], weight)
            for bid, weight in zip(
                knapsack.bids.tolist(), knapsack.weight.tolist(), strict=True
            )
            if bid in award.x
        ]
        some, weights = [var for var, _ in pairs], [weight for _, weight in pairs]
        if knapsack.is_clique:
            award.model.add_at_most_one(some)
        else:
            total = cp_model.LinearExpr.weighted_sum(some, weights)
            award.model.add(total <= knapsack.capacity)


RULES = (every_lot_has_one_winner_or_none, knapsacks_hold)
