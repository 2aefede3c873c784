"""What is loaded when: public names load what they need, when they are used."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import zoning
from zoning import lots
from zoning.cli.commands import COMMANDS, program

HEAVY = {"ortools", "highspy", "numba", "geopandas", "pandas", "scipy", "matplotlib"}
ENGINES = {"ortools", "highspy", "numba"}
TELL = "\nimport json, sys; print(); print(json.dumps(sorted(sys.modules)))"
COMMAND = """
import sys
from zoning.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert not end.code
"""
DRAW = """
import sys
from zoning.planfile.file import read_plan
from zoning.plot.plan import draw
draw(read_plan(sys.argv[1]).plan)
"""
CALLED_LIKE_A_MODULE = ("read", "solve")


def run(code, *typed):
    """What a fresh interpreter prints, run in front of `TELL`."""
    command = (sys.executable, "-W", "error", "-c", code, *typed)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded_by(code, *typed):
    """All packages that a fresh interpreter has loaded after some code."""
    last = run(code + TELL, *map(str, typed)).splitlines()[-1]
    return {name.partition(".")[0] for name in json.loads(last)}


def test_the_package_itself_loads_nothing_large():
    assert not loaded_by("import zoning; dir(zoning)") & {*HEAVY, "numpy"}


def test_names_are_told_before_they_are_loaded():
    assert {*zoning.__all__} <= {*dir(zoning)}


@pytest.mark.parametrize("package", [zoning, lots], ids=["zoning", "zoning.lots"])
def test_type_checkers_are_told_the_same_names_as_python(package):
    tree = ast.parse(Path(package.__file__).read_text("utf-8"))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    told = {
        (alias.asname, f"{line.module}.{alias.name}")
        for line in block.body
        for alias in line.names
    }
    homes = package._homes
    assert told == {(name, f"{homes[name]}.{name}") for name in package.__all__}


def test_every_public_name_is_there():
    for name in zoning.__all__:
        assert getattr(zoning, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'zones'"):
        _ = zoning.zones


def test_modules_are_reached_without_an_import_of_their_own():
    assert "travel" in zoning.costs.FIGURES


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLED_LIKE_A_MODULE)
@pytest.mark.parametrize(
    "lines",
    [
        "import zoning; import zoning.{0}",
        "import zoning.{0}",
        "from zoning import {0}; import zoning.{0}",
        "import zoning; zoning.{0}; import zoning.{0}",
        "import zoning.{0}; from zoning.{0} import {0}",
    ],
)
def test_a_function_stays_one_whatever_is_imported_first(name, lines):
    same = f"from zoning import {name} as a; from zoning.{name} import {name} as b"
    run(f"{lines.format(name)}; {same}; assert a is b is zoning.{name}, zoning.{name}")


ALL_FIRST = """
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
import zoning
for module in walk_packages(zoning.__path__, "zoning."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
from zoning import *
for name in zoning.__all__:
    assert isinstance(globals()[name], ModuleType) == (name == "rules"), name
"""


def test_all_names_stay_whatever_modules_were_loaded_before():
    run(ALL_FIRST)


@pytest.fixture(scope="module")
def folder(town, grown, tmp_path_factory):
    """A plan in files."""
    region = zoning.read(
        town / "buildings.geojson", unit="compound_id", area="floor_area_m2"
    )
    plan = grown(zoning.Problem(region, 6, tolerance=0.95))
    found = zoning.Result(zoning.Status.FEASIBLE, plan, zoning.judge(plan), 1, 0.1)
    out = tmp_path_factory.mktemp("plan")
    zoning.write(out, found, zoning.bundle(plan))
    return out


@pytest.mark.parametrize("typed", ["--help", "--version"])
def test_help_loads_no_command(typed):
    assert not loaded_by(COMMAND, typed) & {*HEAVY, "numpy", "shapely"}


def test_checking_a_plan_loads_no_engine(folder):
    assert not loaded_by(COMMAND, "check", folder) & ENGINES


def test_drawing_a_plan_loads_no_engine(folder):
    assert not loaded_by(DRAW, folder / "plan.json") & {*ENGINES, "geopandas"}


def test_results_are_values():
    assert not loaded_by("import zoning.result") & {*ENGINES, "geopandas", "pandas"}


def test_the_list_of_commands_says_what_each_says_of_itself():
    said = typer.main.get_command(program(COMMANDS)).commands
    assert {name: one.help.split("\n\n")[0] for name, one in said.items()} == COMMANDS
    assert [*said] == sorted(COMMANDS)
