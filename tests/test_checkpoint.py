"""What a search found is kept, and the next run of it goes on from there."""

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from zoning.check import judge
from zoning.checkpoint.checkpoint import (
    EVERY,
    FOUND,
    SPACE,
    STRANGE,
    Checkpoint,
    Keeper,
)
from zoning.checkpoint.digest import search_digest
from zoning.checkpoint.kept_file import DamagedError, read_kept, write_kept
from zoning.errors import InputError
from zoning.limits import Limits
from zoning.plan import Plan
from zoning.problem import Problem
from zoning.result import Status
from zoning.search.auto import auto
from zoning.search.kept import go_on, kept_of
from zoning.search.lagrangian.bound import initial_multipliers
from zoning.search.lagrangian.oracles import knapsack_oracle
from zoning.search.pricing.subproblems import CenterSubproblems
from zoning.search.run import Run
from zoning.search.strategies.column_generation import ColumnGeneration
from zoning.search.strategies.lagrangian_bound import LagrangianBound
from zoning.solve import solve

pytestmark = pytest.mark.usefixtures("compiled")


class CutError(Exception):
    """The search ends here, as if the power went."""


def cut_at(step):
    """Progress that ends the search at a step."""
    steps = []

    def tell(one):
        steps.append(one)
        if len(steps) == step:
            raise CutError

    return tell


def cut_off(problem, folder, step, **asked):
    """A search that is cut off at a step, or ends before; what was kept of it."""
    with suppress(CutError):
        solve(problem, checkpoint=folder, progress=cut_at(step), **asked)
    (kept,) = Checkpoint(folder).kept
    return kept


FEW = [
    *range(8),
    *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 40)),
]


@pytest.mark.parametrize("seed", FEW)
def test_a_search_goes_on_and_is_never_weaker(chance_problem, truth_of, tmp_path, seed):
    problem = replace(chance_problem(seed), strict=seed % 3 == 0)
    truth = truth_of(problem)
    for step in (1, 2, 4):
        folder = tmp_path / str(step)
        kept = cut_off(problem, folder, step, time_limit=20)
        if kept.zone_of is not None:
            verdict = judge(Plan(problem, kept.zone_of))
            assert verdict.ok
            assert (verdict.total, verdict.excess) == (kept.cost, kept.excess)
            assert truth.excess >= kept.excess_bound
            if kept.excess == truth.excess:
                assert kept.bound <= truth.cost
        result = solve(problem, checkpoint=folder, time_limit=20)
        if truth.cost is None:
            assert result.status is Status.INFEASIBLE
            continue
        assert result.status is Status.OPTIMAL
        assert (result.excess, result.cost) == (truth.excess, truth.cost)
        assert result.excess_bound >= kept.excess_bound
        if kept.excess == truth.excess:
            assert result.bound >= kept.bound


def test_what_had_ended_takes_no_time(blocks, tmp_path):
    problem = Problem(blocks(5, 4), 4, tolerance=0.2)
    first = solve(problem, checkpoint=tmp_path, time_limit=30)
    steps = []
    again = solve(problem, checkpoint=tmp_path, time_limit=30, progress=steps.append)
    assert [one.what for one in steps] == [FOUND]
    assert (again.status, again.cost, again.bound) == (
        first.status, first.cost, first.bound,
    )  # fmt: skip
    assert again.plan.equals(first.plan)
    assert again.seconds - first.seconds < 1


def test_a_search_that_was_cut_off_has_the_rest_of_its_time(line, tmp_path):
    def long(run):
        begun.append(run.seconds)
        run.submit(np.array([0, 0, 1]), "two zones")
        while not run.done:
            pass
        raise CutError

    begun = []
    problem = Problem(line(1, 2, 3), 2, tolerance=0.9)
    for limit in (0.4, 0.6):
        with pytest.raises(CutError):
            solve(problem, long, time_limit=limit, checkpoint=tmp_path)
    assert begun[0] < 0.2
    assert 0.4 <= begun[1] < 0.6
    assert 0.6 <= Checkpoint(tmp_path).kept[0].seconds < 0.8


