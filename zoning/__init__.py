"""Contiguous zones of buildings, balanced for cost, and tender lots of three zones."""

from typing import TYPE_CHECKING

from zoning import starting as _starting  # noqa: F401 - before all others
from zoning.lazy import lazy_names as _lazy_names
from zoning.moved import keep_old_names as _keep_old_names

_keep_old_names()
_lazy_names(
    __name__,
    {
        "zoning": "rules",
        "zoning.analysis.alternatives": "alternatives",
        "zoning.analysis.choose_number": "choose_number",
        "zoning.analysis.compare": "compare",
        "zoning.analysis.difference": "difference",
        "zoning.analysis.edit": "edit",
        "zoning.analysis.explain": "explain",
        "zoning.analysis.frontier": "frontier",
        "zoning.analysis.inspect": "inspect",
        "zoning.analysis.inspection": "Inspection",
        "zoning.analysis.keep": "keeping",
        "zoning.analysis.price_of_rules": "price_of_rules",
        "zoning.analysis.tightest": "tightest",
        "zoning.analysis.what_it_takes": "what_it_takes",
        "zoning.check": "Verdict judge",
        "zoning.check.excess": "Excess Reason",
        "zoning.checkpoint.checkpoint": "Checkpoint",
        "zoning.costs": "CostModel Resource read_scenario",
        "zoning.errors": "InputError PlanError",
        "zoning.joint.joint": "plan_and_bundle",
        "zoning.joint.result": "Joint",
        "zoning.limits": "Limits",
        "zoning.lots": "Attractiveness Fairest Lot LotRules Lots bundle fairest",
        "zoning.lots.stations": "Stations place_stations",
        "zoning.number": "UsualNumber usual_number",
        "zoning.output.stations": "write_stations",
        "zoning.output.write": "write",
        "zoning.parallel.pools": "cluster processes",
        "zoning.plan": "Plan",
        "zoning.problem": "Band Problem",
        "zoning.proof.certify": "Certificate certify",
        "zoning.read": "read",
        "zoning.region": "Region",
        "zoning.result": "Result Status Step",
        "zoning.scenario": "Scenario read_scenario_file",
        "zoning.solve": "solve",
        "zoning.tender.award": "award",
        "zoning.tender.read_bids": "read_bids",
        "zoning.tender.simulate": "simulate_bids",
    },
)
if TYPE_CHECKING:  # the same, for editors and type checkers
    # isort: off
    from zoning import rules as rules
    from zoning.analysis.alternatives import alternatives as alternatives
    from zoning.analysis.choose_number import choose_number as choose_number
    from zoning.analysis.compare import compare as compare
    from zoning.analysis.difference import difference as difference
    from zoning.analysis.edit import edit as edit
    from zoning.analysis.explain import explain as explain
    from zoning.analysis.frontier import frontier as frontier
    from zoning.analysis.inspect import inspect as inspect
    from zoning.analysis.inspection import Inspection as Inspection
    from zoning.analysis.keep import keeping as keeping
    from zoning.analysis.price_of_rules import price_of_rules as price_of_rules
    from zoning.analysis.tightest import tightest as tightest
    from zoning.analysis.what_it_takes import what_it_takes as what_it_takes
    from zoning.check import Verdict as Verdict, judge as judge
    from zoning.check.excess import Excess as Excess, Reason as Reason
    from zoning.checkpoint.checkpoint import Checkpoint as Checkpoint
    from zoning.costs import (
        CostModel as CostModel,
        Resource as Resource,
        read_scenario as read_scenario,
    )
    from zoning.errors import InputError as InputError, PlanError as PlanError
    from zoning.joint.joint import plan_and_bundle as plan_and_bundle
    from zoning.joint.result import Joint as Joint
    from zoning.limits import Limits as Limits
    from zoning.lots import (
        Attractiveness as Attractiveness,
        Fairest as Fairest,
        Lot as Lot,
        LotRules as LotRules,
        Lots as Lots,
        bundle as bundle,
        fairest as fairest,
    )
    from zoning.lots.stations import (
        Stations as Stations,
        place_stations as place_stations,
    )
    from zoning.number import UsualNumber as UsualNumber, usual_number as usual_number
    from zoning.output.stations import write_stations as write_stations
    from zoning.output.write import write as write
    from zoning.parallel.pools import cluster as cluster, processes as processes
    from zoning.plan import Plan as Plan
    from zoning.problem import Band as Band, Problem as Problem
    from zoning.proof.certify import Certificate as Certificate, certify as certify
    from zoning.read import read as read
    from zoning.region import Region as Region
    from zoning.result import Result as Result, Status as Status, Step as Step
    from zoning.scenario import (
        Scenario as Scenario,
        read_scenario_file as read_scenario_file,
    )
    from zoning.solve import solve as solve
    from zoning.tender.award import award as award
    from zoning.tender.read_bids import read_bids as read_bids
    from zoning.tender.simulate import simulate_bids as simulate_bids
