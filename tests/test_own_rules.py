"""Rules of a planner's own: checked, searched, priced, written, and blamed."""

from dataclasses import dataclass, replace
from functools import cache

import networkx as nx
import numpy as np
import pytest

import zoning
from tests.chance import case
from zoning.check import judge
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.planfile.content import to_dict, to_json
from zoning.planfile.file import read_plan
from zoning.planfile.verify import differences
from zoning.problem import Problem
from zoning.region import Region
from zoning.rules import (
    Freeze,
    Lock,
    OwnRule,
    SumTerm,
    UnknownRule,
    Violation,
    amount_of_units,
)
from zoning.search.find_feasible import find_feasible
from zoning.search.run import Run
from zoning.search.strategies.own_rules import EnumeratePlans, JudgedAnnealing


@dataclass(frozen=True)
class FewSchools:
    """No zone has more than so many schools."""

    most: int
    price: int = 0

    columns = ("school",)

    def __str__(self):
        return f"no zone has more than {self.most} schools"

    def violations(self, drawn):
        schools = drawn.sums(amount_of_units(drawn.region, "school"))
        for zone, many in enumerate(schools):
            if many > self.most:
                words = f"Zone {drawn.names[zone]} has {many} schools."
                yield Violation(zone=drawn.names[zone], words=words)

    def terms(self, region):
        schools = amount_of_units(region, "school")
        yield SumTerm("schools", schools, high=self.most)

    def looser(self):
        yield replace(self, most=self.most + 1)


@dataclass(frozen=True)
class RoomOnStreet:
    """A zone that holds units of a street has a station room."""

    street: str

    columns = ("street", "room")

    def __str__(self):
        return f"each zone of {self.street} has a station room"

    def _sums(self, region):
        on = [value == self.street for value in region.columns["street"]]
        here = np.bincount(region.unit_of_building, on, len(region)) > 0
        return amount_of_units(region, "room"), here

    def violations(self, drawn):
        rooms, here = self._sums(drawn.region)
        sums = zip(drawn.sums(here), drawn.sums(rooms), strict=True)
        for zone, (on, room) in enumerate(sums):
            if on and not room:
                words = f"Zone {drawn.names[zone]} of {self.street} has no room."
                yield Violation(zone=drawn.names[zone], words=words)

    def terms(self, region):
        yield SumTerm.one_where("rooms", *self._sums(region))


@dataclass(frozen=True)
class Odd:
    """A black box: no zone has an even number of units."""

    price: int = 0

    def __str__(self):
        return "no zone has an even number of units"

    def violations(self, drawn):
        for zone, units in enumerate(drawn.zones):
            if len(units) % 2 == 0:
                words = f"Zone {drawn.names[zone]} has {len(units)} units."
                yield Violation(zone=drawn.names[zone], words=words)


OWN = {
    "schools": FewSchools(1),
    "two schools": FewSchools(2),
    "street": RoomOnStreet("Hequ"),
    "odd": Odd(),
    "priced schools": FewSchools(1, price=37),
    "priced odd": Odd(price=250),
}


def with_facts(region, seed):
    """The region with schools, rooms and streets of chance."""
    rng = np.random.default_rng(seed)
    n = len(region.building_ids)
    columns = {
        "school": tuple(rng.integers(2, size=n).tolist()),
        "room": tuple(rng.choice(["yes", "no", None], n).tolist()),
        "street": tuple(rng.choice(["Hequ", "Ring"], n, p=[0.3, 0.7]).tolist()),
    }
    return replace(region, columns={**region.columns, **columns})


def splits(region, count):
    """Zone numbers of every split into so many zones that hang together."""
    n, graph = len(region), nx.Graph(region.edges.tolist())
    graph.add_nodes_from(range(n))

    def further(labels, used):
        if len(labels) == n:
            zones = [[i for i in range(n) if labels[i] == k] for k in range(used)]
            if used == count and all(map(whole, map(frozenset, zones))):
                yield labels
            return
        for zone in range(min(used + 1, count)):
            yield from further([*labels, zone], max(used, zone + 1))

    @cache
    def whole(units):
        return nx.is_connected(graph.subgraph(units))

    yield from further([], 0)


