"""Imports point down one list, and each big dependency has one door."""

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "zoning"

# From the ground up: a module imports only what stands above its own line. A name may
# stand here before its file does; a file without its name may not be.
LAYERS = (
    "errors",
    "decoded",
    "arguments",
    "labelled",
    "findings",
    "clock",
    "amounts",
    "order",
    "stopping",
    "starting",
    "numerals",
    "written.put",
    "written.papers",
    "costs",
    "units",
    "yes_no",
    "rules",
    "ground",
    "terms",
    "contradictions",
    "problem",
    "reading.triangles",
    "reading.places",
    "reading.buildings",
    "reading.bridges",
    "reading.neighbours",
    "adjacency",
    "reading.streets",
    "reading.earth",
    "reading.words",
    "reading.exact",
    "reading.ogr",
    "reading.geojson",
    "reading.dbf",
    "reading.layers",
    "reading.coordinates",
    "reading.files",
    "reading.columns",
    "reading.compounds",
    "reading.facts",
    "reading.unused",
    "reading.shapes",
    "reading.around",
    "read",
    "bundling.lot_rules",
    "scenario_forms",
    "scenario",
    "plan",
    "naming",
    "violations",
    "check_rules",
    "check",
    "why.diagnosis",
    "result",
    "money.revenue",
    "bundling.building_facts",
    "bundling.sizes",
    "bundling.zones",
    "bundling.check_lot_rules",
    "bundling.check_lots",
    "bundling.check_stations",
    "model.cpsat",
    "model.highs",
    "model.names",
    "model.rows",
    "model.loose_names",
    "model.zone_model",
    "model.allocate_model",
    "model.column_lp",
    "model.joint_model",
    "model.column_mip",
    "model.column_cuts",
    "model.column_windows",
    "model.column_model",
    "model.many_columns",
    "model.diverse_model",
    "model.award_offers",
    "model.award_cliques",
    "model.award_lp",
    "model.award_build",
    "model.award_model",
    "model.median_model",
    "search.code_cache",
    "search.compiled",
    "search.heap",
    "search.chance",
    "search.arrays",
    "search.of_problem",
    "search.windows",
    "search.company",
    "search.lot_stock",
    "search.lot_sets",
    "search.cover",
    "search.pair_state",
    "search.pair_moves",
    "search.zones",
    "search.slots",
    "search.offers",
    "search.reach",
    "search.tree",
    "search.prospect",
    "search.pricing",
    "search.open_pairs",
    "search.subset_rows",
    "search.relax",
    "search.joined",
    "search.grow",
    "search.state",
    "search.sweeps",
    "search.hub_bound",
    "search.anneal",
    "search.pick",
    "search.master",
    "search.dive",
    "search.exact",
    "search.zone_graph",
    "search.run",
    "search.limits",
    "search.impossible_rules",
    "search.impossible_unit",
    "search.every_zone",
    "search.hot_spot",
    "search.listed",
    "search.coarse",
    "search.start",
    "search.recount",
    "search.turns",
    "search.improve",
    "search.large",
    "search.refute",
    "search.whole",
    "search.centers",
    "search.assign",
    "search.center_sets",
    "search.allocation",
    "search.locate_sets",
    "search.locate_plans",
    "search.locate_bounds",
    "search.locate",
    "search.impossible",
    "search.dead_ends",
    "search.auto",
    "search.feasible",
    "why.requirements",
    "why.ladders",
    "why.case",
    "why.relaxations",
    "why.diagnose",
    "why.diagnosed",
    "what_if.difference",
    "what_if.keep",
    "solve",
    "what_if.edit",
    "what_if.tightest",
    "why.zone_limits",
    "why.explanations",
    "why.explain_building",
    "why.explain_zone",
    "why.explain",
    "why.what_it_takes",
    "why.price_of_rules",
    "search.diverse",
    "what_if.alternatives",
    "what_if.compare",
    "bundling.figures",
    "bundling.listing",
    "bundling.choice",
    "bundling.search",
    "bundling.reasons",
    "lots",
    "what_if.frontier",
    "money.statement",
    "money.statements",
    "money.sensitivity",
    "money.chances",
    "tender.yuan",
    "tender.bids",
    "tender.rules",
    "tender.lot_names",
    "tender.measures",
    "tender.bid_file",
    "tender.bid_table",
    "tender.bid_prices",
    "tender.read_bids",
    "tender.admission",
    "tender.check_award",
    "tender.search",
    "tender.margins",
    "tender.award",
    "tender.reasons",
    "tender.report",
    "tender.markdown",
    "tender.files",
    "tender.simulate",
    "bundling.stations",
    "joint.pair",
    "joint.result",
    "joint.pool",
    "joint.wanted",
    "joint.exact",
    "joint.bound",
    "joint.moves",
    "joint.joint",
    "town.grid",
    "town.survey",
    "town.houses",
    "town.lines",
    "town.office",
    "datasets",
    "written.rows",
    "written.region",
    "written.rules",
    "written.lots",
    "written.digests",
    "written.table",
    "written.written",
    "written.differences",
    "written.fields",
    "written.file",
    "written.edits",
    "written.changes",
    "written.layer",
    "written.facts",
    "plot.lanes",
    "plot.areas",
    "plot.colours",
    "plot.fonts",
    "plot.rules",
    "plot.strokes",
    "plot.barriers",
    "plot.ties",
    "plot.sheet",
    "plot.land",
    "plot.labels",
    "plot.pen",
    "plot.changes",
    "plot.compare",
    "plot.alternatives",
    "plot.frontier",
    "plot.why",
    "plot.panel",
    "plot.plan",
    "plot.money",
    "plot.risk",
    "plot.stations",
    "write",
    "written.stations",
    "written.money",
    "cli.screen",
    "cli.signals",
    "cli.ending",
    "cli.program",
    "cli.options",
    "cli.lots",
    "cli.progress",
    "cli.words",
    "cli.written",
    "cli.alternatives",
    "cli.award",
    "cli.bundle",
    "cli.check",
    "cli.adopt",
    "cli.compare",
    "cli.explain",
    "cli.frontier",
    "cli.money",
    "cli.plan",
    "cli.sample",
    "cli.stations",
    "cli.commands",
    "cli",
    "__main__",
)


