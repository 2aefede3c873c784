"""The plan a command is told to start from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoning.check import judge
from zoning.errors import InputError
from zoning.lots import Lots
from zoning.lots.lot import LotsVerdict
from zoning.output.write import BUILDINGS, PLAN
from zoning.plan import Plan
from zoning.planfile.digests import edited_parts
from zoning.planfile.edits import edited
from zoning.planfile.file import read_plan
from zoning.planfile.layer import with_layer
from zoning.planfile.written import Written
from zoning.result import Result, Status


def plan_path(folder: str) -> Path:
    """The plan.json of a folder; a file is taken as it is."""
    path = Path(folder)
    return path if path.suffix == ".json" else path / PLAN


def as_written(folder: str) -> Written:
    """The plan and its lots as the search wrote them.

    Raises
    ------
    InputError
        There is no plan that can be read, or its file was edited: status and bound
        are of what stood there before.
    """
    path = plan_path(folder)
    written = read_plan(path)
    if parts := edited_parts(written.table):
        msg = (
            f"{path} was edited since it was written ({', '.join(parts)}). What it "
            "says of itself, its proof above all, is of what stood there before; "
            f"`zoning check {folder}` judges what stands there now. Restore the file, "
            "or plan again."
        )
        raise InputError(msg)
    return written


def written_in(folder: str) -> Written:
    """The same, where the layer beside the file tells of no other plan.

    Raises
    ------
    InputError
        As `as_written`; or the layer was edited by hand: which of the two is meant is
        for the planner to say.
    """
    written, layer = as_written(folder), layer_path(folder)
    if not layer.exists():
        return written
    try:
        other = edited(written, layer)
    except InputError:
        with_layer(written, layer)  # tells where it is not the layer of this plan
        raise
    if other is not written:
        msg = (
            f"{layer} was edited by hand: its zones or lots are not those of {PLAN}. "
            f"`zoning check {folder}` tells the edits, `zoning adopt {folder}` makes "
            "them the plan. Or undo them."
        )
        raise InputError(msg)
    return written


def layer_path(folder: str) -> Path:
    """The layer of buildings beside a plan.json."""
    return plan_path(folder).parent / BUILDINGS


def files_of(folder: str) -> list[str]:
    """The files that a written plan is read from."""
    files = (plan_path(folder), layer_path(folder))
    return [str(path) for path in files if path.exists()]


def drawn(folder: str, written: Written, *, columns: Sequence[str] = ()) -> Plan:
    """The plan with the footprints, and columns, of the layer beside its file."""
    return with_layer(written, layer_path(folder), columns=columns)


def drawn_plan(folder: str) -> Plan:
    """The plan as it stands in the file, with the footprints of the layer beside it."""
    return drawn(folder, written_in(folder))


def require_sound(folder: str, written: Written) -> None:
    """A plan that is written anew must keep its rules.

    Raises
    ------
    InputError
        It breaks one.
    """
    if faults := written.verdict.faults:
        msg = (
            f"The plan of {plan_path(folder)} breaks its rules: {' '.join(faults)} "
            f"`zoning check {folder}` tells more. Restore the file, or plan again."
        )
        raise InputError(msg)


def searched_by(written: Written) -> dict[str, Any]:
    """How the plan of a file was searched, and why it has so many zones."""
    known = written.table["parameters"]
    names = ("seed", "time_limit", "workers", "number")
    return {name: known[name] for name in names if name in known}


def require_lots(folder: str, written: Written) -> LotsVerdict:
    """What the checker says of the lots of a file.

    Raises
    ------
    InputError
        It has none.
    """
    verdict = written.lots_verdict
    if verdict is None or not verdict.lots:
        msg = (
            f"{plan_path(folder)} has no lots. Plan again with --lot-size 3. Or make "
            "lots of its zones with `zoning bundle`."
        )
        raise InputError(msg)
    return verdict


def lots_of(folder: str, written: Written, plan: Plan) -> Lots:
    """The lots of the file as those of its plan, priced anew.

    Raises
    ------
    InputError
        The file has no lots.
    """
    verdict, table = require_lots(folder, written), written.table["lots"]
    return Lots(
        plan,
        Status(table["status"]),
        verdict.lots,
        verdict.cost,
        min(table["bound"], verdict.cost),
        verdict.separate_cost,
        0.0,
    )


def result_of(written: Written, plan: Plan) -> Result:
    """The plan of a file as a result, its bound and status as they were written."""
    table, verdict = written.table, judge(plan)
    return Result(
        Status(table["status"]),
        plan,
        verdict,
        min(table["bound"] + table.get("change_cost", 0), verdict.total),
        float(table["seconds"]),
        table["reason"],
        excess_bound=min(table.get("excess_bound", 0), verdict.excess),
        change_bound=min(table.get("change_bound", 0), int(verdict.changed.sum())),
    )
