"""Cost figures: sane values, sources, scenario files, and every fault named."""

from dataclasses import fields, replace

import numpy as np
import pytest

from zoning.costs import (
    DEFAULT_RESOURCES,
    FIGURES,
    CostModel,
    Resource,
    from_tables,
    read_scenario,
)
from zoning.errors import InputError

# A compound of 10,500 m² and 150 households.
SUMS = {"area": np.array([10_500]), "households": np.array([150])}


def test_every_figure_is_a_field_with_unit_source_and_grade():
    names = {item.name for item in fields(CostModel)} - {"resources", "currency"}
    assert set(FIGURES) == names
    for unit, source, grade in FIGURES.values():
        assert unit
        assert source
        assert grade in {"A", "B", "C", "D", "X"}


def test_every_resource_says_where_its_figures_come_from():
    for resource in DEFAULT_RESOURCES:
        assert resource.source
        assert resource.grade in {"A", "B", "C", "D", "X"}


def test_pieces_of_resources_cost_what_their_people_and_machines_do():
    costs = CostModel()
    prices = {item.name: costs.price(item) for item in costs.resources}
    # cleaner 12 × 2,300 × 1.2; repairer 12 × 3,300 × 1.2; steward 12 × 2,800 × 1.2;
    # machine 12 × (95,000 / 60 + 800); station 12 × (4,500 × 1.2 + 3,000).
    assert prices == {
        "cleaner": 33_120,
        "repairer": 47_520,
        "steward": 40_320,
        "machine": 28_600,
        "station": 100_800,
    }


def test_load_is_consumables_and_shares_of_resources():
    # Consumables 0.08 × 12 × 10,500 = 10,080.
    # Shares: 10,500 / 15,000 × 33,120 = 23,184; / 40,000 × 47,520 = 12,474;
    # 150 / 750 × 40,320 = 8,064; / 155,000 × 28,600 = 1,937.4;
    # / 360,000 × 100,800 = 2,940. Together 48,599.4.
    costs = CostModel()
    assert costs.direct(SUMS).tolist() == [10_080]
    assert costs.load(SUMS).tolist() == [10_080 + 48_599]


def test_resources_of_unknown_sums_are_left_out():
    # Without households: 58,679.4 - 8,064.
    assert CostModel().load({"area": np.array([10_500])}).tolist() == [50_615]


def test_a_square_metre_costs_half_a_yuan_a_month():
    # The figure for a compound of usual flats (70 m² a household) is the same per m².
    costs = CostModel()
    assert costs.load_per_m2() == pytest.approx(58_679.4 / 10_500)
    assert 0.4 < costs.load_per_m2() / 12 < 0.6


def test_travel_of_a_metre_is_by_area():
    # 1,000 m² × 0.02 yuan/m²·month × 12 / 100 m = 2.4 yuan a metre and year.
    assert CostModel().travel_per_metre(np.array([1_000])).tolist() == [2.4]


def test_a_zone_pays_guards_and_entry():
    # 3 guards × 2,400 × 1.2 × 12 + 50,000.
    costs = CostModel(guards_per_zone=3, entry_per_zone=50_000)
    assert costs.fixed_per_zone == 103_680 + 50_000
    assert CostModel().fixed_per_zone == 0


def test_assumptions_tell_what_is_given_and_what_is_not():
    rows = {row["figure"]: row for row in CostModel(fee=0.7).assumptions()}
    assert rows["fee"]["value"] == 0.7
    assert rows["fee"]["grade"] == "given"
    assert rows["travel"]["grade"] == FIGURES["travel"][2]
    assert {f"{item.name}: one per" for item in DEFAULT_RESOURCES} <= set(rows)
    assert len(rows) == len(FIGURES) + len(DEFAULT_RESOURCES)


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
def test_figures_are_numbers_from_zero(value):
    with pytest.raises(InputError, match=r"travel (must be|= ).*fee (must be|= )"):
        CostModel(fee=value, travel=value)


@pytest.mark.parametrize("name", ["travel", "entry_per_zone"])
def test_figures_beyond_measure_are_named(name):
    with pytest.raises(InputError, match=rf"out of range: {name} = 1e\+300 \(at most"):
        CostModel(**{name: 1e300})


def test_resources_together_do_not_overflow():
    dear = Resource("broom", 0.001, wage=1e9)
    with pytest.raises(InputError, match=r"cost 1.44e\+22 yuan a year"):
        CostModel(resources=(dear,)).load({"area": np.array([10**9])})


@pytest.mark.parametrize("name", ["collection", "parking_collection"])
def test_nobody_pays_more_than_all(name):
    with pytest.raises(InputError, match=rf"write 0.6 for 60 %\); got {name} = 60"):
        CostModel(**{name: 60})
    assert getattr(CostModel(**{name: 1.0}), name) == 1


