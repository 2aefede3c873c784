"""The house is measured by its source: what is counted is counted rightly."""

import pytest

from benchmarks import house, rows

MODULES = {
    "__init__.py": '"""The whole."""\n',
    "errors.py": (
        "'''Faults.'''\n\n\nclass Fault(Exception):\n    '''One.'''\n\n    code = 1\n"
    ),
    "rules/__init__.py": "from zoning.rules.kinds import Pin\n",
    "rules/kinds.py": (
        "MOST = 3\n\n\nclass Rule:\n    '''Asked.'''\n\n\nclass Pin(Rule):\n"
        "    def holds(self):\n        return MOST\n"
    ),
    "plan.py": (
        "from zoning.rules import Pin\n# why\n\nclass Fault: pass\n\n"
        "def pins(rules):\n    return [r for r in rules if isinstance(r, Pin | int)]\n"
    ),
    "check.py": (
        "from zoning.plan import pins\n\n\ndef late():\n    import zoning.draw\n"
    ),
    "draw.py": "from zoning import check\n",
}


@pytest.fixture
def tree(tmp_path):
    for name, text in MODULES.items():
        path = tmp_path / "zoning" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return house.House(tmp_path)


def test_lines_are_those_with_code(tree):
    assert tree.lines["zoning.errors"] == 2
    assert tree.lines["zoning.plan"] == 4
    assert tree.lines["zoning"] == 0


def test_rooms_stand_on_one_another_and_circles_are_one_floor(tree):
    found = house.plan_of_rooms(tree)
    assert (found["rooms"], found["floors"], found["arrows"]) == (4, 3, 4)
    assert found["circles"] == [["check", "draw"]]
    assert found["arrows_in_circles"] == 2


def test_tests_for_a_class_of_rules_are_found(tree):
    assert house.rule_names(tree) == {"Pin"}
    assert house.tests_of_kind(tree, {"Pin"}) == {"zoning.plan": 1}


def test_the_page_is_that_of_the_stored_rows():
    found = [*rows.read_rows(house.FILE)]
    text = house.page(found)
    assert text == house.PAGE.read_text("utf-8")
