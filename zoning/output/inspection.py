"""The picture of an inspection as a file."""

from __future__ import annotations

from pathlib import Path

from zoning.analysis.inspection import Inspection
from zoning.planfile.atomic import atomic_write, build_each
from zoning.plot.inspection import save

PICTURE = "inspect.png"


def write_inspection(folder: str | Path, found: Inspection) -> list[str]:
    """Write the picture; what could not be drawn is told, and nothing else fails.

    Parameters
    ----------
    folder
        Made if it is not there; a picture in it is replaced.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    told: list[str] = []

    def build(space: Path) -> None:
        told.extend(build_each(space, [(PICTURE, lambda path: save(path, found))]))

    atomic_write(folder, (PICTURE,), build)
    return told
