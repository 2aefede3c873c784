"""A smoke of the benchmark of awards; the long runs are started by hand."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import award, rows, tenders


@pytest.mark.parametrize("kind", tenders.KINDS)
def test_a_tender_is_drawn_as_asked_and_the_same_again(kind):
    case, again = (tenders.KINDS[kind](20, 100, 5) for _ in range(2))
    assert len(case.tender) == 20
    assert len(case.bids) == 100
    assert case.bids.bids == again.bids.bids
    assert case.bids.bids != tenders.KINDS[kind](20, 100, 6).bids.bids


def test_packages_of_regions_grow_over_neighbours_and_those_of_paths_are_ways():
    sizes = {
        kind: [len(bid.lots) for bid in tenders.KINDS[kind](36, 150, 0).bids.bids]
        for kind in ("regions", "wide")
    }
    assert sum(sizes["wide"]) > 1.5 * sum(sizes["regions"])
    graph, length = tenders._roads(np.random.default_rng(0), 40)
    assert graph.number_of_edges() == len(length) == 40
    start, end = next(iter(graph.edges))
    ways = [
        sum(length[list(way)]) for way in islice(tenders._ways(graph, start, end), 2)
    ]
    assert all(a <= b + 1e-12 for a, b in pairwise(ways))


def test_a_run_writes_a_row_for_each_tender_and_none_twice(tmp_path, capsys):
    out = tmp_path / "rows.jsonl"
    given = ["--lots", "20", "--bids", "120", "--seeds", "0", "--time", "5"]
    given += ["--margins", "5", "--out", str(out)]
    award.main(given)
    found = list(rows.read_rows(out))
    assert [row["kind"] for row in found] == list(tenders.KINDS)
    for row in found:
        assert row["status"] == "optimal"
        assert row["value"] == row["bound"]
        assert row["awarded"] <= row["lots"] == 20
    capsys.readouterr()
    award.main(given)
    assert capsys.readouterr().out.count("done before") == len(tenders.KINDS)


def test_the_tables_of_the_docs_are_those_of_the_rows(monkeypatch):
    monkeypatch.syspath_prepend(rows.ROOT / "docs" / "img")
    path = rows.ROOT / "docs" / "img" / "award.py"
    spec = spec_from_file_location("award_of_docs", path)
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (rows.ROOT / "docs" / "award.md").read_text("utf-8")
    tables = script.measured()
    assert len(tables["speed"]) > 3
    assert script.with_tables(page, tables) == page, "Run docs/img/award.py."