def test_wages_change_people_and_leave_machines():
    # cleaner 12 × 2,300 × 1.2 × 1.5 = 49,680; a machine has no people;
    # station 12 × (4,500 × 1.2 × 1.5 + 3,000) = 133,200
    # guards 2 × 2,400 × 1.5 × 1.2 × 12 = 103,680
    costs = CostModel(guards_per_zone=2).with_wages(1.5)
    prices = {item.name: costs.price(item) for item in costs.resources}
    assert prices["cleaner"] == 49_680
    assert prices["machine"] == 28_600
    assert prices["station"] == 133_200
    assert costs.fixed_per_zone == 103_680


def test_resources_have_names_of_their_own():
    with pytest.raises(InputError, match="name of its own; got x, x"):
        CostModel(resources=(Resource("x", 1), Resource("x", 2)))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"capacity": 0}, "'broom' has capacity 0; it must be above 0"),
        ({"capacity": -1}, "'broom' has capacity -1"),
        (
            {"capacity": float("nan")},
            "'broom': capacity must be a finite number; got nan",
        ),
        ({"capacity": 1e-300}, "'broom' has capacity 1e-300"),
        ({"wage": 1e300}, "'broom': wage is 1e\\+300; it must be at most"),
        ({"wage": -1}, "'broom' has a negative wage"),
        ({"other": -1}, "'broom' has a negative"),
        ({"minimum": -1}, "'broom' has a negative .*minimum"),
        ({"shared": "city"}, "'broom': shared must be 'zone' or 'lot'"),
    ],
)
def test_a_resource_must_make_sense(wrong, told):
    with pytest.raises(InputError, match=told):
        Resource("broom", **{"capacity": 1, **wrong})


def scenario(tmp_path, text):
    path = tmp_path / "scenario.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_scenario_changes_what_it_names_and_nothing_else(tmp_path):
    costs = read_scenario(
        scenario(
            tmp_path,
            """
            [costs]
            fee = 0.6
            guards_per_zone = 2

            [resources.cleaner]
            capacity = 12_000

            [resources.gardener]
            capacity = 100_000
            wage = 2_500
            shared = "zone"
            """,
        )
    )
    usual = CostModel()
    assert costs.fee == 0.6
    assert costs.guards_per_zone == 2
    assert replace(costs, fee=usual.fee, guards_per_zone=0.0, resources=()) == replace(
        usual, resources=()
    )
    resources = {item.name: item for item in costs.resources}
    cleaner = resources["cleaner"]
    assert (cleaner.capacity, cleaner.wage, cleaner.grade) == (12_000, 2_300, "given")
    assert resources["gardener"].shared == "zone"
    assert list(resources) == [*(x.name for x in DEFAULT_RESOURCES), "gardener"]
    assert resources["steward"] == DEFAULT_RESOURCES[2]


def test_an_empty_scenario_is_the_default(tmp_path):
    assert read_scenario(scenario(tmp_path, "")) == CostModel()


def test_every_fault_of_a_scenario_is_told_at_once():
    tables = {
        "cost": {},
        "costs": {"fees": 1, "fee": "much", "detour": True},
        "resources": {"cleaner": {"pay": 3, "wage": "low"}},
    }
    with pytest.raises(InputError) as caught:
        from_tables(tables, where="mine.toml")
    for told in (
        "mine.toml",
        "table [cost] is not known",
        "figure 'fees' is not known",
        "figure 'fee' is 'much', not a number",
        "figure 'detour' is True, not a number",
        "resource 'cleaner' has no setting 'pay'",
        "resource 'cleaner': wage is 'low', not a number",
        "figures are consumables, ",
    ):
        assert told in str(caught.value)


@pytest.mark.parametrize(
    "tables",
    [
        {"costs": 3},
        {"costs": [1]},
        {"resources": 3},
        {"resources": {"cleaner": 3}},
        {"resources": {"cleaner": {"per": 3}}},
        {"resources": {"cleaner": {"shared": "city"}}},
        {"resources": {"cleaner": {"capacity": 0}}},
        {"costs": {"fee": -1}},
        {"resources": {"new": {"wage": 3}}},
    ],
)
def test_whatever_is_wrong_with_a_scenario_is_an_input_error(tables):
    with pytest.raises(InputError):
        from_tables(tables)


def test_a_new_resource_needs_a_capacity():
    with pytest.raises(InputError, match="'gardener' is new and needs a capacity"):
        from_tables({"resources": {"gardener": {"wage": 2_500}}})


def test_a_scenario_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"Cannot read .*nowhere\.toml"):
        read_scenario(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("content", "told"), [(b"fee = = 3", "not valid TOML"), (b"\xff\xfe", "no text")]
)
def test_a_scenario_that_is_not_toml_is_named(tmp_path, content, told):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"bad\.toml is {told}"):
        read_scenario(path)
