"""Zip archives and the workbooks and maps that are such: changed part by part."""

from __future__ import annotations

import io
import stat
import struct
import warnings
from collections.abc import Callable
from random import Random
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tests.fuzz import blobs, hostile

Parts = dict[str, bytes]
_THEN = (2026, 1, 1, 0, 0, 0)  # so that bytes are the same every time
_RELATION = (
    '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/{kind}" Target="{target}" TargetMode="External"/>'
    "</Relationships>"
)
_ENTITIES = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:secret.csv">]>',
    f'<!DOCTYPE x [<!ENTITY e SYSTEM "{hostile.NOWHERE}">]>',
    f'<!DOCTYPE x SYSTEM "{hostile.NOWHERE}">',
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>"
        for a, b in zip("abcdefgh", "bcdefghe", strict=True)
    )
    + "]>",
)
_ODD = (  # what a sheet may say of its cells
    *((b'r="A1"', b'r="XFD1048577"'), (b'r="2"', b'r="1048577"'), (b'r="2"', b'r="0"')),
    *((b'r="B2"', b'r="ZZZZZ99"'), (b't="s"', b't="n"'), (b't="n"', b't="s"')),
    *(
        (b't="n"', b't="d"'),
        (b't="s"', b't="e"'),
        (b't="n"', b't="b"'),
        (b"<v>", b"<v>-"),
    ),
    *((b"<v>1", b"<v>1e999"), (b"<v>", b"<v>NaN"), (b"<v>", b"<f>1+1</f><v>")),
    *((b"<v>0", b"<v>99999999"), (b'r="2"', b'r="-1"'), (b's="1"', b's="9999"')),
    *((b"<row", b'<row hidden="1" s="77777" customFormat="1"'), (b"</row>", b"")),
    *(
        (
            b"<sheetData>",
            b'<cols><col min="1" max="99999999" hidden="1"/></cols><sheetData>',
        ),
    ),
    *(
        (
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        ),
    ),
    *((b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="Q"/></mergeCells>'),),
    *(
        (b'dimension ref="', b'dimension ref="A1:XFD1048576" x="'),
        (b"worksheet", b"chartsheet"),
    ),
    *((b"date1904", b"date1900"), (b"<workbookPr", b'<workbookPr date1904="1"')),
)


def parts_of(content: bytes) -> Parts:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(_info(name), content, ZIP_DEFLATED)
    return out.getvalue()


def _info(name: str) -> ZipInfo:
    return ZipInfo(name[:60_000] or "_", _THEN)


def one_part(parts: Parts, chance: Random) -> bytes:
    name = chance.choice([*parts])
    return packed({**parts, name: blobs.mutated(parts[name], chance, blobs.TEXT)})


def odd_cells(parts: Parts, chance: Random) -> bytes:
    old, new = chance.choice(_ODD)
    times = chance.choice((1, 1, -1))
    return packed({name: one.replace(old, new, times) for name, one in parts.items()})


def entity(parts: Parts, chance: Random) -> bytes:
    """Words of its own in a part of XML, that would be fetched or grow."""
    texts = [n for n in parts if n.endswith((".xml", ".rels", ".kml"))] or [*parts]
    name, told = chance.choice(texts), chance.choice(_ENTITIES).encode()
    start, mark, rest = parts[name].partition(b"?>")
    made = start + mark + told + rest if mark else told + start
    return packed({**parts, name: made.replace(b"<v>", b"<v>&e;", 3)})


def relation(parts: Parts, chance: Random) -> bytes:
    """A link to another file, or an address."""
    texts = [name for name in parts if name.endswith(".rels")]
    if not texts:
        return drop(parts, chance)
    kind = chance.choice(
        ("externalLink", "image", "sharedStrings", "worksheet", "styles")
    )
    target = chance.choice(
        ("file:///etc/passwd", hostile.SECRET, hostile.NOWHERE, "../..")
    )
    told = _RELATION.format(kind=kind, target=target).encode()
    name = chance.choice(texts)
    return packed({**parts, name: parts[name].replace(b"</Relationships>", told)})


def drop(parts: Parts, chance: Random) -> bytes:
    gone = chance.choice([*parts])
    return packed({name: one for name, one in parts.items() if name != gone})


def rename(parts: Parts, chance: Random) -> bytes:
    name = chance.choice([*parts])
    end = name[name.rfind(".") :] if "." in name else ""
    ways = (
        *(
            f"/tmp/fuzz-absolute{end}",
            f"../../up{end}",
            f"C:\\x{end}",
            f"a\\..\\b{end}",
        ),
        *(f"{'d/' * 400}x{end}", f"{'n' * 3_000}{end}", f"\u202egpj{end}", f"名{end}"),
        *(f".hidden{end}", f"__MACOSX/x{end}", f"x{end.upper()}", "x", f"a/{name}"),
    )
    made = dict(parts)
    made[chance.choice(ways)] = made.pop(name)
    return packed(made)


def again(parts: Parts, chance: Random) -> bytes:
    """A second part of the same name, or a link in its place."""
    name = chance.choice([*parts])
    out = io.BytesIO(packed(parts))
    with ZipFile(out, "a") as archive:
        info = _info(name if chance.random() < 0.5 else f"link-{name.split('/')[-1]}")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the name: it is there already
            archive.writestr(info, chance.choice(("/etc/passwd", hostile.SECRET, "..")))
    return out.getvalue()


def bomb(parts: Parts, chance: Random) -> bytes:
    """A part of 120 MB of the same letter, packed to almost nothing."""
    name = chance.choice([*parts])
    letter = chance.choice((b"\x00", b" ", b"[", b"1"))
    return packed({**parts, name: parts[name] + letter * 120_000_000})


def nested(parts: Parts, chance: Random) -> bytes:
    made = packed(parts)
    for _ in range(chance.choice((1, 3))):
        made = packed({chance.choice(("in.zip", "in.kmz", "in.geojson")): made})
    return made


def headers(parts: Parts, chance: Random) -> bytes:
    """Flags, methods, sums and sizes of the directory changed."""
    content = bytearray(packed(parts))
    at = content.find(b"PK\x01\x02", chance.randrange(len(content)))
    at = content.find(b"PK\x01\x02") if at < 0 else at
    offset, form = chance.choice(
        ((8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"), (42, "<I"))
    )
    most = 2 ** (8 * struct.calcsize(form)) - 1
    made = chance.choice((0, 1, 9, 14, 99, most, chance.randrange(most)))
    struct.pack_into(form, content, at + offset, made)
    return bytes(content)


def stored(parts: Parts, chance: Random) -> bytes:
    """Nothing packed, and something before the archive or behind it."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(_info(name), content)
    junk = chance.choice((b"", b"#!/bin/sh\n", bytes(100)))
    return junk + out.getvalue() + chance.choice((b"", b"x" * 70_000))


Change = Callable[[Parts, Random], bytes]
CHANGES: tuple[Change, ...] = (
    *(one_part, one_part, one_part, entity, relation, drop, rename, again, nested),
    *(headers, headers, stored),
)
SHEETS: tuple[Change, ...] = (*CHANGES, *(odd_cells,) * 6)


def mutated(
    content: bytes, chance: Random, changes: tuple[Change, ...] = CHANGES
) -> bytes:
    """An archive with one change, at times a bomb, or with bytes changed blindly."""
    kind = chance.random()
    if kind < 0.15:
        return blobs.mutated(content, chance)
    try:
        parts = parts_of(content)
    except (BadZipFile, KeyError):
        return blobs.mutated(content, chance)
    return bomb(parts, chance) if kind < 0.17 else chance.choice(changes)(parts, chance)
