"""Lines of the panel beside a map, written one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoning.plot.colours import INK, LOT_INK
from zoning.plot.fonts import families
from zoning.plot.layout import PANEL
from zoning.plot.strokes import HATCH, pins

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINE, SIGN = 0.23, 0.25  # inches from line to line, from sign to sign of the legend


def wide(text: str) -> int:
    """Room a text takes, in letters; Chinese ones count twice."""
    return sum(1 + (ord(letter) > 0x2E80) for letter in text)


class PanelWriter:
    """Writes from the top of a panel down, line by line, in inches."""

    def __init__(self, panel: Axes) -> None:
        self.panel, self.y = panel, panel.get_ylim()[1] - 0.02

    def _text(self, x: float, text: str, **look: Any) -> None:
        look = {"fontsize": 9.5, "color": INK, "va": "center", **look}
        self.panel.text(x, self.y, text, **look)

    def head(self, text: str) -> None:
        """A heading with a rule under it."""
        self.y -= 0.22
        self._text(0, text, weight="bold", fontsize=11.5)
        self.panel.plot([0, PANEL], [self.y - 0.14] * 2, color="#CCCCCC", lw=0.8)
        self.y -= 0.29

    def line(self, text: str, **look: Any) -> None:
        """A line of text."""
        self._text(0, text, **look)
        self.y -= LINE

    def pair(self, what: str, value: str) -> None:
        """A fact: what it is on the left, its value on the right."""
        self._text(0, what, color="#555555")
        self._text(PANEL, value, ha="right")
        self.y -= LINE

    def row(self, cells: Sequence[str], **look: Any) -> None:
        """A row of a table of lots."""
        for x, text, side in zip(
            (0, 0.62, 2.4, PANEL),
            cells,
            ("left", "left", "right", "right"),
            strict=True,
        ):
            self._text(x, text, ha=side, family=families(), **look)
        self.y -= LINE

    def swatches(self, pairs: Sequence[tuple[str, str]], text: str) -> None:
        """Patches of zone colours, a building on each."""
        from matplotlib.patches import Rectangle

        wide = 0.52 / len(pairs)
        for number, (light, dark) in enumerate(pairs):
            x = number * wide
            self.panel.add_patch(
                Rectangle((x, self.y - 0.07), wide, 0.14, fc=light, ec="white", lw=0.6)
            )
            self.panel.add_patch(
                Rectangle((x + wide / 4, self.y - 0.025), wide / 2, 0.05, fc=dark, lw=0)
            )
        self._caption(text)

    def hatch(self, text: str, pattern: str, colour: str = HATCH) -> None:
        """A patch with a pattern."""
        from matplotlib.patches import Rectangle

        look: dict[str, Any] = {"fc": "#EFEDE8", "ec": colour, "lw": 0}
        self.panel.add_patch(
            Rectangle((0, self.y - 0.08), 0.52, 0.16, hatch=pattern, **look)
        )
        self._caption(text)

    def pin(self, text: str) -> None:
        """A pin as on the map."""
        pins(self.panel, np.array([[0.26, self.y - 0.08]]), 11)
        self._caption(text)

    def stroke(self, text: str, *, dashed: bool = False, **look: Any) -> None:
        """A line as on the map."""
        self.panel.plot([0, 0.52], [self.y] * 2, solid_capstyle="butt", **look)
        if dashed:
            self.panel.plot(
                [0, 0.52],
                [self.y] * 2,
                color="white",
                linewidth=look["linewidth"] / 2,
                linestyle=(0, (4, 4)),
            )
        self._caption(text)

    def lot_link(self, text: str) -> None:
        """A line with a dot at both ends."""
        look: dict[str, Any] = {"color": LOT_INK, "linewidth": 1.8, "markersize": 3.6}
        self.panel.plot([0.08, 0.44], [self.y] * 2, marker="o", **look)
        self._caption(text)

    def circle(self, text: str) -> None:
        """A zone number."""
        self._text(
            0.26,
            "7",
            fontsize=8,
            ha="center",
            va="center_baseline",
            bbox={"boxstyle": "circle,pad=0.2", "fc": "white", "ec": INK, "lw": 1},
        )
        self._caption(text)

    def dot(self, text: str) -> None:
        """A center too small for a number."""
        self.panel.plot([0.26], [self.y], ".", color=INK, markersize=4)
        self._caption(text)

    def sign(self, text: str, **look: Any) -> None:
        """A sign as on the map."""
        self.panel.plot([0.26], [self.y], linestyle="none", **look)
        self._caption(text)

    def _caption(self, text: str) -> None:
        self._text(0.66, text)
        self.y -= SIGN