def cheapest(problem):
    """The cost of the cheapest plan by the checker alone; None without one."""
    verdicts = (
        judge(Plan(problem, np.array(labels, np.int32)))
        for labels in splits(problem.edited_region, problem.num_zones)
    )
    return min((verdict.total for verdict in verdicts if verdict.ok), default=None)


def drawn_problem(seed, rule):
    """A chance problem with a rule besides; None where it is refused."""
    made = case(seed, most=7)
    try:
        made = replace(
            made,
            region=with_facts(made.region, seed),
            rules=(*made.rules, rule),
        )
        return made.problem()
    except InputError:
        return None


@pytest.fixture
def row():
    """Six units in a row, 100 m apart, with schools in the first three."""
    graph = nx.path_graph(6)
    for i in graph:
        graph.nodes[i].update(x=100.0 * i, y=0.0, load=1_000)
    region = Region.from_networkx(graph)
    facts = {
        "school": (1, 1, 1, 0, 0, 0),
        "room": ("yes", None, None, None, None, None),
        "street": ("Ring", "Ring", "Ring", "Hequ", "Ring", "Ring"),
    }
    return replace(region, columns={**region.columns, **facts})


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize(
    "first", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in (20, 40))]
)
def test_what_is_proved_is_what_trying_every_plan_finds(name, first):
    for seed in range(first, first + 8):
        problem = drawn_problem(seed, OWN[name])
        if problem is None:
            continue
        right = cheapest(problem)
        result = zoning.solve(problem, time_limit=10)
        told = (seed, result.status, result.cost, result.bound, result.reason)
        if right is None:
            assert result.status == "infeasible", told
        else:
            assert (result.status, result.cost) == ("optimal", right), told
            assert result.bound == right, told


@pytest.mark.parametrize("name", OWN)
def test_any_plan_is_found_or_there_is_none(name):
    for seed in range(60, 68):
        problem = drawn_problem(seed, OWN[name])
        if problem is None:
            continue
        found = find_feasible(problem, Limits(time=10))
        assert (found.plan is not None) == (cheapest(problem) is not None), seed
        assert found.infeasible == (found.plan is None), seed


def test_where_no_zone_keeps_the_bands_there_is_proved_to_be_no_plan(line):
    problem = Problem(line(10, 10), 2, fair_share=50, tolerance=0.1, strict=True)
    run = Run(problem, Limits(time=20))
    EnumeratePlans()(run)
    assert "No plan keeps every rule" in run.infeasibility


def test_a_rule_of_ones_own_is_judged(row):
    problem = Problem(row, 2, tolerance=None, rules=FewSchools(2), strict=True)
    verdict = judge(Plan(problem, [0, 0, 0, 1, 1, 1]))
    assert verdict.faults == ("Zone 1 has 3 schools.",)
    assert verdict.violations[0].rule == "no zone has more than 2 schools"
    assert judge(Plan(problem, [0, 0, 1, 1, 1, 1])).ok


def test_a_zone_without_the_street_needs_no_room(row):
    problem = Problem(row, 2, tolerance=None, rules=RoomOnStreet("Hequ"), strict=True)
    assert not judge(Plan(problem, [0, 0, 0, 1, 1, 1])).ok
    result = zoning.solve(problem)
    assert result.status == "optimal"
    assert result.plan.zone_of.tolist()[0] == result.plan.zone_of.tolist()[3]


