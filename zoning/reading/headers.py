"""What columns are called in the files of planners, and the measure in a header.

Headers are compared folded: 建筑面积(万㎡) is 建筑面积, Floor_Area is floorarea. A
shapefile cuts names after ten bytes, in the middle of a letter if need be; what is left
is known as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from unicodedata import normalize

from zoning.text.numerals import AREA_UNITS

# What is read -> what its column may be called, the most telling name first. Short
# names in capitals are those of the land registry's layer of buildings.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "area": (
        *("floor_area_m2", "floor_area", "gross_floor_area", "gfa"),
        *("建筑面积", "总建筑面积", "楼栋建筑面积", "房屋建筑面积", "幢建筑面积"),
        *("楼栋面积", "房屋面积", "建筑总面积"),
        *("实测建筑面积", "SCJZMJ", "预测建筑面积", "YCJZMJ", "JZMJ", "住宅建筑面积"),
        *("building_area", "m2", "area", "面积", "住宅面积", "mianji"),
    ),
    "footprint": (
        *("footprint_m2", "footprint_area", "footprint"),
        *("基底面积", "占地面积", "幢占地面积", "ZZDMJ"),
    ),
    "floors": (
        *("floors", "levels", "building:levels", "storeys", "stories", "num_floors"),
        *(
            "层数",
            "总层数",
            "楼层数",
            "地上层数",
            "建筑层数",
            "房屋层数",
            "楼层",
            "ZCS",
            "DSCS",
        ),
    ),
    "households": (
        *("households", "num_households", "dwellings", "flats"),
        *(
            "户数",
            "总户数",
            "居民户数",
            "住宅户数",
            "住户数",
            "住户",
            "户籍数",
            "常住户数",
        ),
        *("住宅套数", "总套数", "套数", "ZTS"),
    ),
    "unit": (
        *("compound_id", "compound", "residential_area_id", "residential_area"),
        *("小区编号", "小区编码", "小区代码", "小区", "小区名称", "小区名"),
        *("院落编号", "院落", "院落名称", "物业小区"),
        *("ZDDM", "宗地代码", "宗地编号", "宗地号"),
    ),
    "unit_name": (
        *("compound_name", "residential_area_name", "小区名称", "小区名", "小区"),
        *("院落名称", "项目名称", "XMMC"),
    ),
    "id": (
        *("id", "fid", "osm_id", "building_id", "gid", "objectid", "code"),
        *("楼栋编号", "楼栋编码", "楼栋号", "楼号", "幢号", "栋号", "楼栋", "编号"),
        *("BDCDYH", "不动产单元号", "ZRZH", "自然幢号", "BSM"),
    ),
    "name": (
        *("name", "building_name", "楼栋名称", "楼名", "建筑物名称", "JZWMC", "名称"),
    ),
    "use": (
        *("residential", "是否住宅", "use", "usage", "用途", "房屋用途", "建筑用途"),
        *("规划用途", "GHYT", "building"),
    ),
    "structure": ("structure", "结构", "房屋结构", "建筑结构", "FWJG"),
    "address": ("address", "地址", "门牌", "门牌地址", "坐落", "房屋坐落"),
    "street": ("street", "addr:street", "所在道路", "路名"),
    "fee": ("fee", "物业费", "物业费标准", "物业收费标准", "收费标准"),
    "rate": ("rate", "collection_rate", "collection", "收缴率", "物业费收缴率"),
    "parking": ("parking", "parking_spaces", "车位数", "停车位数", "停车位", "车位"),
    "subdistrict": ("subdistrict", "district", "街道", "所属街道", "街道办事处"),
    "community": ("community", "社区", "所属社区"),
    "built": (
        *("built", "built_year", "year_built", "year", "建成年份", "建成年代"),
        *("竣工时间", "竣工日期", "竣工年份", "建造年代", "JGRQ"),
    ),
    "contract_end": ("contract_end", "合同到期"),
    "incumbent": ("incumbent", "current_company", "现物业企业"),
    "pin": ("pin", "锁定片区"),
    "previous": ("previous", "原片区"),
    "shared_id": ("shared_id", "共用设施编号"),
}
_PER_M2 = ("元", *(f"元/{m}" for m in ("m2", "m2·月", "m2/月", "m2.月", "平方米·月")))
# What is read -> the measures a cell may name, and how many of the usual they are.
IN_CELLS: Mapping[str, Mapping[str, int]] = {
    "area": AREA_UNITS,
    "footprint": AREA_UNITS,
    "floors": dict.fromkeys(("层", "f"), 1),
    "households": dict.fromkeys(("户", "households"), 1),
    "fee": dict.fromkeys(_PER_M2, 1),
    "parking": dict.fromkeys(("个", "位", "辆"), 1),
    "rate": {"%": 1},  # 0.6 and 60 are told by their size
}
# The same of a header, which may name more.
MEASURES: Mapping[str, Mapping[str, int]] = {
    **IN_CELLS,
    "households": {**IN_CELLS["households"], "套": 1},
    "fee": {
        **IN_CELLS["fee"],
        **dict.fromkeys(("元/平方米", "元/平米·月", "元/平米"), 1),
    },
    "rate": {**IN_CELLS["rate"], "百分比": 1},
}
# measures of area that floor area is not given in: nothing is guessed of them
FOREIGN = ("亩", "公亩", "坪", "ft2", "sqft", "acre", "acres", "km2", "平方公里", "分")
_BRACKET = re.compile(r"(?P<name>[^(\[]*)[(\[](?P<within>[^)\]]*)[)\]]?(?P<rest>.*)")
_AT_END = sorted(
    (*(x for x in (*AREA_UNITS, *FOREIGN) if len(x) > 1), "亩", "坪"), key=len
)[::-1]
_BEHIND = re.compile(
    r"(?P<name>.*?[^\W_])(?P<gap>[\W_]*)"
    rf"(?P<measure>{'|'.join(map(re.escape, _AT_END))})",
    re.I,
)
_CUT = 10  # bytes of a name that a shapefile keeps
_ENCODINGS = ("utf-8", "gb18030")  # that it may have been cut in


def plain_header(column: object) -> str:
    """A header without its measure: 物业费(元/㎡·月) is 物业费.

    Examples
    --------
    >>> plain_header("物业费(元/㎡·月)"), plain_header("建筑面积_万㎡")
    ('物业费', '建筑面积')
    """
    return _parted(str(column))[0]


def measure_in(column: object) -> str:
    """The measure that a header names, lower case, ㎡ as m2; "" where it names none.

    Examples
    --------
    >>> [measure_in(x) for x in ("建筑面积(万㎡)", "面积 公顷", "面积(亩)", "户数(户)")]
    ['万m2', '公顷', '亩', '户']
    >>> measure_in("建筑面积(含阳台)")
    ''
    """
    return _parted(str(column))[1]


def fold(header: object) -> str:
    """The same for headers that differ in case, width, blanks and strokes alone."""
    text = normalize("NFKC", str(header)).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def columns_for(role: str, known: Sequence[str]) -> list[str]:
    """Columns that may hold what is asked for, the most telling name first.

    Parameters
    ----------
    role
        One of `HEADERS`, or any name a column may have.
    known
        Names of the columns there are.

    Examples
    --------
    >>> columns_for("area", ["面积", "SCJZMJ", "楼号", "建筑面积(万㎡)"])
    ['建筑面积(万㎡)', 'SCJZMJ', '面积']
    """
    ranks = _ranks(role)
    found = [(ranks[w], at) for at, x in enumerate(known) if (w := _word(x)) in ranks]
    return [known[at] for _, at in sorted(found)]


def _word(header: str) -> str:
    """A header as it is looked up: without its measure, unless it is all of it."""
    return fold(plain_header(header)) or fold(header)


@cache
def _ranks(role: str) -> dict[str, int]:
    """Folded names of a role, the most telling first, those cut off behind all."""
    names = HEADERS.get(role, (role,))
    whole = [fold(name) for name in names]
    cut = [fold(part) for name in names for part in _cut_off(name)]
    cut = [word for word in cut if word not in _whole_names()]
    ranks: dict[str, int] = {}
    for word in (*whole, *cut):
        ranks.setdefault(word, len(ranks))
    return ranks


@cache
def _whole_names() -> frozenset[str]:
    return frozenset(fold(name) for names in HEADERS.values() for name in names)


def _cut_off(name: str) -> Iterator[str]:
    """What a shapefile leaves of a name that is too long for it."""
    for encoding in _ENCODINGS:
        kept = name.encode(encoding)[:_CUT].decode(encoding, "ignore")
        if len(kept) < len(name):
            yield kept


@cache
def _parted(header: str) -> tuple[str, str]:
    """Name and measure of a header."""
    text = normalize("NFKC", header).strip()
    if found := _BRACKET.fullmatch(text):
        name = found["name"].strip() or found["rest"].strip() or text
        return name, _measure(found["within"])
    found = _BEHIND.fullmatch(text)
    if found and (found["gap"] or not found["name"].isascii()):
        return found["name"], _measure(found["measure"])
    return text, ""


def _measure(word: str) -> str:
    """A measure as the tables above have it; "" where a word is none."""
    plain = re.sub(r"\s|单位:?", "", word).lower().replace("m^2", "m2")
    known = any(plain in measures for measures in MEASURES.values())
    return plain if known or plain in FOREIGN or "/" in plain else ""
