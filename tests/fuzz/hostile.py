"""Values that nobody means, and that files hold all the same."""

from __future__ import annotations

import math
from random import Random

NOWHERE = "http://fuzz.invalid/x"  # a proxy of ours counts who goes there
SECRET = "secret.csv"  # stands beside the inputs, and nobody names it
TOKEN = "CANARY-OF-THE-FUZZ"  # what is in it

NUMBERS = (
    *(0, 1, -1, 2, 0.5, -0.0, 1e-300, 5e-324, 1e15, 1e16, 1e300, 1e308, -1e308),
    *(math.nan, math.inf, -math.inf, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**62),
    *(2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400, True, False),
)
# names of files that lead elsewhere
PATHS = (
    *("../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "file:secret.csv"),
    *(SECRET, f"./{SECRET}", f"../{SECRET}", "secret.geojson", "../in/secret.geojson"),
    *(NOWHERE, f"/vsicurl/{NOWHERE}", f"/vsicurl_streaming/{NOWHERE}.geojson"),
    *("/vsizip/secret.zip/a.geojson", "/vsistdin/", "/vsis3/bucket/x", "/vsimem/x"),
    *(r"\\host\share\x.geojson", "//host/share/x.geojson", "PG:dbname=x", "WFS:x"),
    *(f"GeoJSON:{SECRET}", f"CSV:{SECRET}", f"<OGRVRTDataSource>{SECRET}", "~root"),
    *("/dev/zero", "/dev/stdin", "/proc/self/environ", "CON", "in", ".", "..", "/"),
    *("a" * 300, "x\ny.geojson", " ", "-", "--help", "*", "in/*.geojson", "%s", "|ls"),
)
WORDS = (
    *("", " ", "\t", "\n", "\r", "\x00", "\x1b[31m\x1b[2J", "\x07", "\x85", "\u2028"),
    *("\ufeff", "\u200b", "\u202eabc", "\u2066x", "e\u0301", "é", "ＢＯＯ１", "Β0001"),
    *("B0001\u200d", "b0001", "B0001 ", "Ｂ０００１", "ﬁ", "ß", "İ", "🏚️", "z͑ͫ̓ͪ̂ͫ̽͏̴̙̤"),
    *("\ud800", "\udfff\ud800", "a" * 5_000, "字" * 5_000, "9" * 5_000, "1" * 400),
    *("=1+1", "=HYPERLINK(1)", "+1", "-", "@x", "'", '"', "`", "<b>", "&amp;", "]]>"),
    *("$x", "$\\frac{", "\\N{", "%s", "%n%d", "{0}", "{x!r}", "[red]", "[/]", ":x:"),
    *("nan", "NaN", "inf", "-inf", "None", "null", "true", "否", "无", "合计", "total"),
    *(
        "1,5",
        "1.5",
        "1.500,25",
        "1.5万",
        "２０",
        "1e5",
        "1e999",
        "0x10",
        "①",
        "½",
        "一",
    ),
    *(
        "1_000",
        "٣",
        "1 000",
        "1'000",
        "-5",
        "10%",
        "1/0",
        "#REF!",
        "#N/A",
        "2024-02-30",
    ),
    *("1900-01-00", "0000-00-00", "EPSG:4326", "EPSG:999999", "EPSG:-1", "+proj=x"),
    *(
        "a;b",
        "a,b",
        "a|b",
        "a/b",
        "a=b",
        "a[万㎡]",
        "x[[]]",
        "x[]",
        "(",
        "[",
        "(?:" * 9,
    ),
    *("geometry", "zone", "lot", "id", "unit", "constructor", "__class__", "1", "01"),
    *("2", "7", "Z", "A", "building B0001", "C001", "tightest", "none", "any", "all"),
)


def number(chance: Random) -> object:
    """A number, mostly one that is too large, too small, or none."""
    return chance.choice(NUMBERS)


def word(chance: Random) -> str:
    """A word: of no letters, of too many, obeyed by a screen, the name of a file."""
    if chance.random() < 0.2:
        return chance.choice(PATHS)
    found = chance.choice(WORDS)
    return found + chance.choice(WORDS) if chance.random() < 0.1 else found


def nested(chance: Random) -> object:
    """Lists or tables within each other, at times without end."""
    made: object = chance.choice((1, "x", None, [], {}))
    for _ in range(chance.choice((1, 2, 3, 60, 300))):
        made = [made] if chance.random() < 0.7 else {"a": made}
    return made


def value(chance: Random) -> object:
    """Anything."""
    kind = chance.random()
    if kind < 0.4:
        return number(chance)
    if kind < 0.85:
        return word(chance)
    if kind < 0.95:
        return chance.choice((None, [], {}, [[]], [None], {"": None}, [1, "a", None]))
    return nested(chance)