def test_a_price_is_paid_for_each_violation_and_forbids_nothing(row):
    free = Problem(row, 2, tolerance=None, strict=True)
    priced = Problem(row, 2, tolerance=None, rules=FewSchools(1, price=40), strict=True)
    zone_of = [0, 0, 0, 1, 1, 1]
    verdict = judge(Plan(priced, zone_of))
    assert verdict.ok
    assert verdict.rule_cost == 40
    assert verdict.total == judge(Plan(free, zone_of)).total + 40
    assert verdict.cost.tolist() == judge(Plan(free, zone_of)).cost.tolist()


def test_terms_of_ones_own_are_searched_without_judging_plans(row):
    run = Run(Problem(row, 2, tolerance=None, rules=FewSchools(2), strict=True))
    assert run.instance.high.tolist()[-1] == 2
    zoning.search.auto.auto(run)
    assert run.done
    assert not run.surprised


def test_annealing_by_the_checker_mends_what_a_black_box_rejects():
    graph = nx.grid_2d_graph(4, 4)
    for x, y in graph:
        graph.nodes[x, y].update(x=100.0 * x, y=100.0 * y, load=1_000)
    problem = Problem(
        Region.from_networkx(graph), 4, tolerance=None, rules=Odd(), strict=True
    )
    run = Run(problem, Limits(time=20))
    run.pool.append(np.repeat(np.arange(4, dtype=np.int32), 4))
    JudgedAnnealing(1.0, moves=20)(run)
    assert run.verdict is not None
    assert run.verdict.ok


@pytest.mark.slow
def test_what_is_priced_is_avoided_where_that_is_cheap():
    graph = nx.grid_2d_graph(8, 6)
    for x, y in graph:
        graph.nodes[x, y].update(x=100.0 * x, y=100.0 * y, load=1_000)
    region = Region.from_networkx(graph)
    schools = tuple(int(i % 5 == 0) for i in range(48))
    region = replace(region, columns={"school": schools})
    priced = Problem(
        region, 8, tolerance=0.4, rules=FewSchools(2, price=10**6), strict=True
    )
    kept = Problem(region, 8, tolerance=0.4, rules=FewSchools(2), strict=True)
    result = zoning.solve(priced, time_limit=8)
    assert result.verdict.rule_cost == 0
    assert result.bound <= zoning.solve(kept, time_limit=8).cost


@pytest.mark.slow
def test_a_black_box_never_proves_what_is_not():
    graph = nx.grid_2d_graph(8, 6)
    for x, y in graph:
        graph.nodes[x, y].update(x=100.0 * x, y=100.0 * y, load=1_000)
    region = Region.from_networkx(graph)
    free = zoning.solve(Problem(region, 8, tolerance=None, strict=True), time_limit=5)
    held = zoning.solve(
        Problem(region, 8, tolerance=None, rules=Odd(), strict=True), time_limit=5
    )
    assert held.plan is not None
    assert held.bound <= held.cost
    assert held.status == ("optimal" if held.bound == held.cost else "feasible")
    assert held.cost >= free.bound


@pytest.mark.slow
@pytest.mark.parametrize("rule", [Odd(), Odd(price=70)])
def test_zones_and_lots_planned_together_keep_it(rule):
    graph = nx.grid_2d_graph(5, 3)
    for x, y in graph:
        graph.nodes[x, y].update(x=100.0 * x, y=100.0 * y, load=1_000)
    problem = Problem(
        Region.from_networkx(graph), 3, tolerance=0.6, rules=rule, strict=True
    )
    joint = zoning.plan_and_bundle(problem, time_limit=8)
    verdict = judge(joint.plan)
    assert verdict.ok
    assert joint.cost == joint.lots.cost + verdict.rule_cost
    assert joint.bound <= joint.cost


def test_a_rule_of_ones_own_is_blamed_and_loosened(row):
    result = zoning.solve(
        Problem(row, 2, tolerance=None, rules=FewSchools(1), strict=True)
    )
    assert result.status == "infeasible"
    assert "no zone has more than 1 schools" in result.diagnosis.core
    words = [one.words for one in result.diagnosis.relaxations]
    assert "no zone has more than 2 schools" in words


