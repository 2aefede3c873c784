"""What `zoning plan` refuses before it reads or searches anything."""

import pytest

from zoning.cli.plan import _numbers
from zoning.errors import InputError
from zoning.planfile.claim import claimed


@pytest.mark.parametrize("zones", ["3-", "-3", "٣", "1_2", "5-3", "0", "", "9" * 5_000])
def test_zones_are_a_number_or_a_range_and_nothing_like_it(zones):
    with pytest.raises(InputError, match="a whole number, or a range"):
        _numbers(zones)
    assert [*_numbers("3 - 5")] == [3, 4, 5]


@pytest.mark.parametrize("folder", ["", " ", "a\0b"])
def test_a_folder_without_a_name_is_refused_before_the_search(folder):
    with (
        pytest.raises(InputError, match="is no name of a folder"),
        claimed(folder),
    ):
        pass
