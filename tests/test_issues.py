"""What came up in files is told at once, but no more of it than is read."""

import pytest

from zoning.errors import InputError
from zoning.text.issues import Issues


def test_of_very_many_faults_the_first_hundred_are_told():
    log = Issues("bids.xlsx")
    log.faults += [f"Row {row} has no price." for row in range(2, 3_002)]
    log.notes.append("A title was left out.")
    with pytest.raises(InputError) as told:
        log.raise_faults()
    lines = str(told.value).splitlines()
    assert lines[0] == "bids.xlsx has 3,000 faults."
    assert lines[100] == "100. Row 101 has no price."
    assert lines[101] == "And 2,900 more, told when these are mended."
    assert lines[-1] == "- A title was left out."
