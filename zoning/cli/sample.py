"""``zoning sample``: a made-up town to try things on."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated

import typer

from zoning.cli import options
from zoning.cli.claim import claim
from zoning.cli.screen import consoles
from zoning.datasets import old_town
from zoning.planfile.atomic import atomic_write


def sample(
    buildings: Annotated[int, typer.Option(help="How many.")] = 98,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same town.")] = 88,
    out: options.Out = "sample",
) -> None:
    """Draw a made-up old town to try things on."""
    screen, log = consoles()
    claim(out, log)
    town = old_town(buildings, seed=seed)
    atomic_write(out, [f"{field.name}.geojson" for field in fields(town)], town.write)
    screen.print(f"A town of {buildings:,} buildings is in {out}. Plan it with")
    screen.print(
        f"zoning plan {out}/buildings.geojson {out}/barriers.geojson "
        f"{out}/streets.geojson --out plan",
        soft_wrap=True,
    )
