"""What a certificate verifies is true, whatever prices and whatever hands made it."""

import ast
import json
import subprocess
import sys

import numpy as np
import pytest

import zoning
from benchmarks import rows, towns
from benchmarks.certificate import publish, published
from benchmarks.house import code_lines
from tests.chance import case
from tests.test_truth_elastic import bending
from tests.truth import Small
from zoning.check import judge
from zoning.datasets import old_town
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.planfile.content import to_dict
from zoning.problem import Problem
from zoning.proof import recheck
from zoning.proof.certify import CERTIFICATE, PROGRAM, certificate_of, certify
from zoning.result import Result, Status
from zoning.search.strategies.anneal_by_parts import AnnealByParts
from zoning.search.strategies.construct import Construct

PUBLISHED = rows.ROOT / "docs" / "certificates" / "old_town_60000.npz"
pytestmark = pytest.mark.usefixtures("compiled")


def table_of(plan):
    """What plan.json holds of a plan, as whoever reads the file gets it."""
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.change_cost, 0.1)
    return json.loads(json.dumps(to_dict(result)))


def any_prices(table, chance):
    """Prices of chance, some good and some absurd."""
    n, digest = len(table["units"]), recheck.Region(table).digest
    asked = table["parameters"]
    bands = ["cost"] * (asked["tolerance"] is not None) + [*asked["bands"]]
    duals = np.zeros(n)
    for zone in table["zones"]:  # what a zone costs to serve, shared among its units
        ways = zone["travel"] + zone["surcharge"]
        duals[zone["units"]] = 1024 * ways / len(zone["units"])
    duals *= chance.choice([0, 0.5, 1, 1.5, 40]) * chance.uniform(0.7, 1.3, n)
    duals += chance.choice([0, 10, 100_000]) * chance.uniform(-1, 1, n)
    steep = int(chance.choice([0, 0, 1_000, 100_000, 2_000_000]))
    return {
        "digest": digest,
        "band": bands[int(chance.integers(len(bands)))] if bands else None,
        "excess_price": int(chance.choice([0, 1, 50_000, 2**20, 2**24])),
        "duals": np.rint(duals).astype(int).tolist(),
        "multipliers": chance.integers(-steep, steep + 1, n).tolist(),
    }


def best_plan(problem):
    """A plan of the least excess and then cost, by trying all; or None."""
    told = Small(problem).truth
    return Plan(problem, told.labels) if told.cost is not None else None


def proves_no_more_than_there_is(problem, seed, hidden=()):
    """No prices prove a bound above the best plan, be it asked of it or another."""
    best = best_plan(problem)
    if best is None or not judge(best).ok:
        return 0
    most, chance, met = judge(best).plan_cost, np.random.default_rng(seed), 0
    others = [Plan(problem, hidden)] if len(hidden) else []
    for plan in [best, *(one for one in others if judge(one).ok)]:
        table, verdict = table_of(plan), judge(plan)
        sought = certificate_of(plan, table, 1.0).content
        for paper in (sought, *(any_prices(table, chance) for _ in range(4))):
            found = recheck.recheck(table, paper)
            assert found["bound"] <= most, seed
            assert found["cost"] == verdict.plan_cost, seed
            assert found["excess"] == verdict.excess, seed
            assert found["sure"] <= judge(best).excess, seed
            met += found["bound"] > found["base"]
    return met


def hard(drawn):
    """The problem in which no band bends; None where it is refused."""
    try:
        return drawn.problem()
    except InputError:
        return None


def checked(first, last):
    """How many bounds were of any use, of those that were held against the truth."""
    met = 0
    for seed in range(first, last):
        drawn = case(seed, None, 7)
        for problem in (hard(drawn), bending(seed, None, 7)):
            if problem is not None:
                met += proves_no_more_than_there_is(problem, seed, drawn.hidden)
    return met


def test_no_prices_prove_more_than_there_is():
    assert checked(50_018, 50_025) > 10


@pytest.mark.slow
@pytest.mark.parametrize("first", range(51_000, 52_000, 250))
def test_no_prices_prove_more_than_there_is_in_any_of_many_cases(first):
    assert checked(first, first + 250) > 200


# --- a district ----------------------------------------------------------------------


