"""Draw the pictures of the docs: ``python docs/img/draw.py``.

``map.png`` is the map `make demo` draws, smaller; ``inspect.png`` the picture that
`zoning inspect` draws of the same district; ``words.png`` shows the words of
docs/concepts.md on a town of eighteen units.
"""

import shapely
from district import district, save, solved
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zoning.analysis.inspect import inspect
from zoning.lots import bundle
from zoning.plot.inspection import draw_inspection
from zoning.plot.plan import draw
from zoning.problem import Problem


def draw_map() -> Figure:
    """Zones and lots of the sample district."""
    result = solved(Problem(district(), num_zones=15))
    return draw(result.plan, bundle(result.plan, seed=1), result=result)


def draw_look() -> Figure:
    """The sample district before it is planned."""
    return draw_inspection(inspect(district(), num_zones=15))


# zones of a made-up town: places of their units; the first one is the center
ZONES = (
    ((1.5, 7.0), (0.0, 6.2), (1.7, 5.5)),
    ((1.4, 3.2), (0.0, 3.6), (0.9, 1.7)),
    ((4.0, 4.7), (4.2, 6.6), (3.5, 3.0), (4.3, 1.6)),
    ((7.4, 5.2), (7.3, 6.9), (9.0, 6.0)),
    ((7.7, 3.1), (9.3, 3.4), (7.3, 1.5), (9.2, 1.8)),
    ((12.3, 6.4), (13.4, 4.9), (12.2, 3.5)),
)
TWIN = (0.0, 6.2)  # a unit of two buildings
LOTS = ((0, 1, 2), (3, 4, 5))
EDGE = 2.45  # units so near touch
BRIDGE = ((9.0, 6.0), (12.3, 6.4))
BARRIER = ((5.75, 8.1), (5.6, 5.0), (5.9, 2.6), (5.7, 0.3))
COLOURS = ("#bcd9f2", "#f6c9a8", "#d0e7b6", "#b6e2da", "#f5eaa5", "#e2cce8")
DARK, RED = "#1d1d1d", "#c2185b"


def draw_words() -> Figure:
    """A town with one example of each word."""
    figure = Figure(figsize=(9.6, 5.5), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-3.4, 15.2), ylim=(-1.1, 9.6), aspect="equal")
    axes.axis("off")
    areas = [_area(zone) for zone in ZONES]
    for area, colour in zip(areas, COLOURS, strict=True):
        axes.fill(*area.exterior.xy, color=colour, zorder=1)
    for lot in LOTS:
        around = shapely.union_all([areas[k] for k in lot]).buffer(1.5).buffer(-1.25)
        axes.plot(*around.exterior.xy, color=DARK, lw=2.2, zorder=2)
    axes.plot(*zip(*BARRIER, strict=True), color="#8a8a8a", lw=6, zorder=3)
    _edges(axes)
    axes.plot(*zip(*BRIDGE, strict=True), ":", color=RED, lw=2.4, zorder=4)
    for zone in ZONES:
        for place in zone:
            _buildings(axes, place, is_center=place == zone[0])
    for word, told, at, to in (
        ("building", "", (-2.3, 7.8), (-0.4, 6.5)),
        ("unit", "never split", (-2.3, 5.0), (-0.55, 5.9)),
        ("center", "the zone is run from it", (1.6, 9.0), (1.5, 7.25)),
        ("zone", "units under one team", (1.2, -0.3), (1.4, 1.3)),
        ("barrier", "no zone crosses it", (5.7, 9.0), (5.75, 8.2)),
        ("who touches whom", "", (5.4, -0.3), (3.95, 2.2)),
        ("lot", "zones tendered together", (9.9, -0.4), (9.3, 0.75)),
        ("bridge", "joins an island", (10.6, 8.4), (10.7, 6.3)),
    ):
        arrow = {"arrowstyle": "-", "color": DARK, "lw": 0.9, "shrinkA": 1}
        words = rf"$\bf{{{word.replace(' ', chr(92) + ' ')}}}$"
        axes.annotate(
            f"{words}\n{told}" if told else words,
            to, at, ha="center", va="center", fontsize=10.5, zorder=9,
            arrowprops=arrow, bbox={"fc": "white", "ec": "none", "pad": 1},
        )  # fmt: skip
    return figure


def _area(zone: tuple[tuple[float, float], ...]) -> shapely.Polygon:
    return shapely.MultiPoint(zone).convex_hull.buffer(0.62)


def _edges(axes: Axes) -> None:
    places = [(place, k) for k, zone in enumerate(ZONES) for place in zone]
    barrier = shapely.LineString(BARRIER)
    for a, (here, _) in enumerate(places):
        for there, _ in places[a + 1 :]:
            line = shapely.LineString([here, there])
            if line.length <= EDGE and not line.intersects(barrier):
                axes.plot(*line.xy, color="#6b6b6b", lw=0.9, zorder=3)


def _buildings(axes: Axes, place: tuple[float, float], *, is_center: bool) -> None:
    x, y = place
    shifts = ((-0.2, 0.24), (0.2, -0.24)) if place == TWIN else ((0.0, 0.0),)
    for dx, dy in shifts:
        walls = shapely.box(x + dx - 0.34, y + dy - 0.17, x + dx + 0.34, y + dy + 0.17)
        axes.fill(*walls.exterior.xy, fc="#5b6770", ec="white", lw=0.8, zorder=5)
    if place == TWIN:
        yard = shapely.box(x - 0.5, y - 0.36, x + 0.5, y + 0.36).buffer(0.12)
        axes.plot(*yard.exterior.xy, "--", color=DARK, lw=1.1, zorder=6)
    if is_center:
        axes.plot(x, y, "o", ms=11, mfc="white", mec=DARK, mew=1.6, zorder=7)
        axes.plot(x, y, "o", ms=4, color=DARK, zorder=8)


def main() -> None:
    """Draw them all."""
    save(draw_map(), "map.png", colours=200)
    save(draw_look(), "inspect.png")
    save(draw_words(), "words.png", colours=200)


if __name__ == "__main__":
    main()