def test_another_problem_finds_nothing(blocks, tmp_path):
    region = blocks(4, 3)
    problem = Problem(region, 3, tolerance=0.3)
    solve(problem, checkpoint=tmp_path, time_limit=20)
    for other in (
        replace(problem, tolerance=0.4),
        replace(problem, num_zones=2, fair_share=None),
        Problem(replace(region, load=region.load + 1), 3, tolerance=0.3),
    ):
        steps = []
        solve(other, checkpoint=tmp_path, time_limit=20, progress=steps.append)
        assert STRANGE in steps[0].what
        assert FOUND not in {one.what for one in steps}


def test_all_that_is_asked_is_in_the_digest(line):
    region = line(1, 2, 3, households=[1, 2, 3])
    problem = Problem(region, 2, tolerance=0.9)
    others = [
        replace(problem, strict=True),
        replace(problem, bend={"cost": 2}),
        replace(problem, bands={"households": (0, 5)}),
        replace(problem, fair_share=5),
        replace(problem, travel=np.zeros((3, 3), int)),
        replace(problem, region=replace(region, max_gap=None)),
        replace(problem, region=replace(region, columns={"use": ("a", "b", "c")})),
        replace(problem, region=replace(region, edges=[[0, 1], [0, 2]])),
        replace(problem, region=replace(region, sums={"households": [1, 2, 4]})),
    ]
    digests = {search_digest(one, auto) for one in (problem, *others)}
    assert len(digests) == 1 + len(others)
    same = Problem(line(1, 2, 3, households=[1, 2, 3]), 2, tolerance=0.9)
    assert search_digest(same, auto) == search_digest(problem, auto)


def some_kept(blocks):
    """A run with a plan, and what it keeps."""
    run = Run(Problem(blocks(4, 3), 3, tolerance=0.9), Limits(20))
    run.follow(auto)
    run.multipliers = np.arange(12.0)
    run.tried = {b"0123456789abcdef", b"fedcba9876543210"}
    return run, kept_of(run)


def test_a_file_holds_all_that_is_kept(blocks, tmp_path):
    _, kept = some_kept(blocks)
    write_kept(tmp_path / "a", kept)
    read = read_kept(tmp_path / "a")
    assert str(read) == str(kept)
    assert read.phase.tried == kept.phase.tried
    assert np.array_equal(read.phase.multipliers, kept.phase.multipliers)
    assert np.array_equal(read.zone_of, kept.zone_of)
    plain = {"zone_of": None, "phase": None}
    assert vars(read) | plain == vars(kept) | plain


def test_a_damaged_file_is_refused_in_words(blocks, tmp_path):
    path, chance = tmp_path / "a", np.random.default_rng(0)
    write_kept(path, some_kept(blocks)[1])
    whole = path.read_bytes()
    for _ in range(200):
        at = int(chance.integers(len(whole)))
        cut = whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        for content in cut:
            path.write_bytes(content)
            with pytest.raises(DamagedError, match=r"is damaged: .* begins anew"):
                read_kept(path)


def test_a_file_of_another_release_is_refused_in_words(tmp_path):
    for content in (b"", b"nothing"):
        head = f"zoning-kept/1 {sha256(content).hexdigest()}\n".encode()
        (tmp_path / "a").write_bytes(head + content)
        with pytest.raises(DamagedError, match="another release wrote it"):
            read_kept(tmp_path / "a")


def test_a_damaged_file_lets_the_search_begin_anew(blocks, tmp_path):
    problem = Problem(blocks(4, 3), 3, tolerance=0.3)
    first = solve(problem, checkpoint=tmp_path, time_limit=20)
    (path,) = (tmp_path / SPACE).glob("*.kept")
    path.write_bytes(path.read_bytes()[:-100])
    checkpoint = Checkpoint(tmp_path)
    again = solve(problem, checkpoint=checkpoint, time_limit=20)
    assert again.cost == first.cost
    (note,) = checkpoint.notes
    assert f"{path} is damaged" in note


