"""The scenario file: what it gives, and every fault in it told by table and key."""

import pickle
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import zoning.scenario
from zoning.costs import CostModel, read_scenario
from zoning.errors import InputError
from zoning.lots.check_stations import may_hold
from zoning.lots.rules import Attractiveness, LotRules
from zoning.problem import Band, Problem
from zoning.region import Region
from zoning.rules import (
    Border,
    CannotLink,
    Centers,
    Contain,
    Freeze,
    Lock,
    MustLink,
    Pin,
    Previous,
    Radius,
    SoftBarrier,
    Spread,
    Target,
)
from zoning.rules.centers import centers_by
from zoning.scenario import (
    Scenario,
    from_tables,
    read_scenario_file,
    shipped_scenarios,
)
from zoning.scenario.forms import FORMS
from zoning.text.tables import AT_THE_TOP


def scenario(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode(encoding))
    return read_scenario_file(path)


def fault(tmp_path, text):
    with pytest.raises(InputError) as caught:
        scenario(tmp_path, text)
    return str(caught.value)


@pytest.fixture
def town(line):
    """Units a to f on a line, a building each, with columns of every kind."""
    columns = {
        "yard": ("x", "x", None, "y", "y", "z"),
        "room": (1, 0, None, "yes", "no", "有"),
        "pin": (3, None, None, None, 1, 3),
        "fee": (0.5, 0.5, 0.6, 0.8, 0.8, 0.8),
        "empty": (None,) * 6,
    }
    return replace(line(1, 1, 1, 1, 1, 1, area=[1] * 6), columns=columns)


# --- what a file gives


SHIPPED = Path(zoning.scenario.__file__).with_name("shipped")


def test_an_empty_file_is_the_default_and_limits_nothing(tmp_path):
    found = scenario(tmp_path, "")
    assert found == Scenario()
    assert found.costs == CostModel()
    assert found.bands == {}
    assert found.columns == {}
    assert found.sums == found.rules == ()


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("[bands.area]\nlow = 20_000\nhigh = 9e4", {"area": Band(20_000, 90_000)}),
        ("[bands.households]\nhigh = 2000", {"households": Band(0, 2_000)}),
    ],
)
def test_only_the_bands_of_the_file_hold(tmp_path, text, bands):
    found = scenario(tmp_path, text)
    assert found.bands == bands
    assert found.notes == ()


@pytest.mark.parametrize(
    ("text", "bands", "told"),
    [
        ("legal_area = false", {}, "legal_area = false is no longer needed"),
        (
            "legal_area = true",
            {"area": Band(30_000, 100_000)},
            "low = 30000 and high = 100000, which is the scenario inner-mongolia-2000",
        ),
        (
            "legal_area = true\n[bands.area]\nhigh = 9",
            {"area": Band(0, 9)},
            "legal_area = true will go",
        ),
    ],
)
def test_the_key_of_former_releases_is_taken_and_told(tmp_path, text, bands, told):
    found = scenario(tmp_path, text)
    assert found.bands == bands
    (note,) = found.notes
    assert told in note


def test_a_shipped_scenario_is_read_by_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "inner-mongolia-2000" in shipped_scenarios()
    found = read_scenario_file("inner-mongolia-2000")
    assert found == Scenario(bands={"area": Band(30_000, 100_000)})
    (tmp_path / "inner-mongolia-2000").mkdir()  # a folder is no file
    assert read_scenario_file("inner-mongolia-2000") == found


def test_a_file_goes_before_a_shipped_scenario_of_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner-mongolia-2000").write_text("[bands.area]\nhigh = 7\n", "utf-8")
    assert read_scenario_file("inner-mongolia-2000").bands == {"area": Band(0, 7)}


def test_a_name_that_is_neither_is_told_with_those_there_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"no scenario of this name.*inner-mongolia-"):
        read_scenario_file("mongolia")


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_is_read_and_tells_its_source(name):
    assert read_scenario_file(name).notes == ()
    assert "# Source: " in (SHIPPED / f"{name}.toml").read_text("utf-8")


EVERY_RULE = """
[costs]
travel = 0.03
[resources.cleaner]
capacity = 12_000

[[must_link]]
buildings = ["a", "b"]
[[must_link]]
buildings = ["d", "e"]
[[cannot_link]]
buildings = ["a", "f"]
[[pin]]
zone = 3
buildings = ["a"]
[[lock]]
zone = "old"
buildings = ["c"]
[[freeze]]
zone = "park"
buildings = ["f"]
[[contain]]
column = "subdistrict"
[[border]]
column = "community"
price = 600
[[soft_barrier]]
barrier = "Hequ street"
price = 200
[[soft_barrier]]
barrier = "canal"
[radius]
hard = 900
soft = 500.5
price = 100
[centers]
buildings = ["a", "b", 7]
[[target]]
zone = "3"
factor = 1.5
[[spread]]
column = "fee"
most = 0.2
[previous]
column = "previous"
budget = 0.1
price = 1.5
"""


