"""The commands a planner types: ``zoning plan`` is the module `plan` here, and so on.

A command joins `app` when its module is imported. To add one, write its module and
name it in the list below.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from zoning.cli import (  # noqa: F401 - to be imported is all they are here for
    alternatives,
    award,
    bundle,
    check,
    compare,
    explain,
    frontier,
    money,
    plan,
    sample,
    stations,
)
from zoning.cli.ending import run
from zoning.cli.program import app

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; every end is an exit code and, if bad, one paragraph."""
    sys.exit(run(app, arguments))
