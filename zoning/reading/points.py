"""Places out of columns of a table: shapes as text, or coordinates of points.

Columns are known by their names; which of two is which, the values say as well. Maps of
Chinese surveyors call the northing X and the easting Y.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.reading.earth import WGS84
from zoning.reading.rows import rows_of
from zoning.reading.words import words_of
from zoning.text.issues import Issues, capital
from zoning.text.lists import first_few
from zoning.text.numerals import numerals

Floats = NDArray[np.float64]

GAPS_TOLD = "gaps told"  # rows without a place are faults already
PLACES = "places"  # among the attributes of a table: columns that places were read of
_WKT = re.compile(
    r"(?:SRID=(?P<srid>\d+);)?\s*(?P<shape>(?:MULTI)?(?:POINT|POLYGON|LINESTRING)\b.*"
    r"|GEOMETRYCOLLECTION\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_WKB = re.compile(r"0[01][0-9a-f]{40,}", re.IGNORECASE)
# names of the two columns of a pair, the eastward first; the best pair first
_LATIN = r"(?:.*[^a-z])?(?:{})(?:[^a-z].*)?"
_LONLAT = (
    ".*经度.*|" + _LATIN.format("lon|lng|long|longitude"),
    ".*纬度.*|" + _LATIN.format("lat|latitude"),
)
_SURVEY = (
    ".*(?:东|横)坐标.*|东|" + _LATIN.format("e|easting|east"),
    ".*(?:北|纵)坐标.*|北|" + _LATIN.format("n|northing|north"),
)
_XY = (
    ".*x坐标.*|.*坐标x|coordx|" + _LATIN.format("x|xcoord"),
    ".*y坐标.*|.*坐标y|coordy|" + _LATIN.format("y|ycoord"),
)
_BOTH = re.compile(
    r".*坐标|.*经纬度.*|coord(?:inate)?s?|l(?:on|ng)_?,?lat|lat_?,?l(?:on|ng)|location"
)
_CHINA = ((73.0, 136.0),), ((3.0, 54.0),)  # degrees east, degrees north
# metres east, without the number of the zone and with it, and north
_MAPS = ((1e5, 9e5), (1.3e7, 6.2e7)), ((1.9e6, 6.1e6),)
_ANGLE = re.compile(
    r"(?P<before>[nsew东西南北]?)[经纬]?:?(?P<sign>[+-]?)"
    r"(?P<degrees>[0-9]{1,3}(?:\.[0-9]+)?)(?:[°o\u030ad度])?"
    r"(?:(?P<minutes>[0-9]{1,2}(?:\.[0-9]+)?)['分m])?"
    r"(?:(?P<seconds>[0-9]{1,2}(?:\.[0-9]+)?)(?:''|\"|秒|s))?"
    r"(?P<behind>[nsew东西南北]?)"
)
_STROKES = str.maketrans(dict.fromkeys("\u2032\u2019\u2018", "'") | {"\u201d": '"'})


@dataclass(frozen=True)
class _Columns:
    """Coordinates as columns hold them, before anybody asks which is which.

    Parameters
    ----------
    columns
        The columns, one or two.
    words
        What each row holds, "" where it is empty.
    by_name
        Names tell what is longitude; X and Y do not tell.
    """

    columns: tuple[Any, ...]
    east: Floats
    north: Floats
    words: Sequence[str]
    by_name: bool

    @property
    def called(self) -> str:
        """The columns, in words."""
        return " and ".join(map(repr, self.columns))


def with_places(frame: Any, name: str, log: Issues) -> tuple[Any, bool]:
    """The table with a place for each row, or None if it tells none.

    Parameters
    ----------
    frame
        A table without shapes.
    name
        What to call it in messages.
    log
        Takes faults and notes.

    Returns
    -------
    tuple
        The table of points or shapes, and whether its coordinate system, WGS 84, is
        only what degrees usually are in; it has none where they are no degrees.
    """
    shapes = next((c for c in frame.columns if _holds_shapes(frame[c])), None)
    if shapes is not None:
        return _with_shapes(frame, shapes, name, log), False
    found = [*_columns_of(frame)]
    if not found:
        log.faults.append(
            f"{capital(name)} has no coordinates; its columns are "
            f"{first_few(frame.columns, 20) or 'none'}. Write them into columns 经度 "
            "and 纬度 (or lon and lat, 东坐标 and 北坐标), or give a layer with the "
            "shapes of the buildings, and this list by --join (join=)."
        )
        return None, False
    if found[1:]:
        log.notes.append(
            f"{capital(name)}: {found[0].called} were read as coordinates, not "
            f"{first_few(one.called for one in found[1:])}."
        )
    return _with_points(frame, found[0], name, log)


def _with_points(
    frame: Any, columns: _Columns, name: str, log: Issues
) -> tuple[Any, bool]:
    east, north = columns.east, columns.north
    here = np.isfinite(east) & np.isfinite(north)
    _tell_missing(frame, columns, here, name, log)
    likeness = [_likeness(*two, here) for two in ((east, north), (north, east))]
    turned = likeness[1] > likeness[0]
    if turned:
        east, north = north, east
    middle = [np.median(np.abs(xy[here])) if here.any() else 0 for xy in (east, north)]
    degrees = bool(middle[0] <= 180 and middle[1] <= 90)
    told = f"{capital(name)}: places were read from {columns.called}"
    if turned:
        told += ", turned round: the values say that the first is the northward one"
    elif not columns.by_name and max(likeness) == 0 and not degrees:
        told += ", the first to the east, the second to the north"
    is_lonlat = degrees and columns.by_name
    if is_lonlat:
        told += ", degrees in WGS 84 unless crs= says another"
    log.notes.append(f"{told}.")
    points = np.full(len(frame), None, object)
    points[here] = shapely.points(east[here], north[here])
    placed = _placed(frame, points, WGS84 if is_lonlat else None)
    placed.attrs[PLACES] = columns.columns
    placed.attrs[GAPS_TOLD] = not here.all()
    return placed, is_lonlat


def _placed(frame: Any, shapes: NDArray[Any], crs: Any) -> Any:
    column = "geometry" if "geometry" not in frame.columns else "shape of the row"
    series = geopandas.GeoSeries(shapes, frame.index, crs=crs)
    placed = geopandas.GeoDataFrame(frame.assign(**{column: series}), geometry=column)
    placed.attrs = {**frame.attrs}
    return placed


def _tell_missing(
    frame: Any, columns: _Columns, here: NDArray[np.bool_], name: str, log: Issues
) -> None:
    """Rows without coordinates, and with words that are none."""
    gaps = [
        (row, word)
        for row, word, one in zip(rows_of(frame), columns.words, here, strict=True)
        if not one
    ]
    empty = [row for row, word in gaps if not word]
    wrong = [f"row {row} has {word!r}" for row, word in gaps if word]
    if empty:
        log.faults.append(
            f"{capital(name)} has rows without coordinates in {columns.called}: "
            f"{first_few(empty)}. Fill them in, or take the rows out."
        )
    if wrong:
        log.faults.append(
            f"{capital(name)} has rows that hold no coordinates in {columns.called}: "
            f"{first_few(wrong)}. Write degrees such as 126.6201 or 126°37'12.5\", or "
            "metres."
        )


def _likeness(east: Floats, north: Floats, here: NDArray[np.bool_]) -> float:
    """How many coordinates are such as those of China's maps."""
    return float(
        sum(
            (_within(east, eastward) & _within(north, northward) & here).sum()
            for eastward, northward in (_CHINA, _MAPS)
        )
    )