def test_a_black_box_is_blamed(row):
    result = zoning.solve(Problem(row, 3, tolerance=None, rules=Odd(), strict=True))
    assert result.status == "infeasible"  # three odd numbers never make six
    assert "no zone has an even number of units" in result.diagnosis.core


@pytest.mark.parametrize("kind", [Lock, Freeze])
def test_a_locked_zone_against_a_rule_of_ones_own_is_told(row, kind):
    rules = (FewSchools(1), kind("A", ("0", "1")))
    result = zoning.solve(Problem(row, 3, tolerance=None, rules=rules, strict=True))
    assert result.status == "infeasible"
    assert "locked against the rule that no zone has more than 1" in result.reason


def test_it_is_explained(row):
    result = zoning.solve(
        Problem(row, 2, tolerance=None, rules=FewSchools(2), strict=True)
    )
    zone = result.verdict.names[0]
    assert "no zone has more than 2 schools" in str(
        zoning.explain(result, f"zone {zone}")
    )
    plan = Plan(
        Problem(row, 2, tolerance=None, rules=FewSchools(2), strict=True),
        [0, 0, 1, 1, 1, 1],
    )
    assert "has 3 schools" in str(zoning.explain(plan, "2"))


@pytest.mark.parametrize("rule", [FewSchools(2), FewSchools(1, price=9), Odd(5)])
def test_it_is_written_and_read_back(row, tmp_path, rule):
    result = zoning.solve(Problem(row, 2, tolerance=None, rules=rule, strict=True))
    path = tmp_path / "plan.json"
    path.write_text(to_json(to_dict(result)), "utf-8")
    back = read_plan(path, rules=[FewSchools, Odd])
    assert back.plan.problem.rules == (OwnRule(rule),)
    assert differences(back) == []
    assert back.verdict.total == result.cost
    alone = read_plan(path)
    (unknown,) = alone.plan.problem.rules
    assert isinstance(unknown, UnknownRule)
    assert str(unknown) == str(rule)
    assert differences(alone) == []
    with pytest.raises(InputError, match=r"its class is not here.*read_plan"):
        zoning.solve(alone.plan.problem)


class Thawed:
    def violations(self, drawn):
        yield from drawn.zones[:0]


@dataclass(frozen=True)
class Dear:
    price: float

    def violations(self, drawn):
        yield from drawn.zones[:0]


@dataclass(frozen=True)
class Holder:
    what: object

    def violations(self, drawn):
        yield from drawn.zones[:0]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (Thawed(), "must be a frozen dataclass"),
        (Dear(1.5), "price must be a whole number"),
        (Dear(-1), "price must be a whole number"),
        (Holder(object()), "what cannot be written"),
        (zoning.LotRules(), "LotRules are for zoning.bundle"),
        (3, "no rule"),
    ],
)
def test_what_is_no_rule_is_refused(row, rule, told):
    with pytest.raises(InputError, match=told):
        Problem(row, 2, rules=(rule,), strict=True)


def test_columns_it_names_must_be_there(row):
    bare = replace(row, columns={})
    with pytest.raises(InputError, match="needs a column 'school'"):
        Problem(bare, 2, rules=FewSchools(2), strict=True)


@dataclass(frozen=True)
class Below:
    values: tuple
    high: int

    def violations(self, drawn):
        yield from drawn.zones[:0]

    def terms(self, _region):
        yield SumTerm("odd", np.array(self.values), high=self.high)


@pytest.mark.parametrize("values", [(1, 2), (-1, 0, 0, 0, 0, 0), (0.5,) * 6])
def test_terms_that_no_search_can_keep_are_refused(row, values):
    with pytest.raises(InputError, match="The rule that"):
        Problem(row, 2, rules=Below(values, 3), strict=True)
