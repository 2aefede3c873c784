"""Imports point down one list, and each big dependency has one door."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "zoning"

# From the ground up: a module imports only what stands above its own line.
LAYERS = (
    "errors",
    "costs",
    "units",
    "adjacency",
    "problem",
    "streets",
    "read",
    "plan",
    "check",
    "result",
    "check_lots",
    "model.cpsat",
    "model.column_lp",
    "model.column_model",
    "model.zone_model",
    "search.arrays",
    "search.zones",
    "search.prospect",
    "search.pricing",
    "search.subset_rows",
    "search.relax",
    "search.anneal",
    "search.exact",
    "search.zone_graph",
    "search.run",
    "search.start",
    "search.improve",
    "search.quilt",
    "search.refute",
    "search.whole",
    "search.assign",
    "search.impossible",
    "search.auto",
    "solve",
    "sweep",
    "lots",
    "datasets",
    "plan_json",
    "plot",
    "write",
    "cli",
)

# Packages that only some modules may import at all.
DOORS = {
    "ortools": {"model.cpsat", "model.column_model", "model.zone_model"},
    "highspy": {"model.column_lp", "model.column_model"},
    "geopandas": {"read", "write", "plot", "datasets", "adjacency"},
    "matplotlib": {"plot"},
    "momepy": {"adjacency"},
    "typer": {"cli"},
    "rich": {"cli"},
    "numba": {name for name in LAYERS if name.startswith("search.")},
}
# Packages imported only inside functions, so that others need not pay for them.
ON_USE = {"matplotlib": set(), "momepy": set(), "geopandas": DOORS["geopandas"]}
ON_USE["geopandas"] = ON_USE["geopandas"] - {"adjacency", "plot"}


def _name(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts)


MODULES = sorted(
    _name(path) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"
)


def _imports(name):
    """Every module imported, and whether it is when this module is loaded."""
    tree = ast.parse((PACKAGE / (name.replace(".", "/") + ".py")).read_text("utf-8"))
    yield from _walk(tree, at_load=True)


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


def _own(imported):
    """The module of the package that an import names, or None."""
    if imported.split(".")[0] != "zoning":
        return None
    rest = imported.removeprefix("zoning").removeprefix(".")
    while rest and rest not in MODULES:
        rest = rest.rpartition(".")[0]
    return rest or imported


def test_every_module_has_its_layer():
    assert sorted(LAYERS) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name):
    below = set(LAYERS[: LAYERS.index(name)])
    upward = {
        imported
        for imported, _ in _imports(name)
        if (own := _own(imported)) is not None and own not in below
    }
    assert not upward


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


def test_folders_hold_no_code_of_their_own():
    for folder in ("model", "search"):
        tree = ast.parse((PACKAGE / folder / "__init__.py").read_text("utf-8"))
        assert all(isinstance(node, ast.Expr) for node in tree.body)