def _within(values: Floats, ranges: Sequence[tuple[float, float]]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.zeros(len(values), bool)
    for low, high in ranges:
        found |= (low <= values) & (values <= high)
    return found


def _columns_of(frame: Any) -> Iterator[_Columns]:
    """All columns of coordinates, the likeliest first."""
    names = {column: _plain(column) for column in frame.columns}
    for (eastward, northward), by_name in (
        (_LONLAT, True),
        (_SURVEY, True),
        (_XY, False),
    ):
        east = _named(names, eastward)
        others = {column: name for column, name in names.items() if column != east}
        north = _named(others, northward)  # 经纬度 经度 has both words
        if east is None or north is None:
            continue
        east_words, north_words = _words(frame[east]), _words(frame[north])
        both = zip(east_words, north_words, strict=True)
        yield _Columns(
            (east, north),
            _numbers(east_words),
            _numbers(north_words),
            [" ".join(filter(None, two)) for two in both],
            by_name,
        )
    for column, name in names.items():
        if not _BOTH.fullmatch(name):
            continue
        words = _words(frame[column])
        halves = [_halves(word) for word in words]
        if any(map(all, halves)):
            first, second = (_numbers([two[i] for two in halves]) for i in (0, 1))
            yield _Columns((column,), first, second, words, by_name=True)


def _words(column: Any) -> list[str]:
    return [word or "" for word in words_of(column)]


def _plain(column: object) -> str:
    """A head in narrow small letters, without its measure."""
    text = normalize("NFKC", str(column)).lower()
    return re.sub(r"[\s:]|\([^()]*\)", "", text)


def _named(names: Mapping[Any, str], pattern: str) -> Any:
    """The column of such a name, the shortest where there are several."""
    fit = [column for column, name in names.items() if re.fullmatch(pattern, name)]
    return min(fit, key=lambda column: len(names[column]), default=None)


def _halves(word: str) -> tuple[str, str]:
    """Two coordinates in one cell; empty where there are not two."""
    text = normalize("NFKC", word).strip("()[]{} ")
    for mark in (r"\s*[,;/|、]\s*", r"\s+"):
        parts = re.split(mark, text)
        if len(parts) == 2 and all(parts):
            return parts[0], parts[1]
    return "", ""


def _numbers(words: Sequence[str]) -> Floats:
    """Words as degrees or metres; NaN where they are none."""
    found = pd.to_numeric(pd.Series(words, dtype=object), errors="coerce")
    values = found.to_numpy(np.float64, copy=True)
    values[~np.isfinite(values)] = np.nan
    rest = np.flatnonzero(np.isnan(values) & (np.array(words, object) != ""))
    for at in rest.tolist():
        angle = _angle(words[at])
        values[at] = np.nan if angle is None else angle
    rest = rest[np.isnan(values[rest])]
    for at, one in zip(rest, numerals([words[i] for i in rest]), strict=True):
        if one is not None and one.value is not None and one.unit in ("", "m", "米"):
            values[at] = float(one.value)
    return values


def _angle(word: str) -> float | None:
    r"""Degrees, minutes and seconds as degrees; None where the word tells none.

    Examples
    --------
    >>> _angle("126°37'12.5\""), _angle("西经 30度30分"), _angle("45.5N")
    (126.62013888888889, -30.5, 45.5)
    """
    text = "".join(normalize("NFKC", word).lower().split()).translate(_STROKES)
    found = _ANGLE.fullmatch(text)
    if found is None or (found["before"] and found["behind"]):
        return None
    minutes, seconds = (float(found[part] or 0) for part in ("minutes", "seconds"))
    if minutes >= 60 or seconds >= 60:
        return None
    side = found["before"] + found["behind"]
    less = (found["sign"] == "-") != (side in (*"sw西南",))
    value = float(found["degrees"]) + minutes / 60 + seconds / 3600
    return -value if less else value


def _holds_shapes(column: Any) -> bool:
    """Whether the first value of a column is a shape in text."""
    first = next((v for v in column.tolist() if isinstance(v, str) and v), "")
    return any(one.fullmatch(first.strip()) for one in (_WKT, _WKB))


def _with_shapes(frame: Any, column: Any, name: str, log: Issues) -> Any:
    """The table with the shapes that a column holds as text."""
    words = [(word or "").strip() for word in words_of(frame[column])]
    marks = {found["srid"] for word in words if (found := _WKT.fullmatch(word))}
    texts = [found["shape"] if (found := _WKT.fullmatch(w)) else w for w in words]
    in_bytes = np.array([_WKB.fullmatch(text) is not None for text in texts], bool)
    shapes = np.full(len(texts), None, object)
    array = np.array([text or None for text in texts], object)
    shapes[in_bytes] = shapely.from_wkb(array[in_bytes], on_invalid="ignore")
    shapes[~in_bytes] = shapely.from_wkt(array[~in_bytes], on_invalid="ignore")
    bad = [
        f"row {row} has {word[:40]!r}"
        for row, word, shape in zip(rows_of(frame), words, shapes, strict=True)
        if word and shape is None
    ]
    if bad:
        log.faults.append(
            f"{capital(name)}: column {column!r} holds shapes as text (WKT), but not "
            f"in {len(bad):,} row(s): {first_few(bad)}. Correct them."
        )
    log.notes.append(f"{capital(name)}: shapes were read from column {column!r}.")
    known = {mark for mark in marks if mark and mark != "0"}
    crs = f"EPSG:{known.pop()}" if len(known) == 1 else None
    rest = frame.drop(columns=column)
    rest.attrs = frame.attrs
    return _placed(rest, shapes, crs)
