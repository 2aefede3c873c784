"""Fonts of names on a map: a Chinese one for the letters the usual one lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# How families with Chinese letters begin, the best first.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Noto Sans CJK",
    "Source Han Sans",
    "WenQuanYi",
    "Microsoft YaHei",
    "PingFang",
    "Hiragino Sans GB",
    "STHeiti",
    "Heiti",
    "SimHei",
    "DengXian",
    "SimSun",
    "Noto Serif CJK",
    "Source Han Serif",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)


def families() -> list[str]:
    """The usual families, then a Chinese one where one is installed."""
    from matplotlib import rcParams
    from matplotlib.font_manager import fontManager

    installed = sorted({font.name for font in fontManager.ttflist})
    found = [name for start in CHINESE for name in installed if name.startswith(start)]
    return [*rcParams["font.family"], *found[:1]]


def can_write(text: str) -> bool:
    """Every letter is in one of the fonts."""
    return writer()(text)


def written(names: Sequence[str]) -> list[str]:
    """Names for a map: #1, #2, ... for those whose letters no font has."""
    can = writer()
    return [name if can(name) else f"#{k + 1}" for k, name in enumerate(names)]


def writer() -> Callable[[str], bool]:
    """`can_write` for many texts: fonts are looked for once."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    fonts = [get_font(findfont(FontProperties(family=[name]))) for name in families()]
    return lambda text: all(
        any(font.get_char_index(ord(x)) for font in fonts) for x in text
    )
