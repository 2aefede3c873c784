"""The plan a command is told to start from."""

from __future__ import annotations

from pathlib import Path

from zoning.keep import named
from zoning.plan import Plan
from zoning.plan_file import read_plan
from zoning.plan_written import Written
from zoning.write import PLAN


def plan_path(folder: str) -> Path:
    """The plan.json of a folder; a file is taken as it is."""
    path = Path(folder)
    return path if path.suffix == ".json" else path / PLAN


def written_in(folder: str) -> Written:
    """The plan and its lots as they stand in the file.

    Raises
    ------
    InputError
        There is no plan that can be read.
    """
    return read_plan(plan_path(folder))


def named_plan(folder: str) -> Plan:
    """The plan, with a rule that its zones are called as in the file."""
    written = written_in(folder)
    plan = written.plan
    return named(plan.problem, plan.zone_of, written.verdict.names)
