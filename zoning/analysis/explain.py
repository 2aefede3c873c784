"""Say why a building is in its zone, and what drives the cost of a zone."""

from __future__ import annotations

from collections.abc import Sequence

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
        Id or name of a building or a unit, or name of a zone as in ``verdict.names``.
        What could be both is a building, if by its id, else the zone; ``"zone 3"`` is
        always the zone.

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
    names = judge(result).names
    zone = name.removeprefix("zone ")
    is_id = name in region.names or name in region.building_ids
    if is_id or zone not in names:
        return _of_building(result, name, names)
    return explain_zone(result, names.index(zone))


def _of_building(plan: Plan, name: str, zones: Sequence[str]) -> BuildingExplanation:
    try:
        return explain_building(plan, name)
    except InputError as error:
        msg = f"{error} Zones are {first_few(zones)}."
        raise InputError(msg) from error