def test_every_rule_can_be_written_down(tmp_path, town):
    found = scenario(tmp_path, EVERY_RULE)
    assert found.rules == (
        MustLink(("a", "b")),
        MustLink(("d", "e")),
        CannotLink(("a", "f")),
        Pin("3", ("a",)),
        Lock("old", ("c",)),
        Freeze("park", ("f",)),
        Contain("subdistrict"),
        Border("community", 600),
        SoftBarrier("Hequ street", 200),
        SoftBarrier("canal", 0),
        Radius(900, 500.5, 100),
        Centers(("a", "b", "7")),
        Target("3", 1.5),
        Spread("fee", 0.2),
        Previous("previous", 0.1, 1.5),
    )
    assert found.rules_for(town) == found.rules
    assert tuple(found.columns) == ("subdistrict", "community", "fee", "previous")
    assert found.costs.travel == 0.03
    assert found.costs.resources[0].capacity == 12_000


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("[[must_link]]\ncolumn='yard'", [MustLink(("a", "b")), MustLink(("d", "e"))]),
        (
            "[[cannot_link]]\ncolumn='yard'",
            [CannotLink(("a", "b")), CannotLink(("d", "e"))],
        ),
        ("[[pin]]\ncolumn='pin'", [Pin("1", ("e",)), Pin("3", ("a", "f"))]),
        ("[[lock]]\ncolumn='pin'", [Lock("1", ("e",)), Lock("3", ("a", "f"))]),
        ("[[freeze]]\ncolumn='pin'", [Freeze("1", ("e",)), Freeze("3", ("a", "f"))]),
        # a has 1, d says yes, f says it in Chinese; 0, no and nothing are a no
        ("[centers]\ncolumn='room'", [Centers(("a", "d", "f"))]),
    ],
    ids=["must_link", "cannot_link", "pin", "lock", "freeze", "centers"],
)
def test_a_column_becomes_rules_once_buildings_are_read(
    tmp_path, town, table, expected
):
    found = scenario(tmp_path, table)
    assert tuple(found.columns) == (table.split("'")[1],)
    assert list(found.rules_for(town)) == expected
    assert list(map(type, found.rules_for(town))) == list(map(type, expected))


def test_a_radius_has_only_the_limits_that_were_written(tmp_path):
    assert scenario(tmp_path, "[radius]\nhard = 800").rules == (Radius(800),)
    soft = scenario(tmp_path, "[radius]\nsoft = 500\nprice = 90")
    assert soft.rules == (Radius(None, 500, 90),)


def test_one_bracket_does_for_a_single_table(tmp_path):
    one = scenario(tmp_path, "[contain]\ncolumn = 'yard'")
    assert one == scenario(tmp_path, "[[contain]]\ncolumn = 'yard'")


def test_columns_are_those_that_rules_lots_and_the_planner_name(tmp_path):
    found = scenario(
        tmp_path,
        """
        columns = ["rate", "fee"]
        [[spread]]
        column = "fee"
        most = 1
        [lots]
        contain = "subdistrict"
        start = 2026-07-01
        [lots.bands.companies]
        high = 2
        """,
    )
    assert tuple(found.columns) == (
        "fee",
        "subdistrict",
        "contract_end",
        "incumbent",
        "rate",
    )


def test_sums_are_those_that_bands_and_resources_need(tmp_path):
    found = scenario(
        tmp_path,
        """
        [bands.lifts]
        high = 9
        [bands.load]
        high = 9
        [resources.gardener]
        capacity = 5000
        per = "green"
        """,
    )
    assert found.sums == ("green", "lifts")


def test_lots_have_rules_of_their_own(tmp_path):
    found = scenario(
        tmp_path,
        """
        [lots]
        contain = "subdistrict"
        loss_share = 0.5
        must_link = [["1", 2]]
        cannot_link = [["3", "4"], ["4", "5"]]
        start = 2026-07-01
        bidders = 8
        [lots.bands.area]
        low = 90_000
        high = 200_000
        [lots.index]
        way = 0.2
        """,
    )
    assert found.lots == LotRules(
        bands={"area": Band(90_000, 200_000)},
        loss_share=0.5,
        must_link=(("1", "2"),),
        cannot_link=(("3", "4"), ("4", "5")),
        contain="subdistrict",
        start=date(2026, 7, 1),
        bidders=8,
        index=Attractiveness(way=0.2),
    )