def test_a_plan_that_costs_otherwise_now_is_not_used(blocks, tmp_path):
    problem = Problem(blocks(4, 3), 3, tolerance=0.3)
    solve(problem, checkpoint=tmp_path, time_limit=20)
    (path,) = (tmp_path / SPACE).glob("*.kept")
    write_kept(path, replace(read_kept(path), cost=1, bound=10**9))
    checkpoint = Checkpoint(tmp_path)
    again = solve(problem, checkpoint=checkpoint, time_limit=20)
    assert again.bound == again.cost < 10**9
    assert "costs otherwise" in checkpoint.notes[0]


def test_it_is_written_now_and_then_at_the_end(blocks, tmp_path, monkeypatch):
    monkeypatch.setattr("zoning.checkpoint.checkpoint.EVERY", 0.3)
    written = []
    monkeypatch.setattr(
        "zoning.checkpoint.checkpoint.write_kept",
        lambda _, kept: written.append(kept.seconds),
    )
    run, kept = some_kept(blocks)
    keeper = Keeper(Checkpoint(tmp_path), tmp_path / "a", None, "")
    for seconds in np.arange(0, 0.5, 0.01):
        keeper(replace(kept, seconds=seconds))
    assert written[0] == 0.0
    deadline = run.seconds + 5
    while len(written) < 2 and run.seconds < deadline:
        pass
    assert written == [0.0, 0.49]  # the latest, when it was due
    keeper(replace(kept, seconds=2.0))
    keeper.close(replace(kept, seconds=3.0))
    assert written == [0.0, 0.49, 3.0]
    assert EVERY == 5.0


def test_multipliers_are_taken_up(blocks):
    problem = Problem(blocks(8, 6), 6, tolerance=0.4)
    long = Run(problem, Limits(5))
    long.follow(LagrangianBound())
    later = Run(problem, Limits(5))
    assert go_on(later, kept_of(long), "kept")
    assert later.bound == long.bound
    assert np.array_equal(later.multipliers, long.multipliers)
    first = Run(problem, Limits(5))
    subproblems = CenterSubproblems(first.instance, first.num_zones)
    begin = initial_multipliers(first.instance, first.num_zones, [])
    scratch = knapsack_oracle(subproblems, begin).bound
    at_once = knapsack_oracle(subproblems, later.multipliers).bound
    gained = long.bound - long.base - scratch
    assert at_once - scratch > 0.9 * gained > 0  # one look is enough for most of it


def test_column_generation_keeps_its_duals(blocks):
    problem = Problem(blocks(6, 5), 5, tolerance=0.2)
    long = Run(problem, Limits(20))
    long.follow(ColumnGeneration())
    later = Run(problem, Limits(20))
    assert go_on(later, kept_of(long), "kept")
    found = knapsack_oracle(CenterSubproblems(later.instance, 5), later.multipliers)
    assert 0.9 * (long.bound - long.base) < found.bound <= long.cost - long.base


def test_without_a_place_to_write_the_search_goes_on(blocks, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zoning.checkpoint.checkpoint.write_kept", full)
    checkpoint = Checkpoint(tmp_path)
    problem = Problem(blocks(4, 3), 3, tolerance=0.3)
    result = solve(problem, checkpoint=checkpoint, time_limit=20)
    assert result.cost is not None
    (note,) = checkpoint.notes
    assert "cannot be kept" in note
    assert "No space left" in note


def test_a_folder_that_cannot_be_is_refused(tmp_path, line):
    (tmp_path / "file").write_text("")
    problem = Problem(line(1, 1), 2, tolerance=0.9)
    with pytest.raises(InputError, match="cannot be kept"):
        solve(problem, checkpoint=tmp_path / "file")


def test_it_can_be_forgotten(blocks, tmp_path):
    problem = Problem(blocks(4, 3), 3, tolerance=0.3)
    solve(problem, checkpoint=tmp_path / "out", time_limit=20)
    assert "a plan of 3 zones at" in str(Checkpoint(tmp_path / "out").kept[0])
    Checkpoint(tmp_path / "out").remove()
    assert not [*(tmp_path / "out").iterdir()]
