"""Names that were changed work on for one release, and say what they are now."""

import numpy as np
import pytest

from zoning.problem import Problem
from zoning.search.annealing import region_growing
from zoning.search.run import Run
from zoning.search.strategies import (
    assignment,
    column_generation,
    lns,
    location_allocation,
)


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        (region_growing, "start", "grow_regions"),
        (assignment, "Assign", "AssignmentModel"),
        (lns, "Improve", "LNS"),
        (column_generation, "Whole", "ColumnGeneration"),
        (location_allocation, "Locate", "LocationAllocation"),
    ],
)
def test_an_old_name_is_the_new_one_with_a_warning(module, old, new):
    with pytest.warns(DeprecationWarning, match=new):
        assert getattr(module, old) is getattr(module, new)


def test_what_never_was_is_missing():
    with pytest.raises(AttributeError):
        _ = column_generation.Nothing


def test_a_strategy_in_the_old_words_of_a_run_works(line):
    run = Run(Problem(line(10, 10, 10), 3, tolerance=0.1))
    with pytest.warns(DeprecationWarning, match="submit"):
        assert run.offer(np.arange(3), "a zone each")
    with pytest.warns(DeprecationWarning, match="update_bound"):
        assert not run.prove(run.cost, "a zone each")
    for old, new in [("arrays", "instance"), ("count", "num_zones"), ("near", "pool")]:
        with pytest.warns(DeprecationWarning, match=new):
            assert getattr(run, old) is getattr(run, new)
    with pytest.warns(DeprecationWarning, match="time_left"):
        assert 0 < run.left <= run.limits.time
