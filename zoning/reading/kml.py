"""KML. Python reads it as XML first, so it cannot point elsewhere.

What reaches OGR is written anew: shapes alone, numbered, without links to files or
addresses, and without what could be taken for a catalogue. Columns are taken from the
XML as it is, since drivers of OGR differ in those they know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pyogrio

from zoning.errors import InputError
from zoning.reading.choosing import Layer, likeliest, require_known
from zoning.reading.local import File
from zoning.reading.ogr import frame_of
from zoning.text.encodings import decoded, no_text
from zoning.text.issues import Issues

Element = ElementTree.Element

_FOLDERS = ("Document", "Folder")
_SHAPES = {"Point": 0, "LineString": 1, "LinearRing": 2, "Polygon": 3}
_GROUP = "MultiGeometry"
_PARTS = {*_SHAPES, _GROUP, "outerBoundaryIs", "innerBoundaryIs", "coordinates"}
_NUMBERS = ("int", "uint", "short", "ushort", "float", "double")
_OPAQUE = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DEEPEST = 50  # groups within groups
_SAVE = "Save it again as KML from a map program."


@dataclass(frozen=True)
class _Folder:
    """What stands right in a folder."""

    name: str
    places: tuple[Element, ...]


def read_kml(file: File, named: str, what: str, log: Issues) -> Any:
    """The table of one folder: the one named, or else the likeliest.

    Raises
    ------
    InputError
        It is none, holds no places, or has no folder of that name.
    OSError, RuntimeError, ValueError
        It cannot be read.
    """
    root, links = _parsed(file)
    folders = _folders(root)
    if links:
        log.notes.append(
            f"{file} links to {links} other file(s) or address(es); these were not "
            "followed. Save what they hold as files, if it is wanted."
        )
    if not folders:
        msg = f"{file} has no places in it{' but links' if links else ''}. {_SAVE}"
        raise InputError(msg)
    if named:
        require_known(named, (folder.name for folder in folders), file)
    else:
        named = likeliest([*map(_layer, folders)], what, file, log).name
    folder = next(folder for folder in folders if folder.name == named)
    return _frame(folder, _types(root), file, log)


def layers_of_kml(file: File) -> list[Layer]:
    """What its folders are.

    Raises
    ------
    InputError
        It is none.
    """
    return [*map(_layer, _folders(_parsed(file)[0]))]


def _parsed(file: File) -> tuple[Element, int]:
    """The content, and how many links were taken out of it."""
    try:
        text = _DECLARATION.sub("", decoded(file.path.read_bytes()).text)
        if "<!DOCTYPE" in _OPAQUE.sub("", text):
            msg = f"{file} declares words of its own (DOCTYPE), as no KML does. {_SAVE}"
            raise InputError(msg)
        root = ElementTree.fromstring(text)
    except UnicodeError as error:
        msg = f"{file} cannot be read, for it is {no_text(error)}. {_SAVE}"
        raise InputError(msg) from error
    except ElementTree.ParseError as error:
        msg = f"{file} cannot be read, for it is not valid KML ({error}). {_SAVE}"
        raise InputError(msg) from error
    if _tag(root) not in ("kml", *_FOLDERS):
        msg = f"{file} cannot be read: it is XML, but not KML."
        raise InputError(msg)
    return root, sum(_tag(one) == "NetworkLink" for one in root.iter())


def _tag(element: Element) -> str:
    """The name of an element without its name space."""
    return str(element.tag).rpartition("}")[2]


def _child(element: Element, name: str) -> str:
    """Text of a child, "" where there is none."""
    found = next((one for one in element if _tag(one) == name), None)
    return "" if found is None else "".join(found.itertext()).strip()


def _folders(root: Element) -> list[_Folder]:
    """Folders with places right in them, in the order of the file, by unlike names."""
    found: list[_Folder] = []
    left = [(root, "")]
    while left:
        one, above = left.pop()
        name = _child(one, "name") or above or "places"
        places = tuple(inner for inner in one if _tag(inner) == "Placemark")
        if places:
            same = sum(re.sub(r" \(\d+\)$", "", f.name) == name for f in found)
            found.append(_Folder(f"{name} ({same + 1})" if same else name, places))
        inner = [each for each in one if _tag(each) in _FOLDERS]
        left += [(each, name) for each in reversed(inner)]
    return found


def _layer(folder: _Folder) -> Layer:
    shapes = {kind for place in folder.places for kind in _kinds(place)}
    columns = dict.fromkeys(name for place in folder.places for name, _ in _data(place))
    return Layer(folder.name, frozenset(shapes), tuple(columns), len(folder.places))


def _kinds(place: Element) -> Iterator[int]:
    """Numbers of shapes in a place, as shapely has them."""
    left = [*place]
    while left:
        one = left.pop()
        if _tag(one) == _GROUP:
            left += [*one]
        elif _tag(one) in _SHAPES:
            yield _SHAPES[_tag(one)]


def _types(root: Element) -> dict[str, str]:
    """What the file says of the values of its columns."""
    return {
        str(one.get("name")): str(one.get("type"))
        for one in root.iter()
        if _tag(one) == "SimpleField"
    }


def _data(place: Element) -> Iterator[tuple[str, str | None]]:
    """Columns of a place, however they are written, and their values."""
    for extended in place:
        if _tag(extended) != "ExtendedData":
            continue
        for one in extended:
            if _tag(one) == "SchemaData":
                yield from ((x.get("name") or "value", _text(x.text)) for x in one)
            elif _tag(one) == "Data":
                yield one.get("name") or "value", _text(_child(one, "value"))
            else:
                yield _tag(one), _text(one.text)


def _text(value: str | None) -> str | None:
    return (value or "").strip() or None


def _frame(folder: _Folder, types: Mapping[str, str], file: File, log: Issues) -> Any:
    """The shapes as OGR reads them, and the columns as they stand."""
    if not {"KML", "LIBKML"} & {*pyogrio.list_drivers()}:
        msg = (
            f"{file} is KML, which the installed pyogrio cannot read. Save it as "
            "GeoPackage or GeoJSON."
        )
        raise InputError(msg)
    frame = frame_of(_stream(folder.places, file), file, log)
    name = next(column for column in frame.columns if column.lower() == "name")
    shapes = dict(zip(frame[name].astype(int), frame.geometry, strict=True))
    order = range(len(folder.places))
    drawn = frame.geometry.iloc[:0].reindex(order)
    drawn[:] = [shapes.get(at) for at in order]
    columns = _columns(folder.places, types)
    return drawn.to_frame("geometry").assign(**columns)


def _columns(
    places: Sequence[Element], types: Mapping[str, str]
) -> dict[str, pd.Series[Any]]:
    """Columns of places, those of the file's own first, then names and remarks."""
    rows = [dict(_data(place)) for place in places]
    own = {name: [row.get(name) for row in rows] for name in _names(rows)}
    besides = {
        "id": [place.get("id") for place in places],
        "name": [_text(_child(place, "name")) for place in places],
        "description": [_text(_child(place, "description")) for place in places],
    }
    if None in besides["id"] or len({*besides["id"]}) < len(places):
        del besides["id"]  # handles of drawing programs, not of buildings
    taken = {name.lower() for name in own}
    for name, values in besides.items():
        if any(value is not None for value in values):
            own[f"place_{name}" if name in taken else name] = values
    return {
        name: _typed(pd.Series(values, dtype=object), types.get(name, ""))
        for name, values in own.items()
    }


