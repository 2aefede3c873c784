"""Instances of our own: claims on real or published ones are made of these as well."""

import json

import pytest

from benchmarks.instances import read_instance
from tests import own
from tests.truth import truth
from zoning.analysis.diagnose import diagnose
from zoning.check import judge
from zoning.joint.joint import plan_and_bundle
from zoning.lots import bundle
from zoning.lots.stations import place_stations
from zoning.plan import Plan
from zoning.result import Status
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


@pytest.mark.parametrize("name", own.NAMES)
def test_the_optima_are_those_of_all_plans(name):
    assert truth(own.own(name)).cost == own.OPTIMA[name]


@pytest.mark.parametrize("name", own.NAMES)
def test_they_are_solved_to_the_end(name):
    problem, least = own.own(name), own.OPTIMA[name]
    result = solve(problem, time_limit=20)
    assert result.cost == least
    assert result.status is (Status.INFEASIBLE if least is None else Status.OPTIMAL)
    assert least is None or judge(result.plan).ok


def test_a_county_without_a_plan_is_given_limits_that_have_one():
    found = diagnose(own.own("county without a plan"), time_limit=5)
    assert found.relaxations
    for wider in found.relaxations:
        assert wider.verified


def test_our_reading_of_an_objective_is_that_of_the_checker(tmp_path):
    instance = read_instance(own.write_file("clinics", tmp_path))
    labels = list(truth(instance.problem).labels)
    nodes = json.loads((tmp_path / "clinics.json").read_text())["nodes"]
    by_hand = 0
    for zone in set(labels):
        spots = [
            (n["x"], n["y"]) for n, k in zip(nodes, labels, strict=True) if k == zone
        ]
        by_hand += min(
            sum(int(((x - u) ** 2 + (y - v) ** 2) ** 0.5) for u, v in spots)
            for x, y in spots
        )
    assert instance.cost(labels)[0] == by_hand
    assert instance.faults(labels) == []
    assert instance.value(judge(Plan(instance.problem, labels)).total) == by_hand


def test_zones_and_lots_of_the_town_are_never_worse_together():
    found = plan_and_bundle(own.own("town"), time_limit=3)
    assert found.saving >= 0
    assert found.bound <= found.cost


def test_the_town_needs_a_station():
    plan = solve(own.own("town"), time_limit=20).plan
    lots = bundle(plan, size=3)
    stations = place_stations(plan, lots)
    assert stations.count >= 1
    assert stations.proved
