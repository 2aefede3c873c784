"""``zoning sample``: a made-up town to try things on."""

from __future__ import annotations

from typing import Annotated

import typer

from zoning.cli import options
from zoning.cli.screen import consoles
from zoning.datasets import old_town
from zoning.errors import InputError
from zoning.planfile.atomic import require_writable


def sample(
    buildings: Annotated[int, typer.Option(help="How many.")] = 98,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same town.")] = 88,
    out: options.Out = "sample",
) -> None:
    """Draw a made-up old town to try things on."""
    screen, _ = consoles()
    require_writable(out)
    try:
        old_town(buildings, seed=seed).write(out)
    except OSError as error:
        msg = f"{out} cannot be written to: {error.strerror}. Choose another folder."
        raise InputError(msg) from error
    screen.print(f"A town of {buildings:,} buildings is in {out}. Plan it with")
    screen.print(
        f"zoning plan {out}/buildings.geojson {out}/barriers.geojson "
        f"{out}/streets.geojson --out plan",
        soft_wrap=True,
    )
