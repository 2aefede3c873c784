"""Profiles: all figures of a place, and what money is called there."""

import json
from dataclasses import replace

import numpy as np
import pytest

from zoning.costs import FIGURES, CostModel, Resource
from zoning.errors import InputError
from zoning.scenario import (
    from_tables,
    read_profile,
    read_scenario_file,
    shipped_profiles,
)

AREA = {"area": np.array([30_000, 50_000])}
PAID = "[resources.caretaker]\ncapacity = 10_000\nother = 2_000\n"
COLUMNS = ("--unit", "compound_id", "--households", "households")


def written(folder, more="", lacks=()):
    figures = "".join(f"{name} = 0\n" for name in FIGURES if name not in lacks)
    path = folder / "own.toml"
    path.write_text(f'currency = "EUR"\n[costs]\n{figures}{more}', "utf-8")
    return path


def test_harbin_is_the_default():
    assert read_profile("harbin") == CostModel()
    assert CostModel().currency == "yuan"


def test_the_generic_profile_pays_nobody_and_costs_by_floor_area():
    generic = read_profile("generic")
    assert generic.resources == ()
    assert generic.guard_wage == generic.fee == generic.tax == 0
    # 1 a m² and month
    assert generic.load(AREA).tolist() == [360_000, 600_000]


def test_a_profile_of_your_own_takes_nothing_from_elsewhere(tmp_path):
    caretaker = "[resources.caretaker]\ncapacity = 10_000\nwage = 2_000\n"
    found = read_profile(written(tmp_path, caretaker))
    given = {"source": "given by the planner", "grade": "given"}
    assert found.resources == (Resource("caretaker", 10_000, wage=2_000, **given),)
    assert found.currency == "EUR"
    assert all(getattr(found, name) == 0 for name in FIGURES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[costs]\nfee = 1", "currency is not given"),
        ('currency = "EUR"\n[costs]\nfee = 1', r"\[costs\] lacks consumables"),
        ("[[pin]]\ncolumn = 'p'", "'pin' is not known"),
        ('currency = "EUR"\ncosts = 3', r"\[costs\] lacks consumables"),
    ],
)
def test_a_profile_that_is_not_whole_is_refused(tmp_path, text, told):
    path = tmp_path / "p.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=told):
        read_profile(path)


def test_a_name_that_is_no_profile_is_told_with_those_there_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"no profile of this name.*generic.*harbin"):
        read_profile("paris")


@pytest.mark.parametrize("word", ["", "  ", 3, "x" * 21, "a\nb", ["EUR"], None])
def test_a_currency_is_a_short_word(word):
    with pytest.raises(InputError, match="currency must be what money is called"):
        from_tables({"currency": word})


def test_a_scenario_goes_before_the_profile(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('currency = "EUR"\n[costs]\ntravel = 0.5\n', "utf-8")
    generic = read_profile("generic")
    found = read_scenario_file(path, profile=generic).costs
    assert found == replace(generic, currency="EUR", travel=0.5)
    # without a profile the figures are Harbin's, whatever money is called
    own = read_scenario_file(path).costs
    assert own == replace(CostModel(), currency="EUR", travel=0.5)


def test_units_of_figures_are_in_the_currency():
    rows = CostModel(currency="EUR").assumptions()
    assert not any("yuan" in str(row["unit"]) for row in rows)
    assert sum("EUR" in str(row["unit"]) for row in rows) > 10


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_is_whole(name):
    assert read_profile(name).currency


def planned(run, town, out, *more):
    return run(
        *("plan", town / "buildings.geojson", *COLUMNS, "--zones", 6, "--time", 1),
        *("--tolerance", 0.5, "--out", out, *more),
    )


@pytest.mark.usefixtures("undrawn")
def test_a_plan_is_told_in_the_currency_of_the_profile(run, town, tmp_path):
    out = tmp_path / "out"
    code, told, log = planned(run, town, out, "--profile", written(tmp_path, PAID))
    assert code == 0
    assert "yuan" not in told + log
    assert "EUR a year" in told
    content = json.loads((out / "plan.json").read_text("utf-8"))
    assert content["parameters"]["currency"] == "EUR"
    code, told, log = run("check", out)
    assert code == 0
    assert "yuan" not in told + log
    assert "EUR a year" in told
    code, told, log = run("money", out)
    assert code == 0
    assert "yuan" not in told + log
    assert "EUR/m²·month" in told


@pytest.mark.usefixtures("undrawn")
def test_whose_figures_a_plan_is_priced_with_is_told(run, town, tmp_path):
    _, told, _ = planned(run, town, tmp_path / "a")
    assert "are those of the profile harbin, money is in yuan." in " ".join(
        told.split()
    )
    _, told, _ = planned(run, town, tmp_path / "b", "--profile", "generic")
    words = " ".join(told.split())
    assert "are those of the profile generic" in words
    assert "There is no staff: a zone costs its floor area and its ways." in words


@pytest.mark.usefixtures("undrawn")
def test_an_edited_currency_is_told(run, town, tmp_path):
    planned(run, town, tmp_path / "out", "--profile", "generic")
    path = tmp_path / "out" / "plan.json"
    content = json.loads(path.read_text("utf-8"))
    content["parameters"]["currency"] = "EUR"
    path.write_text(json.dumps(content), "utf-8")
    code, told, _ = run("check", tmp_path / "out")
    assert code == 1
    assert "assumptions" in told
