"""Names that were changed work on for one release, and say what they are now."""

import pytest

from zoning.search.strategies import column_generation, location_allocation


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        (column_generation, "Whole", "ColumnGeneration"),
        (location_allocation, "Locate", "LocationAllocation"),
    ],
)
def test_an_old_strategy_is_the_new_one_with_a_warning(module, old, new):
    with pytest.warns(DeprecationWarning, match=new):
        assert getattr(module, old) is getattr(module, new)


def test_what_never_was_is_missing():
    with pytest.raises(AttributeError):
        _ = column_generation.Nothing
