"""Imports point down one list, and each big dependency has one door."""

import ast
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

PACKAGE = Path(__file__).parents[1] / "zoning"

# From the ground up: a room imports only what stands above its own line. A room is a
# module or a folder of the package; the search, which is large, has rooms of its own.
ROOMS = (
    "lazy",
    "moved",
    "errors",
    "clock",
    "stopping",
    "starting",
    "text",
    "limits",
    "parallel",
    "costs",
    "directory",
    "region",
    "adjacency",
    "rules",
    "revenue",
    "open_bridges",
    "share",
    "problem",
    "number",
    "reading",
    "read",
    "datasets",
    "plan",
    "check",
    "diagnosis",
    "result",
    "solvers",
    "lots",
    "scenario",
    "planfile",
    "checkpoint",
    "finance",
    "search.kernels",
    "search.instance",
    "search.annealing",
    "search.pricing",
    "search.lagrangian",
    "search.column_generation",
    "search.run",
    "search.kept",
    "search.settle",
    "search.warm_start",
    "search.presolve",
    "search.location_allocation",
    "search.strategies",
    "search.auto",
    "search.any_plan",
    "search.elastic",
    "search.optimize",
    "search.diverse",
    "search.find_feasible",
    "analysis",
    "proof",
    "solve",
    "joint",
    "tender",
    "plot",
    "output",
    "cli",
    "__main__",
)


def _name(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


FILES = {_name(path): path for path in PACKAGE.rglob("*.py")}
BARE = {name for name, path in FILES.items() if path.name == "__init__.py"} - {"cli"}
MODULES = sorted(FILES.keys() - BARE)  # folders, and the whole, have no code of theirs


def _family(start):
    """The modules whose names begin so."""
    return {name for name in FILES if name.startswith(start)}


# Packages that only some modules may import at all.
DOORS = {
    "filelock": {"planfile.claim"},
    "ortools": _family("solvers."),
    "highspy": _family("solvers."),
    "geopandas": _family("reading.")
    | _family("adjacency.")
    | _family("datasets.")
    | _family("output."),
    "matplotlib": _family("plot."),
    "momepy": _family("adjacency."),
    "typer": _family("cli"),
    "rich": _family("cli"),
    "numba": _family("search.") | _family("joint."),
    "openpyxl": {"reading.workbooks"},
    "python_calamine": {"reading.old_workbook"},
    "pyarrow": {"reading.parquet"},
    "cloudpickle": {"parallel.store"},
    "loky": {"parallel.pools"},
    "distributed": {"parallel.pools"},
}
# Packages imported only inside functions, so that others need not pay for them.
ON_USE = {
    "matplotlib": set(),
    "momepy": set(),
    "openpyxl": {"reading.workbooks"},  # which is itself imported on use
    "python_calamine": set(),
    "pyarrow": set(),
    "loky": set(),
    "distributed": set(),
    "geopandas": DOORS["geopandas"] - _family("adjacency."),
}


@cache
def _imports(name):
    """Every module imported, and whether it is when this module is loaded."""
    tree = ast.parse(FILES[name].read_text("utf-8"))
    return [*_walk(tree, at_load=True)]


def _walk(node, *, at_load):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield alias.name, at_load
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            for alias in child.names:
                yield f"{child.module}.{alias.name}", at_load
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _walk(child, at_load=at_load and not inside)


def _room(name):
    """The room of a module, or of what an import names; None outside the package."""
    parts = name.split(".")
    if parts[0] == "search" and len(parts) > 1:
        return ".".join(parts[:2])
    return parts[0]


def _own(imported):
    """The room that an import names, or None for another package."""
    package, _, rest = imported.partition(".")
    return _room(rest) if package == "zoning" else None


def test_every_module_has_its_room():
    assert {_room(name) for name in MODULES} <= set(ROOMS)
    assert len(set(ROOMS)) == len(ROOMS)


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name):
    mine = _room(name)
    below = {*ROOMS[: ROOMS.index(mine)], mine}
    rooms = {_own(imported) for imported, _ in _imports(name)} - {None}
    assert rooms <= below


def test_no_module_imports_itself_on_the_way_round():
    graph = nx.DiGraph()
    for name in MODULES:
        for imported, loading in _imports(name):
            other = imported.removeprefix("zoning.")
            while other and other not in MODULES:
                other = other.rpartition(".")[0]
            if loading and imported.startswith("zoning.") and other:
                graph.add_edge(name, other)
    assert nx.is_directed_acyclic_graph(graph)


def test_there_is_one_clock():
    """That of `zoning.clock`, which stands still while code is compiled."""
    others = {name for name in MODULES if name != "clock"}
    clocks = {"time", "time.time", "time.perf_counter"}
    assert not [n for n in others if clocks & {module for module, _ in _imports(n)}]


@pytest.mark.parametrize("package", DOORS)
def test_a_dependency_has_few_doors(package):
    importers = {
        name
        for name in MODULES
        for imported, _ in _imports(name)
        if imported.split(".")[0] == package
    }
    assert importers <= DOORS[package]


@pytest.mark.parametrize("package", ON_USE)
def test_heavy_packages_are_imported_on_use(package):
    at_load = {
        name
        for name in MODULES
        for imported, loading in _imports(name)
        if loading and imported.split(".")[0] == package
    }
    assert at_load <= ON_USE[package]


def test_folders_only_pass_names_on():
    for folder in BARE - {""}:
        tree = ast.parse(FILES[folder].read_text("utf-8"))
        passed = ast.Expr | ast.ImportFrom | ast.Assign | ast.If  # if TYPE_CHECKING
        assert all(isinstance(node, passed) for node in tree.body)
