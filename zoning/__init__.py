"""Contiguous zones of buildings, balanced for cost, and tender lots of three zones."""

from zoning.award import award
from zoning.check import Verdict, judge
from zoning.costs import CostModel, Resource, read_scenario
from zoning.errors import InputError, PlanError
from zoning.lots import Lot, Lots, bundle
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.read import read
from zoning.read_bids import read_bids
from zoning.result import Result, Status, Step
from zoning.simulate import simulate_bids
from zoning.solve import solve
from zoning.sweep import curve, tightest
from zoning.units import Region
from zoning.write import write

__all__ = [
    "Band",
    "CostModel",
    "InputError",
    "Lot",
    "Lots",
    "Plan",
    "PlanError",
    "Problem",
    "Region",
    "Resource",
    "Result",
    "Status",
    "Step",
    "Verdict",
    "award",
    "bundle",
    "curve",
    "judge",
    "read",
    "read_bids",
    "read_scenario",
    "simulate_bids",
    "solve",
    "tightest",
    "write",
]
