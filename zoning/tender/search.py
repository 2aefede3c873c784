"""From valid bids to the model of winners and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from zoning.solvers.winner_determination.offers import Limit, Offers
from zoning.solvers.winner_determination.solve import WinnerModel, Winners
from zoning.tender.admission import Admission
from zoning.tender.yuan import in_fen


class Search:
    """Searches for winners among live bids.

    What goes out are positions of all bids, and fen.
    """

    def __init__(self, admission: Admission, seed: int, workers: int) -> None:
        self.admission = admission
        self.live = admission.live
        self.at = {number: place for place, number in enumerate(self.live)}
        self.model = WinnerModel(_offers(admission), seed=seed, workers=workers)

    def best(self, time_limit: float) -> Winners:
        """The best award."""
        return self.model.best(time_limit).called(self.live)

    def without(
        self, struck: Sequence[int], wins: Sequence[int], seconds: float
    ) -> Winners:
        """The best award of as many lots in which none of some bids wins."""
        bids = self.admission.bids.bids
        awarded = sum(len(bids[number].lots) for number in wins)
        found = self.model.without(
            [self.at[number] for number in struck if number in self.at],
            len(self.admission.tender) - awarded,
            seconds,
            [self.at[number] for number in wins],
        )
        return found.called(self.live)


def _offers(admission: Admission) -> Offers:
    """Live bids as numbers."""
    live = admission.live
    some = [admission.bids.bids[number] for number in live]
    price = np.array([in_fen(bid.price) for bid in some], np.int64)
    quality = [bid.hundredths * len(bid.lots) for bid in some]
    return Offers(
        num_lots=len(admission.tender),
        lots=tuple(bid.lots for bid in some),
        value=np.array([in_fen(admission.value[n]) for n in live], np.int64),
        limits=tuple(_limits(admission)),
        ties=(price, -np.array(quality, np.int64)),
    )


def _limits(admission: Admission) -> list[Limit]:
    """What may win together: exclusive bids, capacities, most lots."""
    bids, tender, rules = admission.bids, admission.tender, admission.rules
    at = {number: place for place, number in enumerate(admission.live)}
    found = []

    def limit(numbers: Sequence[int], weight: Mapping[int, int], most: int) -> None:
        some = [number for number in numbers if number in at]
        if sum(weight[number] for number in some) > most:
            found.append(
                Limit(
                    np.array([at[number] for number in some], np.int64),
                    np.array([weight[number] for number in some], np.int64),
                    most,
                )
            )

    one = dict.fromkeys(range(len(bids)), 1)
    lots = {number: len(bid.lots) for number, bid in enumerate(bids.bids)}
    area = {n: tender.area_of(bid.lots) for n, bid in enumerate(bids.bids)}
    for bidder, numbers in bids.by_bidder.items():
        if rules.bidding == "xor":
            limit(numbers, one, 1)
        if bidder in bids.capacity:
            limit(numbers, area, bids.capacity[bidder])
    for numbers in bids.by_group.values():
        if rules.most_lots is not None:
            limit(numbers, lots, rules.most_lots)
    return found
