"""The published schema of the scenario file: it and the reader say the same."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.test_scenario import EVERY_RULE
from zoning.errors import InputError
from zoning.scenario import from_tables
from zoning.scenario.forms import FORMS, LOT_INDEX, LOTS
from zoning.scenario.schema import SCHEMA

ROOT = Path(__file__).parents[1]
VALID = Draft202012Validator(SCHEMA)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(
        re.findall(r"```toml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    )
]


def as_json(text):
    """A file as editors hold it against a schema: days are words."""
    return json.loads(json.dumps(tomllib.loads(text), default=str))


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_of_the_pages_is_valid(block):
    assert [*VALID.iter_errors(as_json(block))] == []


VALID_TEXTS = [
    EVERY_RULE,
    "",
    "[contain]\ncolumn = 'yard'",
    "[[pin]]\nzone = 3\nbuildings = ['a', 7]",
    "[[pin]]\ncolumn = 'pin'",
    "[radius]\nsoft = 500.5\nprice = 90",
    "[[radius]]\nhard = 9",
    "[bands.area]\nhigh = 9e4",
    "[bands.area]\nhigh = 9e4\n[bend]\ncost = 2\narea = 'never'",
    "[lots]\ntogether = [['1', 2]]\nstart = 2026-07-01\n[lots.bands.wait]\nhigh = 9",
    "[resources.gardener]\ncapacity = 5_000\nper = 'green'\nshared = 'zone'",
    "[resources.cleaner]\nwage = 3000",
    "[previous]\ncolumn = 'p'\nprice = 0",
]
BROKEN_TEXTS = [
    "colums = ['fee']",
    "columns = 'fee'",
    "legal_area = 'no'",
    "radius = 900",
    "[costs]\ntravl = 1",
    "[costs]\nfee = '1'",
    "[costs]\nfee = -1",
    "[costs]\nfee = 1001",
    "[costs]\ncollection = 60",
    "[resources.gardener]\nwage = 5",
    "[resources.cleaner]\ncapacity = 0",
    "[resources.cleaner]\nshared = 'town'",
    "[resources.cleaner]\nwages = 3000",
    "[bands.cost]\nhigh = 5",
    "[bands.area]\nlow = 5",
    "[bands.area]\nlow = 3\nhigh = 3.5",
    "[bands.area]\nhigh = 1e16",
    "[bend]\ncost = 0",
    "[bend]\ncost = true",
    "[bend]\ncost = 'no'",
    "[[contain]]",
    "[[contain]]\ncolumn = ' '",
    "[[pin]]\nzone = '1'\nbuilding = ['a']",
    "[[pin]]\nzone = '1'\ncolumn = 'x'",
    "[[must_link]]\nbuildings = ['a', 1.5]",
    "[[border]]\ncolumn = 'x'\nprice = true",
    "[[previous]]\ncolumn = 'a'\n[[previous]]\ncolumn = 'b'",
    "[lots]\nsize = 3",
    "[lots]\nstart = 'soon'",
    "[lots]\ncannot_link = ['1', '2']",
    "[lots.bands.area]\nlow = 9",
    "[lots.index]\nage = 'old'",
]


@pytest.mark.parametrize("text", VALID_TEXTS)
def test_what_is_read_is_valid(text):
    from_tables(tomllib.loads(text))
    assert [*VALID.iter_errors(as_json(text))] == []


@pytest.mark.parametrize("text", BROKEN_TEXTS)
def test_what_is_refused_is_not_valid(text):
    with pytest.raises(InputError):
        from_tables(tomllib.loads(text))
    assert not VALID.is_valid(as_json(text))


USUAL = {
    "border": {"column": "c", "price": 1},
    "soft_barrier": {"barrier": "b", "price": 1},
    "radius": {"hard": 900, "soft": 500, "price": 90},
    "target": {"zone": "1", "factor": 1},
    "spread": {"column": "c", "most": 1},
    "previous": {"column": "c", "budget": 0.1, "price": 1},
}
RANGES = [
    (name, key, kind.schema)
    for name, form in [*FORMS.items(), ("lots", LOTS), ("lots.index", LOT_INDEX)]
    for key, kind in form.keys.items()
    if "minimum" in kind.schema
]


def nested(name, table):
    return {"lots": {"index": table}} if name == "lots.index" else {name: table}


@pytest.mark.parametrize(("name", "key", "schema"), RANGES)
def test_ranges_are_those_that_reading_holds_values_to(name, key, schema):
    for value in (schema["minimum"] - 1, schema["maximum"] + 1):
        tables = nested(name, {**USUAL.get(name, {}), key: value})
        assert not VALID.is_valid(tables)
        with pytest.raises(InputError):
            from_tables(tables)
