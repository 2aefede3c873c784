"""From awardable bids to the auction that `winner_determination` solves, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zoning.solvers.budget import SearchBudget
from zoning.solvers.winner_determination.auction import Auction, Knapsack
from zoning.solvers.winner_determination.solve import Winners, WinnerSearch
from zoning.tender.admission import Admission
from zoning.tender.yuan import in_fen


class TenderSearch:
    """Searches for winners among awardable bids.

    What goes out are positions of all bids, and fen.
    """

    def __init__(self, admission: Admission, seed: int, workers: int) -> None:
        self.admission = admission
        self.at = {number: at for at, number in enumerate(admission.awardable)}
        auction = auction_of(admission, self.at)
        self.search = WinnerSearch(auction)
        self.seed, self.workers = seed, workers

    def best(self, time_limit: float) -> Winners:
        """The best award."""
        found = self.search.best(self._budget(time_limit))
        return found.renumbered(self.admission.awardable)

    def without(
        self, struck: Sequence[int], wins: Sequence[int], seconds: float
    ) -> Winners:
        """The best award of as many lots in which none of some bids wins."""
        awarded = sum(len(self.admission.bids[number].lots) for number in wins)
        found = self.search.without(
            [self.at[number] for number in struck if number in self.at],
            len(self.admission.tender) - awarded,
            self._budget(seconds),
            [self.at[number] for number in wins],
        )
        return found.renumbered(self.admission.awardable)

    def _budget(self, seconds: float) -> SearchBudget:
        return SearchBudget.of(seconds, self.seed, self.workers)


def auction_of(admission: Admission, at: Mapping[int, int]) -> Auction:
    """Awardable bids as numbers; `at` tells the place of each."""
    some = [admission.bids[number] for number in at]
    price = np.array([in_fen(bid.price) for bid in some], np.int64)
    quality = [bid.hundredths * len(bid.lots) for bid in some]
    return Auction(
        num_lots=len(admission.tender),
        packages=tuple(bid.lots for bid in some),
        value=np.array([in_fen(admission.value[n]) for n in at], np.int64),
        knapsacks=tuple(_knapsacks(admission, at)),
        ties=(price, -np.array(quality, np.int64)),
    )


def _knapsacks(admission: Admission, at: Mapping[int, int]) -> list[Knapsack]:
    """What may win together: exclusive bids, capacities, most lots."""
    bids, tender, rules = admission.bids, admission.tender, admission.rules
    found = []

    def limit(numbers: Sequence[int], weight: Mapping[int, int], most: int) -> None:
        some = [number for number in numbers if number in at]
        if sum(weight[number] for number in some) > most:
            places = np.array([at[number] for number in some], np.int64)
            weights = np.array([weight[number] for number in some], np.int64)
            found.append(Knapsack(places, weights, most))

    one = dict.fromkeys(at, 1)
    lots = {number: len(bids[number].lots) for number in at}
    area = {number: tender.area_of(bids[number].lots) for number in at}
    for bidder, numbers in bids.by_bidder.items():
        if rules.bidding == "xor":
            limit(numbers, one, 1)
        if bidder in bids.capacity:
            limit(numbers, area, bids.capacity[bidder])
    for numbers in bids.by_group.values():
        if rules.most_lots is not None:
            limit(numbers, lots, rules.most_lots)
    return found
