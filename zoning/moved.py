"""Modules by the names they had: for one release they import, with a warning."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MOVED = {
    "zoning.bundling.check_lot_rules": "zoning.lots.check_rules",
    "zoning.bundling.check_lots": "zoning.lots.check",
    "zoning.bundling.check_stations": "zoning.lots.check_stations",
    "zoning.bundling.lot_rules": "zoning.lots.rules",
    "zoning.bundling.stations": "zoning.lots.stations",
    "zoning.joint.pair": "zoning.joint.solution",
    "zoning.money.chances": "zoning.finance.monte_carlo",
    "zoning.money.revenue": "zoning.revenue",
    "zoning.money.sensitivity": "zoning.finance.sensitivity",
    "zoning.money.statement": "zoning.finance.statement",
    "zoning.money.statements": "zoning.finance.accounts",
    "zoning.search.anneal": "zoning.search.annealing.region_growing",
    "zoning.search.assign": "zoning.search.strategies.assignment",
    "zoning.search.improve": "zoning.search.strategies.lns",
    "zoning.search.locate": "zoning.search.strategies.location_allocation",
    "zoning.search.start": "zoning.search.strategies.anneal",
    "zoning.search.whole": "zoning.search.strategies.column_generation",
    "zoning.town.grid": "zoning.datasets.grid",
    "zoning.town.houses": "zoning.datasets.houses",
    "zoning.town.lines": "zoning.datasets.lines",
    "zoning.town.office": "zoning.datasets.office",
    "zoning.town.survey": "zoning.datasets.survey",
    "zoning.units": "zoning.region",
    "zoning.what_if.alternatives": "zoning.analysis.alternatives",
    "zoning.what_if.compare": "zoning.analysis.compare",
    "zoning.what_if.difference": "zoning.analysis.difference",
    "zoning.what_if.edit": "zoning.analysis.edit",
    "zoning.what_if.frontier": "zoning.analysis.frontier",
    "zoning.what_if.keep": "zoning.analysis.keep",
    "zoning.what_if.tightest": "zoning.analysis.tightest",
    "zoning.why.diagnose": "zoning.analysis.diagnose",
    "zoning.why.diagnosis": "zoning.diagnosis",
    "zoning.why.explain": "zoning.analysis.explain",
    "zoning.why.explain_building": "zoning.analysis.explain_building",
    "zoning.why.explain_zone": "zoning.analysis.explain_zone",
    "zoning.why.price_of_rules": "zoning.analysis.price_of_rules",
    "zoning.why.what_it_takes": "zoning.analysis.what_it_takes",
    "zoning.write": "zoning.output.write",
    "zoning.written.differences": "zoning.planfile.verify",
    "zoning.written.edits": "zoning.planfile.edits",
    "zoning.written.file": "zoning.planfile.file",
}
FOLDERS = {
    "zoning.bundling",
    "zoning.money",
    "zoning.town",
    "zoning.what_if",
    "zoning.why",
    "zoning.written",
}


class _Moved(MetaPathFinder, Loader):
    """Finds a module by its old name, and gives the one that has taken its place."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol has it
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname in MOVED:
            return ModuleSpec(fullname, self)
        return (
            ModuleSpec(fullname, None, is_package=True) if fullname in FOLDERS else None
        )

    def exec_module(self, module: ModuleType) -> None:
        old = module.__name__
        msg = f"The module {old} is now {MOVED[old]}; the next release has no old name."
        warnings.warn(msg, DeprecationWarning, stacklevel=2)
        sys.modules[old] = import_module(MOVED[old])


def keep_old_names() -> None:
    """Have Python find modules by their old names as well."""
    sys.meta_path.append(_Moved())
