"""Made-up towns to plan, test and measure with."""

from zoning.datasets.towns import Town, old_town

__all__ = [
    "Town",
    "old_town",
]
