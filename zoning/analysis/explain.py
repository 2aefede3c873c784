"""Say why a building is in its zone, and what drives the cost of a zone."""

from __future__ import annotations

from zoning.analysis.explain_building import explain_building
from zoning.analysis.explain_zone import explain_zone
from zoning.analysis.explanations import BuildingExplanation, ZoneExplanation
from zoning.check import judge
from zoning.errors import InputError
from zoning.plan import Plan
from zoning.result import RESULT_OR_PLAN, Result
from zoning.text.arguments import NAME, takes
from zoning.text.lists import first_few


@takes(result=RESULT_OR_PLAN, what=NAME)
def explain(result: Result | Plan, what: str) -> BuildingExplanation | ZoneExplanation:
    """Why a building is in its zone, or what drives the cost of a zone.

    Every number is the checker's: for a building, it is moved to other zones and the
    plan judged again.

    Parameters
    ----------
    result
        A result with a plan, or a plan.
    what
        Id of a building, name of a unit, or name of a zone as in ``verdict.names``.
        What could be both is a building; ``"zone 3"`` is always the zone.

    Raises
    ------
    InputError
        There is no plan, or no such building or zone.

    Examples
    --------
    >>> import networkx as nx
    >>> from zoning import Plan, Problem, Region
    >>> graph = nx.path_graph(["a", "b", "c", "d"])
    >>> for place, node in enumerate(graph):
    ...     graph.nodes[node].update(load=1_000, x=50.0 * place, y=0.0)
    >>> region = Region.from_networkx(graph)
    >>> plan = Plan(Problem(region, 2, tolerance=0.2), [0, 0, 1, 1])
    >>> explain(plan, "b").elsewhere[0].excess
    1246
    >>> print(str(explain(plan, "zone 2")).splitlines()[1])
    It is run from c. Run from d, it would cost 0 more.
    """
    if isinstance(result, Result):
        if result.plan is None:
            msg = (
                "There is no plan to explain. If there is proved to be none, "
                "`result.diagnosis` tells why."
            )
            raise InputError(msg)
        result = result.plan
    name, region = str(what), result.problem.region
    if name in region.names or name in region.building_ids:
        return explain_building(result, name)
    names = judge(result).names
    zone = name.removeprefix("zone ")
    if zone in names:
        return explain_zone(result, names.index(zone))
    msg = (
        f"There is no building, unit or zone {name!r}. Zones are "
        f"{first_few(names)}; buildings go by the ids that were read."
    )
    raise InputError(msg)