def district(buildings, count, folder, seconds, strategy):
    """A plan of a made-up town, written to a folder."""
    town = old_town(buildings)
    region = zoning.read(
        town.buildings, unit="none", area="floor_area_m2", barriers=town.barriers
    )
    problem = Problem(region, count, tolerance=0.2)
    result = zoning.solve(problem, strategy, time_limit=seconds)
    (folder / "plan.json").write_text(json.dumps(to_dict(result)), "utf-8")
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A plan of 120 buildings, with its certificate."""
    place = tmp_path_factory.mktemp("district")
    district(120, 12, place, 2.0, Construct())
    certify(place, time_limit=1.0)
    return place


def papers(folder):
    names = ("plan.json", CERTIFICATE)
    return [json.loads((folder / name).read_text("utf-8")) for name in names]


def test_the_program_needs_neither_the_library_nor_200_lines(folder):
    assert code_lines(folder / PROGRAM) < 200
    tree = ast.parse((folder / PROGRAM).read_text("utf-8"))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported - {*sys.stdlib_module_names} == {"numpy"}


def test_the_program_says_what_it_verified(folder):
    command = [sys.executable, "-I", folder / PROGRAM, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    plan, paper = papers(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"no plan of 12 zones costs less than {paper['bound']:,}" in done.stdout
    assert f"This plan costs {plan['cost']:,}" in done.stdout
    assert 0.9 * plan["cost"] < paper["bound"] <= plan["cost"]


def test_a_folder_without_certificate_verifies_nothing(tmp_path, capsys):
    assert recheck.main(str(tmp_path)) == 1
    assert "Nothing is verified. FileNotFoundError" in capsys.readouterr().out


TAMPERED = {  # where a number stands, and what it is raised by
    "dual": (1, "duals", 7, 900_000),
    "multiplier": (1, "multipliers", 7, -70_000),
    "value": (1, "values", 7, 2**30),
    "bound": (1, "bound", 1),
    "load": (0, "units", 7, "load", 50_000),
    "place": (0, "units", 7, "x", 900),
    "fixed": (0, "parameters", "fixed_per_zone", 9_999),
    "rate": (0, "travel", "yuan_per_m2_month_per_100m", 1),
    "share": (0, "parameters", "fair_share", 40_000),
    "edge": (0, "edges", 3, 0, 1),
    "zone": (0, "zones", 0, "units", 0, 1),
}


def tampered(papers, what):
    """Plan and certificate with one number raised."""
    *way, last, more = TAMPERED[what]
    table = papers
    for key in way:
        table = table[key]
    table[last] += more
    return papers


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_refused(what, folder):
    with pytest.raises(ValueError, match=r"."):
        recheck.recheck(*tampered(papers(folder), what))


@pytest.mark.parametrize("what", ["dual", "multiplier"])
def test_other_prices_prove_less_even_where_what_follows_is_left_out(what, folder):
    plan, paper = papers(folder)
    for key in ("bound", "values"):
        del paper[key]
    best = recheck.recheck(plan, paper)["bound"]
    tampered([plan, paper], what)
    assert recheck.recheck(plan, paper)["bound"] < best


def test_fractions_prices_below_0_and_missing_ones_prove_nothing(folder):
    plan, paper = papers(folder)
    del paper["values"], paper["bound"]
    honest = recheck.recheck(plan, paper)["bound"]
    fractions = [dual + 0.99 for dual in paper["duals"]]
    for other in ({"duals": fractions}, {"excess_price": -(2**40)}):
        assert recheck.recheck(plan, {**paper, **other})["bound"] <= honest
    for other in ({"duals": paper["duals"][1:]}, {"multipliers": [2**62] * 120}):
        with pytest.raises(ValueError, match=r"Prices|large"):
            recheck.recheck(plan, {**paper, **other})


def test_units_left_out_as_too_far_would_have_changed_nothing(folder, monkeypatch):
    plan, paper = papers(folder)
    found = recheck.recheck(plan, paper)
    monkeypatch.setattr(
        recheck, "within_reach", lambda region, *_: np.ones(len(region.free), bool)
    )
    assert recheck.recheck(plan, paper) == found


def test_the_command_tells_what_is_verified_and_check_what_no_longer_fits(
    run, folder, tmp_path
):
    plan, _ = papers(folder)
    (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")
    code, out, _ = run("certify", tmp_path, "--time", "0.5")
    assert code == 0, out
    assert "Verified: no plan of 12 zones costs less than" in " ".join(out.split())
    assert recheck.main(str(tmp_path)) == 0
    run("check", tmp_path)
    plan["parameters"]["tolerance"] = 0.3
    (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")
    code, out, _ = run("check", tmp_path)
    assert code == 1
    assert "certificate.json" in out


def test_a_plan_that_breaks_rules_is_not_certified(folder, tmp_path):
    plan, _ = papers(folder)
    one, other = plan["zones"][0]["units"], plan["zones"][-1]["units"]
    one[0], other[0] = other[0], one[0]
    (tmp_path / "plan.json").write_text(json.dumps(plan), "utf-8")
    with pytest.raises(InputError, match="Nothing can be proved of a plan that breaks"):
        certify(tmp_path, time_limit=0.5)


@pytest.mark.slow
def test_a_plan_of_10000_buildings_is_certified_and_rechecked(tmp_path):
    result = district(10_000, 1_674, tmp_path, 20.0, AnnealByParts())
    found = certify(tmp_path, time_limit=10.0)
    command = [sys.executable, "-I", tmp_path / PROGRAM, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"costs less than {found.bound:,}" in done.stdout
    assert found.cost == result.cost
    assert found.gap < 0.01


@pytest.mark.slow
def test_the_published_certificate_of_60000_buildings_holds_for_the_town_made_anew():
    problem = towns.case("old_town_60000").problem
    found = recheck.recheck(*published(PUBLISHED, problem))
    assert found["cost"] - found["bound"] < 0.003 * found["cost"]


def test_a_certificate_is_published_without_what_follows_from_the_region(tmp_path):
    result = district(60, 8, tmp_path, 1.0, Construct())
    found = certify(tmp_path, time_limit=0.5)
    publish(tmp_path / "small.npz", result.plan, found.content)
    again = recheck.recheck(*published(tmp_path / "small.npz", result.plan.problem))
    assert (again["cost"], again["bound"]) == (found.cost, found.bound)
