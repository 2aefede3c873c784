"""What can be asked of a rule.

Whoever needs something of rules asks each of them, and never looks what kind it is: to
add a rule is to write one class. Every answer here is that of a rule without any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from fractions import Fraction
from typing import Any, ClassVar

from zoning.errors import InputError
from zoning.region import Barrier, Ints, Region
from zoning.rules.asked import (
    Drawing,
    Drawn,
    Ground,
    Infeasibility,
    LockedZone,
    Moved,
    Setting,
)
from zoning.rules.loosening import Loosening, one_by_one, with_fewer
from zoning.rules.places import units_of, with_ids
from zoning.rules.terms import Term
from zoning.rules.violation import Violation
from zoning.text.amounts import MOST_PRICE
from zoning.text.arguments import NAMES, take
from zoning.text.lists import first_few
from zoning.text.tables import Form


class Rule:
    """A planner's rule. A frozen dataclass below gives the answers it has."""

    kind: ClassVar[str] = ""  # its table in a scenario, and its name in plan.json
    form: ClassVar[Form]  # what that table holds
    uneven: ClassVar[bool] = False  # without it, what was allowed may break a band

    # --- what it says ------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """As plan.json holds it."""
        told = asdict(self)  # type: ignore[call-overload]
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in told.items()}
        return {"rule": self.kind, **plain}

    @property
    def about(self) -> tuple[str, ...]:
        """Buildings it names."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the building table that it reads."""
        return ()

    @property
    def names_zone(self) -> str | None:
        """The name of a zone that must be there."""
        return None

    @property
    def holds(self) -> tuple[str, ...]:
        """Buildings that this zone holds."""
        return ()

    @property
    def linked(self) -> tuple[str, ...]:
        """Buildings that share a zone, whichever."""
        return ()

    @property
    def parted(self) -> tuple[str, ...]:
        """Buildings of which no two share a zone."""
        return ()

    @property
    def locked(self) -> LockedZone | None:
        """The zone it keeps as it is."""
        return None

    @property
    def factor_of(self) -> tuple[str, float] | None:
        """A zone, and its share in times a usual zone's."""
        return None

    @property
    def former_column(self) -> str | None:
        """The column that holds last year's zones."""
        return None

    @property
    def change_price(self) -> Fraction:
        """Yuan for each m² that changes zone."""
        return Fraction(0)

    @property
    def least_change(self) -> bool:
        """Plans with fewer m² that change zone go before cheaper ones."""
        return False

    @property
    def is_priced(self) -> bool:
        """Something costs more by it."""
        return False

    @property
    def is_own(self) -> bool:
        """It is of the planner's own: no search need know all of it."""
        return False

    def forbidding(self) -> Rule:
        """The same, forbidding what it only asks a price for, where it can."""
        return self

    @property
    def unchecked(self) -> bool:
        """It cannot be judged here, since its class is not at hand."""
        return False

    # --- the map -----------------------------------------------------------------

    def faults(self, region: Region) -> Iterator[str]:
        """What it names and the region has not, in words."""
        what = f"The rule that {self} names what is not there:"
        yield from region.directory.faults(self.about, what)
        for column in self.columns:
            if column not in region.columns:
                have = ", ".join(region.columns) or "none"
                yield (
                    f"The rule that {self} needs a column {column!r}; the buildings "
                    f"have {have}. Name it when reading."
                )

    def contradictions(self, region: Region) -> Iterator[str]:
        """What in the edited region it cannot go with, in words."""
        return iter(())

    def blanks(self, region: Region, column: str) -> Iterator[str]:
        """Buildings without a value where each needs one, in words."""
        values = zip(region.building_ids, region.columns[column], strict=True)
        blank = [name for name, value in values if value is None]
        if blank:
            yield (
                f"Column {column!r} is empty for {first_few(blank)}; the "
                f"rule that {self} needs it for every building. Fill it in."
            )

    def crossing_price(self, barrier: Barrier) -> int | None:
        """Yuan a year for a unit that crosses a barrier; None: it stays closed."""
        return None

    def cut(self, region: Region) -> Region:
        """The region without the edges that it cuts."""
        return region

    def with_ids(self, region: Region) -> Rule:
        """The same with ids where it has names of buildings and compounds.

        What is not clear stays as it is; `faults` tells it.
        """
        return self

    def told(self, region: Region) -> str:
        """What it says, with names for people where `str` has ids."""
        return str(self)

    def by_building(self, region: Region) -> Rule:
        """The same with ids of buildings where it has those of units."""
        return self

    # --- search ------------------------------------------------------------------

    def terms(self, region: Region) -> Iterator[Term]:
        """What it asks of the units of the edited region, in numbers."""
        return iter(())

    def broken_in(self, region: Region, zone: str, units: Ints) -> Iterator[str]:
        """Why a locked zone of these units breaks it, in words."""
        return iter(())

    def impossible(self, ground: Ground) -> Infeasibility | None:
        """Why no plan can keep it, where a look tells."""
        return None

    # --- checker -----------------------------------------------------------------

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        """Where a plan breaks it; reads ids and columns, no term of the search."""
        return iter(())

    def charges(self, drawn: Drawn) -> int:
        """What a plan costs more by it, whole yuan a year, beside its zones."""
        return 0

    # --- why, what else ----------------------------------------------------------

    @property
    def requires(self) -> bool:
        """Something is asked for; not where it only opens what was closed."""
        return True

    def left_out(self) -> Rule | None:
        """What is left where it is not asked for."""
        return None

    def only_forbids(self, setting: Setting) -> bool:
        """Without it all plans allowed before still are, and none of them costs more.

        What moves centers makes zones cheaper that were heavy enough by their travel.
        What joins neighbours moves the shortest ways, on which priced barriers are
        counted. A target moves the shares of all.
        """
        return False

    def loosens(self, setting: Setting) -> bool:
        """Without it all plans allowed before still are, whatever they cost."""
        # a price, a way, a target: they count where cost is balanced
        return self.only_forbids(setting) or not setting.balanced

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        """The ways to loosen it; each to be tried for itself."""
        yield one_by_one(self.told(setting.region))

    def with_budget(self, budget: float) -> Rule:
        """The same with so much of the floor area that may change zone, and no more.

        As little as can be is then not asked for.
        """
        return self

    def with_least_change(self) -> Rule:
        """The same with as little change as can be instead of a budget."""
        return self

    def with_change_price(self, price: float) -> Rule:
        """The same with change at a price instead of as little as can be."""
        return self

    def concerns(self, region: Region, zone: str, units: Ints) -> bool:
        """Whether it is about the zone of this name, or buildings in it."""
        named = units_of(region, self.about)
        return self.names_zone == zone or not set(named).isdisjoint(units)

    def nearly(self, region: Region, units: Ints, near: float) -> Iterator[str]:
        """What a zone of these units has nearly reached of what it allows."""
        return iter(())

    def asks_for(self, unit: int, moved: Moved) -> bool:
        """Whether this unit is not where it was because of it."""
        return False

    def drawing(self) -> Drawing:
        """What a map shows of it."""
        return Drawing()


