"""Where the hub itself is killed its workers end, and the search goes on later."""

import os

import pytest

from benchmarks.faults import client_killed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them"),
]


@pytest.mark.parametrize("kind", ["threads", "loky"])
def test_where_the_hub_is_killed_its_workers_end_and_the_search_goes_on(kind):
    row = client_killed(kind)
    assert row["workers_gone"] is not None
    assert row["goes_on"]
    assert row["keeps_rules"]
    assert row["cost"] <= row["kept_cost"]