def _names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [*dict.fromkeys(name for row in rows for name in row)]


def _typed(values: pd.Series[Any], kind: str) -> pd.Series[Any]:
    """Numbers where the file says that they are, and all are."""
    if kind not in _NUMBERS:
        return values
    try:
        whole = kind not in ("float", "double")
        return values.map(int if whole else float, na_action="ignore")
    except ValueError:
        return values


def _stream(places: Sequence[Element], file: File) -> BytesIO:
    root = Element("kml", xmlns="http://www.opengis.net/kml/2.2")
    folder = ElementTree.SubElement(root, "Document")
    for at, place in enumerate(places):
        out = ElementTree.SubElement(folder, "Placemark")
        ElementTree.SubElement(out, "name").text = str(at)
        for one in place:
            if _tag(one) in (*_SHAPES, _GROUP):
                out.append(_shape(one, file))
    return BytesIO(ElementTree.tostring(root, "utf-8"))


def _shape(given: Element, file: File, left: int = _DEEPEST) -> Element:
    if not left:
        msg = f"{file} has more than {_DEEPEST} groups of shapes within groups. {_SAVE}"
        raise InputError(msg)
    made = Element(_tag(given))
    made.text = given.text if made.tag == "coordinates" else None
    made.extend([_shape(one, file, left - 1) for one in given if _tag(one) in _PARTS])
    return made
