"""Analyses whose pieces run side by side: the same answers, and losses in words."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from zoning.analysis.alternatives import alternatives
from zoning.analysis.choose_number import choose_number
from zoning.analysis.frontier import frontier
from zoning.analysis.price_of_rules import price_of_rules
from zoning.analysis.tightest import tightest
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.parallel.pools import threads
from zoning.plan import Plan
from zoning.problem import Band, Problem
from zoning.result import Status
from zoning.rules import CannotLink, MustLink
from zoning.tender.simulate import simulate_bids

NO_TRAVEL = np.zeros((6, 6), np.int64)


class Losing(ThreadPoolExecutor):
    """Threads whose memory is too small for jobs that say so."""

    def __init__(self, is_lost):
        super().__init__(2)
        self.is_lost = is_lost

    def submit(self, work, /, *given, **more):
        if self.is_lost(given[2]):
            lost = Future()
            lost.set_exception(MemoryError())
            return lost
        return super().submit(work, *given, **more)


def value_of(job):
    """The value that a job of a frontier searches; None of another job."""
    return job[0].value if isinstance(job, tuple) else None


@pytest.fixture
def two():
    with threads(2) as hub:
        yield hub


@pytest.fixture(scope="module")
def halves(line):
    """40 30 30 20 20 20 in two zones: 70 | 90 or 100 | 60, around 80."""
    whole = Problem(line(40, 30, 30, 20, 20, 20), 2, 0.3, strict=True)
    return replace(whole, travel=NO_TRAVEL, fair_share=80)


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("parameter", ["tolerance", "num_zones"])
def test_a_frontier_side_by_side_is_that_of_one_worker(halves, two, parameter):
    values = {"tolerance": [0.1, 0.13, 0.3], "num_zones": [1, 2, 3]}[parameter]
    alone = frontier(halves, parameter, values, time_limit=20)
    steps = []
    both = frontier(
        halves, parameter, values, time_limit=20, executor=two, progress=steps.append
    )
    assert both.words == alone.words
    assert any(step.what.endswith("done") for step in steps)


@pytest.mark.usefixtures("compiled")
def test_a_value_that_is_lost_has_the_plan_of_a_smaller_one(halves):
    with Losing(lambda job: value_of(job) == 0.3) as executor:
        found = frontier(
            halves,
            "tolerance",
            [0.13, 0.3],
            time_limit=20,
            workers=2,
            executor=executor,
        )
    lost = found.results[1]
    assert lost.losses == ("No answer, the memory of its worker is too small.",)
    assert (lost.status, lost.cost, lost.bound) == (Status.FEASIBLE, 160, 0)
    assert found.results[0].status is Status.OPTIMAL


@pytest.mark.usefixtures("compiled")
def test_a_value_that_is_lost_says_so(halves):
    with Losing(lambda job: value_of(job) == 1) as executor:
        found = frontier(
            halves, "num_zones", [1, 2], time_limit=20, workers=2, executor=executor
        )
    assert found.results[0].status is Status.UNKNOWN
    assert found.rows[0]["reason"] == found.results[0].losses[0]
    assert found.best is found.results[1]


@pytest.mark.usefixtures("compiled")
def test_a_number_is_chosen_side_by_side_as_one_by_one(halves, two):
    asked = {"numbers": [1, 2, 3], "lots": 0, "time_limit": 20}
    alone = choose_number(halves, **asked)
    both = choose_number(halves, executor=two, **asked)
    assert both.words == alone.words
    assert both.chosen == alone.chosen


@pytest.mark.usefixtures("compiled")
def test_the_tightest_tolerance_is_found_on_workers(halves, two):
    assert str(tightest(halves, time_limit=20, executor=two)) == str(
        tightest(halves, time_limit=20)
    )


@pytest.mark.usefixtures("compiled")
def test_rules_have_the_same_price_side_by_side(line, two):
    rules = (MustLink(("a", "b")), CannotLink(("c", "d")))
    bands = {"load": Band(10, 60)}
    problem = Problem(line(10, 20, 10, 20, 10, 20), 3, 0.9, bands, rules=rules)
    alone = price_of_rules(problem, time_limit=20)
    assert price_of_rules(problem, time_limit=20, executor=two) == alone

    with Losing(lambda job: str(job.words) == alone[0].rule) as executor:
        found = price_of_rules(problem, time_limit=20, workers=2, executor=executor)
    lost = [one for one in found if one.lost]
    assert [one.status for one in lost] == [Status.UNKNOWN]
    assert str(lost[0]).endswith("no answer, the memory of its worker is too small")
    assert len(found) == len(alone)


@pytest.mark.usefixtures("compiled")
def test_alternatives_are_found_on_workers(line, two):
    problem = Problem(line(10, 10, 10, 10, 10, 10, 10, 10), 3, 0.9)
    asked = {"count": 3, "within": 0.5, "time_limit": 10}
    alone = alternatives(problem, **asked)
    both = alternatives(problem, executor=two, **asked)
    assert str(both) == str(alone)
    assert len(both) == 3


@pytest.mark.usefixtures("compiled")
def test_draws_hang_on_the_seed_alone(line, two):
    problem = Problem(line(*[10] * 6), 6, None)
    lots = bundle(Plan(problem, range(6)), size=2)
    asked = {"draws": 25, "seed": 3}
    alone = simulate_bids(lots, **asked)
    both = simulate_bids(lots, executor=two, **asked)
    np.testing.assert_array_equal(both.num_bidders, alone.num_bidders)
    np.testing.assert_array_equal(both.price, alone.price)
    with Losing(lambda job: 10 in job) as executor:
        some = simulate_bids(lots, workers=2, executor=executor, **asked)
    assert some.losses == (
        "Draws 11 to 20: no answer, the memory of its worker is too small.",
    )
    np.testing.assert_array_equal(some.price, np.delete(alone.price, range(10, 20)))
    with (
        Losing(lambda _: True) as executor,
        pytest.raises(InputError, match="No draw was brought back"),
    ):
        simulate_bids(lots, workers=2, executor=executor, **asked)
