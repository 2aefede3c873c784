"""What lots of a pair must be like, so that it can be searched for."""

from __future__ import annotations

from dataclasses import dataclass

from zoning.lots.sizes import LotSizes, adds_up


@dataclass(frozen=True)
class LotCounts:
    """What lots must be like.

    Parameters
    ----------
    sizes
        Exactly so many of the size asked for; the sizes allowed.
    size
        The size asked for.
    num_zones
        Zones of all lots together.
    """

    sizes: LotSizes
    size: int
    num_zones: int

    @property
    def rest(self) -> int:
        """Zones that are in lots of another size."""
        return self.num_zones - self.sizes.count * self.size

    @property
    def adds_up(self) -> bool:
        """Lots can be like that at all."""
        others = [size for size in self.sizes.allowed if size != self.size]
        return adds_up(self.rest, others)

    @property
    def used(self) -> tuple[int, ...]:
        """Allowed sizes that some choice of lots can have, ascending."""
        others = [size for size in self.sizes.allowed if size != self.size]
        fits = [size for size in others if adds_up(self.rest - size, others)]
        return tuple(sorted([*fits, *([self.size] if self.sizes.count else [])]))

    @property
    def most_lots(self) -> int:
        """There cannot be more lots."""
        others = [size for size in self.used if size != self.size]
        return self.sizes.count + (self.rest // min(others) if others else 0)