def _family(start):
    """The modules whose names begin so."""
    return {name for name in LAYERS if name.startswith(start)}


# Packages that only some modules may import at all.
DOORS = {
    "ortools": _family("model."),
    "highspy": _family("model."),
    "geopandas": _family("reading.") | {"adjacency", "town.lines", "datasets", "write"},
    "matplotlib": _family("plot."),
    "momepy": {"adjacency"},
    "typer": _family("cli"),
    "rich": _family("cli"),
    "numba": _family("search."),
    "openpyxl": {"tender.bid_file"},
}
# Packages imported only inside functions, so that others need not pay for them.
ON_USE = {
    "matplotlib": set(),
    "momepy": set(),
    "openpyxl": set(),
    "geopandas": DOORS["geopandas"] - {"adjacency"},
}


def _name(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


FILES = {_name(path): path for path in PACKAGE.rglob("*.py")}
BARE = {name for name, path in FILES.items() if path.name == "__init__.py"} - {"cli"}
MODULES = sorted(FILES.keys() - BARE)  # folders, and the whole, have no code of theirs


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


def _own(imported):
    """The module of the package that an import names, or None."""
    if imported.split(".")[0] != "zoning":
        return None
    rest = imported.removeprefix("zoning").removeprefix(".")
    while rest and rest not in MODULES:
        rest = rest.rpartition(".")[0]
    return rest or imported


def test_every_module_has_its_layer():
    assert not set(MODULES) - set(LAYERS)
    assert len(set(LAYERS)) == len(LAYERS)


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name):
    below = set(LAYERS[: LAYERS.index(name)])
    upward = {
        imported
        for imported, _ in _imports(name)
        if (own := _own(imported)) is not None and own not in below
    }
    assert not upward


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


def test_folders_hold_no_code_of_their_own():
    for folder in BARE - {""}:
        tree = ast.parse(FILES[folder].read_text("utf-8"))
        assert all(isinstance(node, ast.Expr) for node in tree.body)
