"""Contiguous zones of buildings, balanced for cost, and tender lots of three zones."""

from zoning import starting as _starting  # noqa: F401 - before all others

# isort: split
from zoning import rules
from zoning.analysis.alternatives import alternatives
from zoning.analysis.compare import compare
from zoning.analysis.difference import difference
from zoning.analysis.edit import edit
from zoning.analysis.explain import explain
from zoning.analysis.frontier import frontier
from zoning.analysis.keep import keeping
from zoning.analysis.price_of_rules import price_of_rules
from zoning.analysis.tightest import tightest
from zoning.analysis.what_it_takes import what_it_takes
from zoning.check import Verdict, judge
from zoning.costs import CostModel, Resource, read_scenario
from zoning.errors import InputError, PlanError
from zoning.joint.joint import plan_and_bundle
from zoning.joint.result import Joint
from zoning.lots import Attractiveness, Fairest, Lot, LotRules, Lots, bundle, fairest
from zoning.lots.stations import Stations, place_stations
from zoning.output.stations import write_stations
from zoning.output.write import write
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.region import Region
from zoning.result import Result, Status, Step
from zoning.scenario import Scenario, read_scenario_file
from zoning.solve import solve
from zoning.tender.award import award
from zoning.tender.read_bids import read_bids
from zoning.tender.simulate import simulate_bids

__all__ = [
    "Attractiveness",
    "Band",
    "CostModel",
    "Fairest",
    "InputError",
    "Joint",
    "Lot",
    "LotRules",
    "Lots",
    "Plan",
    "PlanError",
    "Problem",
    "Region",
    "Resource",
    "Result",
    "Scenario",
    "Stations",
    "Status",
    "Step",
    "Verdict",
    "alternatives",
    "award",
    "bundle",
    "compare",
    "difference",
    "edit",
    "explain",
    "fairest",
    "frontier",
    "judge",
    "keeping",
    "place_stations",
    "plan_and_bundle",
    "price_of_rules",
    "read",
    "read_bids",
    "read_scenario",
    "read_scenario_file",
    "rules",
    "simulate_bids",
    "solve",
    "tightest",
    "what_it_takes",
    "write",
    "write_stations",
]
