"""A figure as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figure(figure: Figure, path: str | Path, *, dpi: int) -> None:
    """Write PNG with no date in it: the same figure and fonts give the same bytes."""
    figure.savefig(path, format="png", dpi=dpi, metadata={"Software": "zoning"})