def test_former_names_of_rules_for_lots_are_taken_and_told(tmp_path):
    found = scenario(tmp_path, "[lots]\ntogether = [['1', '2']]\nwithin = 'ward'")
    assert found.lots == LotRules(must_link=(("1", "2"),), contain="ward")
    assert found.notes == (
        "[lots]: together is now called must_link; write must_link.",
        "[lots]: within is now called contain; write contain.",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lots = 3", "lots must be a table"),
        ("[lots]\nsize = 3", "[lots] has no key 'size'"),
        ("[lots]\nloss_share = 2", "loss_share must be 0 to 1"),
        ("[lots]\nstart = 'soon'", "start must be a day such as 2026-07-01"),
        ("[lots]\napart = ['1', '2']", "a list of lists"),
        ("[lots]\napart = []\ncannot_link = []", "apart and cannot_link, which is"),
        ("[lots.bands.area]\nlow = 9", "[lots.bands.area] needs high"),
        ("[lots.index]\nage = -1", "must be numbers >= 0"),
    ],
)
def test_faults_of_lots_are_told_by_table_and_key(tmp_path, text, told):
    assert told in fault(tmp_path, text)


def test_files_of_windows_editors_are_read(tmp_path):
    assert scenario(tmp_path, "# 社区\nlegal_area = false", "utf-8-sig").bands == {}


def test_a_scenario_can_be_sent_to_another_process(tmp_path):
    found = scenario(tmp_path, EVERY_RULE + "[[pin]]\ncolumn = 'pin'")
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_scenario_makes_a_problem(tmp_path, town):
    found = scenario(
        tmp_path,
        "legal_area = false\n[[must_link]]\ncolumn = 'yard'\n[bands.area]\nhigh=4",
    )
    problem = Problem(town, 2, bands=found.bands, rules=found.rules_for(town))
    assert found.bend == {}
    # a b | c | d e | f
    assert [group.tolist() for group in problem.terms.together] == [[0, 1], [3, 4]]
    assert problem.bands == {"area": Band(0, 4)}


def test_a_scenario_prices_the_bending_of_bands(tmp_path):
    text = "[bands.lifts]\nhigh=4\n[bend]\ncost=3\nlifts='never'"
    assert scenario(tmp_path, text).bend == {"cost": 3, "lifts": None}


PAGE = Path(__file__).parents[1] / "docs" / "scenario.md"
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_of_the_page_is_read(tmp_path, block):
    scenario(tmp_path, block)


def test_the_page_has_an_example_of_every_table():
    shown = set().union(*map(tomllib.loads, BLOCKS))
    there = {*FORMS, *AT_THE_TOP, "costs", "resources", "bands", "bend", "lots"}
    assert there - {"legal_area"} == shown  # which will go


# --- what is wrong with a file


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[must_links]\n", "'must_links' is not known. Did you mean 'must_link'?"),
        (
            "[[pin]]\nzone='1'\nbuilding=['a']",
            "[[pin]] has no key 'building'. Did you mean 'buildings'? Its keys are "
            "zone, buildings, column.",
        ),
        ("[[pin]]\nbuildings=['a']", "[[pin]] needs zone and buildings, or column"),
        ("[[contain]]\n", "[[contain]] needs column."),
        ("[[border]]\ncolumn='x'", "[[border]] needs column and price."),
        (
            "[[pin]]\nzone='1'\ncolumn='x'",
            "[[pin]] has column and zone; leave one out.",
        ),
        (
            "[[target]]\nzone=1\nfactor='large'",
            "[[target]]: factor must be a number; it is 'large'.",
        ),
        ("[[border]]\ncolumn='x'\nprice=1.5", "price must be a whole number"),
        ("[[border]]\ncolumn='x'\nprice=true", "price must be a whole number"),
        ("[[border]]\ncolumn='x'\nprice=0", "[[border]]: Border needs a price above 0"),
        ("[[contain]]\ncolumn=3", "column must be a word in quotes; it is 3"),
        ("[[contain]]\ncolumn=' '", "column must be a word in quotes"),
        ("[[must_link]]\nbuildings='a'", 'buildings must be a list such as ["a", "b"]'),
        ("[[must_link]]\nbuildings=['a', 1.5]", "buildings must be a list"),
        ("[[must_link]]\nbuildings=['a']", "[[must_link]]: MustLink needs at least 2"),
        ("[radius]\n", "[radius]: Give hard or soft"),
        ("[radius]\nhard=9\nprice=5", "[radius]: Give soft and price together"),
        ("[radius]\nsoft=inf\nprice=5", "soft must be a number; it is inf"),
        ("[radius]\nhard=-1", "[radius]: Radius must be above 0 metres"),
        ("radius = 900", "[radius] must be a table; it is 900."),
        (
            "[[previous]]\ncolumn='a'\n[[previous]]\ncolumn='b'",
            "[previous] can stand there only once; it does 2 times",
        ),
        ("[previous]\ncolumn='p'\nbudget=10", "[previous]: The budget of change must"),
        ("[bands]\narea=3", "[bands.area] must be a table; it is 3."),
        ("[bands.area]\nlow=3", "[bands.area] needs high."),
        ("[bands.area]\nlow=3\nhigh=2", "[bands.area]: Band 3..2 is empty"),
        ("[bands.area]\nlow=3\nhigh=2.5", "high must be a whole number; it is 2.5"),
        ("[bands.cost]\nlow=3\nhigh=5", "cost is balanced by the tolerance"),
        (
            "[bend]\ncots=3",
            "[bend] names 'cots', which is no band. Did you mean 'cost'",
        ),
        ("[bend]\ncost=0", 'cost must be 1 to 1,000,000 yuan, whole, or "never"; it'),
        ("[bend]\ncost=true", 'whole, or "never"; it is True'),
        ("[bend]\ncost='no'", "it is 'no'"),
        ("legal_area = 'no'", "legal_area must be true or false; it is 'no'"),
        (
            "[[contain]]\ncolumn='x'\nlegal_area=false",
            "[[contain]] has no key 'legal_area'. Write legal_area at the top",
        ),
        ("columns = 'fee'", "columns must be a list"),
        ("[costs]\ntravl = 1", "figure 'travl' is not known"),
        ("[resources.gardener]\nwage = 5", "'gardener' is new and needs a capacity"),
        ("[costs", "is not valid TOML"),
    ],
)
def test_a_fault_is_told_by_table_and_key(tmp_path, text, told):
    assert told in fault(tmp_path, text)


