"""Compounds: who is one unit, which words name none, what does not stand together."""

import geopandas
import pytest

from zoning.read import read


def town(yards, step=60.0, **columns):
    """Buildings in a row, each 60 m from the next, and the compounds they name."""
    n = len(yards)
    table = {"id": [f"B{i + 1}" for i in range(n)], "m2": 1000, "yard": yards}
    places = geopandas.points_from_xy([step * i for i in range(n)], [0.0] * n)
    return geopandas.GeoDataFrame(
        {**table, **columns}, geometry=places, crs="EPSG:32652"
    )


def units(yards, **options):
    region = read(town(yards, **options), area="m2", unit="yard")
    return region.names, region.notes


def noted(notes, *words):
    return any(all(word in note for word in words) for note in notes)


@pytest.mark.parametrize(
    "word",
    ["无", "-", "—", "N/A", "NULL", "<Null>", "nan", "未知", "不详", "None", "?", "/"],
)
def test_a_word_that_means_none_makes_no_compound(word):
    names, notes = units(["Y1", word, "Y1", word])
    assert names == ("Y1", "B2", "B4")
    assert noted(notes, f"2 buildings have {word} in column 'yard'", "B2, B4")


def test_a_word_that_only_begins_like_none_is_a_name():
    assert units(["无锡里", "Nanjing", "NA 2", "-1"])[0] == (
        *("无锡里", "Nanjing", "NA 2", "-1"),
    )


@pytest.mark.parametrize(
    ("yards", "names"),
    [
        # 0 stands alone among codes: it is none of them
        ([0, 101, 102, 0], ("B1", "101", "102", "B4")),
        (["0", "A7", "A7", "0.0"], ("B1", "A7", "B4")),
        ([0, 0, 0], ("B1", "B2", "B3")),  # never filled in
        # codes counted from 0, whose buildings stand together: a compound
        ([0, 0, 1, 1, 2], ("0", "1", "2")),
        # counted from 1; those without one stand at both ends of the town
        ([0, 1, 1, 2, 3, 0], ("B1", "1", "2", "3", "B6")),
    ],
)
def test_zero_means_none_unless_codes_are_counted_from_it(yards, names):
    found, notes = units(yards)
    assert found == names
    assert noted(notes, "a 0 in column 'yard'")


def test_codes_that_may_mean_the_same_are_told_and_kept_apart():
    names, notes = units(["007", 7, "5.0", 5, "A 1", "a1", "8"])
    assert len(names) == 7
    assert noted(notes, "007 and 7; 5 and 5.0; A 1 and a1: they were kept apart")


def test_a_name_in_two_places_is_told_with_a_remedy():
    _, notes = units(["No.1", "Y2", "Y3", "No.1"])
    assert noted(notes, "No.1 (B1 and B4, 180 m apart)", "a name of its own")


@pytest.mark.parametrize(
    ("yards", "step"),
    [
        (["Y1", "Y1", "Y2"], 250.0),  # far from each other, but nothing between
        (["Y1", "Y2", "Y1", "Y2"], 40.0),  # one stands between, but they are near
        (["Y1", "Y2", "Y3", "Y4"], 900.0),
    ],
)
def test_compounds_that_stand_together_are_not_told(yards, step):
    assert not noted(units(yards, step=step)[1], "stand together")