class OfBuildings(Rule):
    """A rule that names buildings, repeats left out.

    Raises
    ------
    InputError
        They are fewer than `least`, or no names.
    """

    buildings: tuple[str, ...]
    least: ClassVar[int] = 1  # so many different buildings it needs

    def __post_init__(self) -> None:
        take(self, buildings=NAMES)
        names = tuple(dict.fromkeys(self.buildings))
        if len(names) < self.least:
            told = ", ".join(names) or "none"
            msg = (
                f"{type(self).__name__} needs at least {self.least} different "
                f"buildings; got {told}."
            )
            raise InputError(msg)
        object.__setattr__(self, "buildings", names)

    @property
    def about(self) -> tuple[str, ...]:
        """Buildings it names."""
        return self.buildings

    def units(self, region: Region) -> Ints:
        """Positions of the units it names."""
        return units_of(region, self.buildings)

    def with_ids(self, region: Region) -> Rule:
        ids = with_ids(region, self.buildings)
        return self if ids == self.buildings else self.of(ids)

    def told(self, region: Region) -> str:
        return str(self.of(tuple(map(region.directory.called_id, self.buildings))))

    def by_building(self, region: Region) -> Rule:
        """The same with ids of buildings where it has those of units."""
        units = [region.buildings[i] for i in self.units(region)]
        return self.of(tuple(name for names in units for name in names))

    def of(self, buildings: tuple[str, ...]) -> Rule:
        """The same for other buildings."""
        made: Rule = replace(self, buildings=buildings)  # type: ignore[type-var]
        return made

    def with_fewer(self, region: Region) -> Loosening:
        """One of its buildings less; at last no rule."""
        return with_fewer(self, self.buildings, self.of, self.least, region)


def require_price(what: str, price: float) -> None:
    """Refuse a price that is none, or too high.

    Raises
    ------
    InputError
        It is not above 0, or above `MOST_PRICE`.
    """
    if not 0 < price <= MOST_PRICE:
        msg = (
            f"{what} needs a price above 0 yuan a year, at most {MOST_PRICE:,}; got "
            f"{price}."
        )
        raise InputError(msg)