def test_all_faults_are_told_at_once(tmp_path):
    told = fault(
        tmp_path,
        """
        colums = ["fee"]
        [costs]
        travl = 1
        [bands.area]
        low = 5
        [[pin]]
        zone = "1"
        buildings = ["a"]
        [[pin]]
        zones = "1"
        [[target]]
        zone = "1"
        factor = 0
        """,
    )
    # colums; travl; low without high; zones unknown and zone missing; factor
    assert told.startswith(f"The scenario {tmp_path / 'mine.toml'} has 6 faults.\n1. ")
    assert "[[pin]] no. 2 has no key 'zones'. Did you mean 'zone'?" in told
    assert "[[pin]] no. 2 needs zone and buildings, or column alone." in told
    assert "[[pin]] no. 1" not in told


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match="Cannot read the scenario file"):
        read_scenario_file(tmp_path / "gone.toml")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_files_are_read_in_every_usual_encoding(tmp_path, encoding):
    path = tmp_path / "mine.toml"
    path.write_bytes('[[contain]]\ncolumn = "社区"\n'.encode(encoding))
    assert tuple(read_scenario_file(path).columns) == ("社区",)
    path.write_bytes("[costs]\nfee = 0.7 # 元\n".encode(encoding))
    assert read_scenario(path).fee == 0.7


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\x00\xfe")
    with pytest.raises(InputError, match="no text in UTF-8"):
        read_scenario_file(tmp_path / "mine.toml")


@pytest.mark.parametrize("yes", ["y", "Y", "是", "有", "√", "TRUE", 1, 2.0, True])
@pytest.mark.parametrize("no", ["n", "否", "无", 0, None, False])
def test_yes_and_no_are_the_same_words_everywhere(yes, no):
    said = (yes, no, yes)
    region = Region(("a", "b", "c"), np.zeros((3, 2)), [1] * 3, columns={"room": said})
    assert centers_by(region, "room")[0].buildings == ("a", "c")
    assert may_hold(region, "room") == (("a",), (), ("c",))


def test_what_is_neither_yes_nor_no_is_refused_everywhere():
    said = ("y", "perhaps", 0)
    region = Region(("a", "b", "c"), np.zeros((3, 2)), [1] * 3, columns={"room": said})
    for ask in (centers_by, may_hold):
        with pytest.raises(InputError, match="must say yes or no; b has 'perhaps'"):
            ask(region, "room")


def test_columns_the_region_lacks_are_told_at_once(town):
    found = from_tables({"must_link": {"column": "gate"}, "pin": {"column": "zone"}})
    with pytest.raises(InputError, match="no column 'gate'") as caught:
        found.rules_for(town)
    assert "no column 'zone'" in str(caught.value)


def test_centers_need_a_building_that_says_yes(town):
    for column, told in (("empty", "No building has a yes"), ("yard", "yes or no; a")):
        found = from_tables({"centers": {"column": column}})
        with pytest.raises(InputError, match=told) as caught:
            found.rules_for(town)
        assert repr(column) in str(caught.value)
