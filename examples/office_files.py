"""Files as offices keep them, made up; to plan each takes no more than its name.

Run it from the project's folder: ``python examples/office_files.py``. It writes one
town in four ways:

- ``registry/自然幢.shp``, the land registry's layer: GBK without a word on it, CGCS2000
  with the number of the zone in its eastings, columns by their initials;
- ``list/楼栋台账.xlsx``, the list of a street office: a title, merged cells, 万㎡,
  totals;
- ``zip/小区楼栋.zip``, a zipped shapefile;
- ``online/``, buildings off an online map (GCJ-02), streets and barriers in WGS 84.
"""

import argparse
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import openpyxl
import shapely

from zoning.datasets import Town, old_town
from zoning.reading.datum import from_wgs84

REGISTRY = "EPSG:4530"  # CGCS2000, three degrees, zone 42
_NAMES = (
    *("和平", "光明", "新华", "东风", "文昌", "民主", "建设", "工人"),
    *("学府", "安发", "经纬", "奋斗", "辽源", "永丰", "上游", "松山"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="office_files")
    asked = parser.parse_args()
    write_all(old_town(98), Path(asked.out))
    print(f"Four ways to keep a town are in {asked.out}.")


def write_all(town: Town, folder: Path) -> None:
    """Write the town in every way, each in a folder of its own."""
    ways = (write_registry, write_list, write_zip, write_online)
    for write, name in zip(ways, ("registry", "list", "zip", "online"), strict=True):
        (folder / name).mkdir(parents=True, exist_ok=True)
        write(town, folder / name)


def compound_names(town: Town) -> list[str]:
    """A Chinese name for each building's compound; nothing in it is a real place."""
    codes = sorted(set(town.buildings["compound_id"]))
    names = {
        code: f"{_NAMES[at % len(_NAMES)]}{'一二三四五六'[at // len(_NAMES)]}院"
        for at, code in enumerate(codes)
    }
    return [names[code] for code in town.buildings["compound_id"]]


def write_registry(town: Town, folder: Path) -> None:
    """The land registry's layer of buildings."""
    given = town.buildings
    parcel = "230103" + given["compound_id"].str[1:].str.zfill(6)
    number = given.groupby("compound_id").cumcount() + 1
    layer = given[["geometry"]].assign(
        ZDDM=parcel,
        ZRZH=[f"F{n:04d}" for n in number],
        XMMC=compound_names(town),
        JZWMC=[f"{n}号楼" for n in number],
        ZCS=given["levels"],
        SCJZMJ=given["floor_area_m2"].where(given.index % 9 > 0, 0.0),
        YCJZMJ=given["floor_area_m2"].astype(float),
        ZTS=given["households"],
        JGRQ=given["built"].astype(str) + "-06-30",
        GHYT="11",
        FWJG="混合结构",
    )
    layer.to_crs(REGISTRY).to_file(folder / "自然幢.shp", encoding="GBK")
    (folder / "自然幢.cpg").unlink(missing_ok=True)


def write_list(town: Town, folder: Path) -> None:
    """The list of a street office, with the place of each house in two columns."""
    given = town.buildings.assign(name=compound_names(town)).sort_values(
        ["compound_id", "id"], kind="stable"
    )
    middle = shapely.get_coordinates(shapely.centroid(given.geometry.to_numpy()))
    heads = ["序号", "小区名称", "楼号", "建筑面积(万㎡)", "户数", "物业费(元/㎡·月)"]
    heads += ["收缴率(%)", "经度", "纬度", "备注"]
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "楼栋台账"
    sheet.append(["某街道老旧小区楼栋台账"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
    sheet.append(["填报单位:街道办事处", *[None] * 7, "单位:万㎡、户"])
    sheet.append(heads)
    houses = given.groupby("compound_id").cumcount() + 1
    for at, (row, house) in enumerate(zip(given.itertuples(), houses, strict=True)):
        sheet.append(
            [
                *(at + 1, row.name if house == 1 else None, f"{house}号楼"),
                *(row.floor_area_m2 / 10_000, row.households, row.fee, 100 * row.rate),
                *np.round(middle[at], 7),
            ]
        )
        if house > 1:
            continue
        last = 4 + at + int((given["compound_id"] == row.compound_id).sum()) - 1
        if last > 4 + at:
            sheet.merge_cells(f"B{4 + at}:B{last}")
    area, homes = given["floor_area_m2"].sum() / 10_000, given["households"].sum()
    sheet.append(["合计", None, f"{len(given)}栋", float(area), int(homes)])
    sheet.append(["注:户数以街道登记为准。"])
    book.save(folder / "楼栋台账.xlsx")


def write_zip(town: Town, folder: Path) -> None:
    """A shapefile with Chinese headers, zipped as a whole."""
    given = town.buildings
    layer = given[["geometry"]].assign(
        楼栋编号=given["id"],
        小区名称=compound_names(town),
        建筑面积=given["floor_area_m2"],
        户数=given["households"],
    )
    with tempfile.TemporaryDirectory() as place, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that headers are cut after ten bytes
        layer.to_file(Path(place) / "小区楼栋.shp", encoding="UTF-8")
        shutil.make_archive(str(folder / "小区楼栋"), "zip", place)


def write_online(town: Town, folder: Path) -> None:
    """Buildings as an online map of China has them, the rest as satellites do."""
    town.write(folder)
    given = town.buildings
    shapes = given.geometry.to_numpy()
    moved = shapely.transform(shapes, lambda places: from_wgs84(places, "gcj02"))
    given.set_geometry(moved, crs=given.crs).to_file(folder / "buildings.geojson")


if __name__ == "__main__":
    main()
