"""All commands in one program: ``zoning plan`` is the module `plan` here, and so on.

A command joins `app` when its module is imported. To add one, write its module and
name it in the list below.
"""

from __future__ import annotations

from zoning.cli import (  # noqa: F401 - to be imported is all they are here for
    adopt,
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

__all__ = ["app", "run"]
