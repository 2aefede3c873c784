"""The published schemas: what they accept, and that files are held against them."""

import json
from copy import deepcopy
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from zoning.check import judge
from zoning.errors import InputError
from zoning.lots import bundle
from zoning.plan import Plan
from zoning.planfile.content import to_dict, to_json
from zoning.planfile.file import read_plan
from zoning.planfile.schema import SCHEMA, wrong_fields
from zoning.problem import Band, Problem
from zoning.result import Result, Status
from zoning.rules import MustLink

SCHEMAS = Path(__file__).parents[1] / "docs" / "schemas"
VALID = Draft202012Validator(SCHEMA)


@pytest.fixture
def content(line):
    """Three zones in a row, two units each, in a lot of three."""
    region = line(*[10] * 6)
    rules = (MustLink(("a", "b")),)
    bands = {"load": Band(0, 100)}
    problem = Problem(region, 3, tolerance=0.9, bands=bands, rules=rules)
    plan = Plan(problem, [0, 0, 1, 1, 2, 2])
    verdict = judge(plan)
    result = Result(Status.FEASIBLE, plan, verdict, verdict.total - 1, 0.1, "Enough.")
    return json.loads(to_json(to_dict(result, bundle(plan), {})))


def keys(value, way=()):
    """The way to every key, of lists to the keys of the first entry."""
    inner = enumerate(value[:1]) if isinstance(value, list) else ()
    for key, one in value.items() if isinstance(value, dict) else inner:
        if isinstance(value, dict):
            yield (*way, key)
        yield from keys(one, (*way, key))


def without(content, way):
    left = deepcopy(content)
    table = left
    for key in way[:-1]:
        table = table[key]
    del table[way[-1]]
    return left


def test_the_published_schemas_are_those_that_files_are_held_against():
    spec = spec_from_file_location("make", SCHEMAS / "make.py")
    make = module_from_spec(spec)
    spec.loader.exec_module(make)
    for name, schema in make.SCHEMAS.items():
        Draft202012Validator.check_schema(schema)
        assert (SCHEMAS / name).read_text("utf-8") == make.text_of(schema), (
            "run docs/schemas/make.py"
        )


def test_a_plan_that_was_written_is_valid(content):
    assert [*VALID.iter_errors(content)] == wrong_fields(content) == []


def test_a_key_that_the_reader_needs_is_required(content, tmp_path):
    path = tmp_path / "plan.json"
    for way in keys(content):
        if len(way) > 2 and way[1] in ("lot_rules", "rules"):
            continue  # rules read their own keys
        if len(way) == 3 and way[1] == "bands":
            continue  # its price is left over: the problem tells
        left = without(content, way)
        path.write_text(json.dumps(left), "utf-8")
        if VALID.is_valid(left):
            read_plan(path)
        else:
            with pytest.raises(InputError):
                read_plan(path)


@pytest.mark.parametrize(
    "value", [None, True, -1, 2**70, 1.5, "abc", [], [[None]], {}, {"a": [1]}], ids=repr
)
def test_the_schema_and_the_reader_agree_on_every_value(content, value):
    """Word for word; and what is wrong is told by where it stands."""
    for way in keys(content):
        table = content
        for key in way[:-1]:
            table = table[key]
        kept, table[way[-1]] = table[way[-1]], value
        told = wrong_fields(content)
        assert bool(told) != VALID.is_valid(content), way
        assert all(str(way[0]) in one for one in told)
        table[way[-1]] = kept


def test_all_that_is_wrong_is_told_at_once(content):
    content["units"][1].update(area=-1, name=3)
    del content["units"][2]["x"], content["bound"]
    assert wrong_fields(content) == [
        "The file lacks the key 'bound'.",
        "units[1].name is 3; it must be a text.",
        "units[1].area is -1; it must be a whole number from 0 to "
        "1,000,000,000,000,000.",
        "units[2] lacks the key 'x'.",
    ]
