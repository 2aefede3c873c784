"""Borders no zone crosses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from zoning.region import Barrier, Region
from zoning.rules.asked import Drawn, Setting
from zoning.rules.places import value_of_units
from zoning.rules.rule import Rule
from zoning.rules.violation import Violation
from zoning.text import tables
from zoning.text.arguments import WORD, take
from zoning.text.lists import first_few


@dataclass(frozen=True)
class Contain(Rule):
    """No zone holds units of two values of a column: a subdistrict."""

    column: str

    kind: ClassVar[str] = "contain"

    def __post_init__(self) -> None:
        take(self, column=WORD)

    def __str__(self) -> str:
        return f"no zone crosses a border of {self.column}"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    def contradictions(self, region: Region) -> Iterator[str]:
        """Buildings of which it is not known, and units in two subdistricts."""
        yield from self.blanks(region, self.column)
        values: list[set[str]] = [set() for _ in region.names]
        column = region.columns[self.column]
        for i, value in zip(region.unit_of_building, column, strict=True):
            values[i].add(str(value))
        mixed = [region.called(i) for i, some in enumerate(values) if len(some) > 1]
        if mixed:
            yield (
                f"Buildings of one unit have different {self.column}: "
                f"{first_few(mixed)}. No zone may cross that border, so correct "
                "the column or do not keep these buildings together."
            )

    def cut(self, region: Region) -> Region:
        """No edge joins units of two values of the column."""
        words = [str(value) for value in value_of_units(region, self.column)]
        value = np.unique(np.array(words), return_inverse=True)[1]
        across = value[region.edges[:, 0]] != value[region.edges[:, 1]]
        if not across.any():
            return region
        border = Barrier(f"border of {self.column}", "border")
        gone = region.edges[across]
        bridges = region.bridges
        kept = value[bridges[:, 0]] == value[bridges[:, 1]]
        return replace(
            region,
            edges=region.edges[~across],
            bridges=bridges[kept],
            spans=tuple(span for span, k in zip(region.spans, kept, strict=True) if k),
            cut_edges=np.concatenate([region.cut_edges, gone]),
            cut_by=(*region.cut_by, *((border,),) * len(gone)),
        )

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        for zone, value_of in enumerate(drawn.values_by_zone(self.column)):
            values: dict[str, str] = {}
            for name, value in value_of.items():
                values.setdefault(str(value), name)
            if len(values) > 1:
                told = ", ".join(
                    f"{v} ({drawn.told(name)})" for v, name in sorted(values.items())
                )
                called = drawn.names[zone]
                words = (
                    f"Zone {called} crosses a border of {self.column}: it holds {told}."
                )
                yield Violation(str(self), called, (), len(values), 1, words)

    def only_forbids(self, setting: Setting) -> bool:
        return not setting.priced


Contain.form = tables.Form(Contain, {"column": tables.WORD})
