"""Contiguous zones of buildings, balanced for cost, and tender lots of three zones."""

from zoning.check import Verdict, judge
from zoning.costs import CostModel, Resource, read_scenario
from zoning.errors import InputError, PlanError
from zoning.lots import Attractiveness, Fairest, Lot, LotRules, Lots, bundle, fairest
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.result import Result, Status, Step
from zoning.solve import solve
from zoning.stations import Stations, place_stations
from zoning.sweep import curve, tightest
from zoning.units import Region
from zoning.write import write
from zoning.write_stations import write_stations

__all__ = [
    "Attractiveness",
    "Band",
    "CostModel",
    "Fairest",
    "InputError",
    "Lot",
    "LotRules",
    "Lots",
    "Plan",
    "PlanError",
    "Problem",
    "Region",
    "Resource",
    "Result",
    "Stations",
    "Status",
    "Step",
    "Verdict",
    "bundle",
    "curve",
    "fairest",
    "judge",
    "place_stations",
    "read",
    "read_scenario",
    "solve",
    "tightest",
    "write",
    "write_stations",
]
