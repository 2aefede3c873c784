"""What commands that read buildings are asked of them: one bundle of options."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from zoning.adjacency import Delaunay
from zoning.analysis.inspect import columns_read, columns_unread
from zoning.analysis.inspection import ColumnUse
from zoning.cli import options
from zoning.errors import InputError
from zoning.read import read
from zoning.reading.coordinates import crs_of
from zoning.reading.files import load_layers
from zoning.reading.join import joined
from zoning.reading.roles import choose
from zoning.region import Region
from zoning.scenario import Scenario, read_profile, read_scenario_file
from zoning.scenario.profile import HARBIN
from zoning.text.issues import Issues


@dataclass(frozen=True)
class Reading:
    """Options of reading as they were typed; each field is one option."""

    files: options.Files
    join: options.Join = None
    on: options.On = None
    unit: options.Unit = None
    area: options.Area = None
    households: options.Households = None
    id_: options.Id = None
    column: options.Columns = None
    sums: options.Sums = None
    only: options.Only = None
    barriers: options.Barriers = None
    streets: options.Streets = None
    cut_at: options.CutAt = None
    neighbour_distance: options.NeighbourDistance = None
    max_gap: options.MaxGap = None
    crs: options.Crs = None
    datum: options.Datum = None
    scenario: options.Scenario = None
    profile: options.Profile = None

    def scenario_asked(self) -> Scenario:
        """Figures, limits and rules: of the scenario, else of the profile."""
        figures = read_profile(self.profile or HARBIN)
        if self.scenario is None:
            return Scenario(figures)
        return read_scenario_file(self.scenario, profile=figures)

    def region(self, asked: Scenario) -> Region:
        """The region of the files, read as this and the scenario say."""
        return read(
            [*self.files],
            join=self.join,
            on=options.on_of(self.on),
            unit=self.unit,
            area=self.area,
            households=self.households,
            sums=list(dict.fromkeys([*(self.sums or ()), *asked.sums])),
            columns={**asked.columns, **options.columns_of(self.column)},
            only=self.only or asked.only,
            barriers=self.barriers or None,
            streets=self.streets or None,
            cut_at=_classes(self.cut_at),
            max_gap=self.max_gap or asked.max_gap,
            crs=self.crs or asked.crs,
            datum=self.datum or asked.datum,
            id=self.id_,
            costs=asked.costs,
            adjacency=Delaunay(self.neighbour_distance),
        )

    @property
    def all_files(self) -> list[str]:
        """Everything that is read."""
        around = [*(self.barriers or ()), *(self.streets or ())]
        return [*self.files, *around, *([self.join] if self.join else ())]

    def columns_found(self) -> tuple[list[ColumnUse], list[str]]:
        """Columns by what they are read as, and the others, whatever else is wrong.

        None of either where the files cannot be read at all.
        """
        log = Issues()
        layers = load_layers({"buildings": [*self.files]}, crs_of(self.crs, log), log)
        given = layers["buildings"]
        if given is not None and self.join is not None:
            given = joined(given, self.join, options.on_of(self.on), log)
        if given is None:
            return [], []
        named = {"unit": self.unit, "area": self.area, "households": self.households}
        asked = {**options.columns_of(self.column), **named, "id": self.id_}
        headers = {role: given for role, given in asked.items() if given}
        choices = tuple(choose(given, headers, (), log).values())
        return [*columns_read(given, choices)], columns_unread(given, choices)

    def words(self, instead: Mapping[str, str] | None = None) -> list[str]:
        """What to type to ask for the same: files, then options that were given.

        Parameters
        ----------
        instead
            Options that are to have another value.
        """
        files = [f"./{one}" if one.startswith("-") else one for one in self.files]
        pairs = [(x, y) for x, y in self._options() if x not in (instead or {})]
        pairs += (instead or {}).items()
        return [*files, *(word for pair in pairs for word in pair)]

    def _options(self) -> Iterator[tuple[str, str]]:
        for name, option in _OPTIONS.items():
            value = getattr(self, name)
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    yield option, f"{one:g}" if isinstance(one, float) else one


def with_reading(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose first argument is typed as the options of `Reading`."""
    hints = get_type_hints(Reading, include_extras=True)
    asked = [
        Parameter(
            field.name,
            Parameter.POSITIONAL_OR_KEYWORD,
            annotation=hints[field.name],
            default=Parameter.empty if field.default is MISSING else field.default,
        )
        for field in fields(Reading)
    ]
    own = [*signature(command, eval_str=True).parameters.values()][1:]

    def typed(**given: Any) -> None:
        reading = Reading(**{one.name: given.pop(one.name) for one in asked})
        command(reading, **given)

    typed.__name__, typed.__doc__ = command.__name__, command.__doc__
    typed.__annotations__ = {}
    typed.__signature__ = Signature([*asked, *own])  # type: ignore[attr-defined] # read
    return typed


def _option_of(name: str, hint: Any) -> str:
    """How an option is typed: as it is called, or like its field."""
    (told,) = (one for one in get_args(hint)[1:] if hasattr(one, "param_decls"))
    names = (told.default, *(told.param_decls or ()))
    own = [one for one in names if isinstance(one, str) and one.startswith("--")]
    return own[0] if own else f"--{name.replace('_', '-')}"


_OPTIONS = {
    name: _option_of(name, hint)
    for name, hint in get_type_hints(Reading, include_extras=True).items()
    if name != "files" and get_origin(hint) is Annotated
}


def _classes(words: str | None) -> list[str]:
    """The classes of streets that were asked for, by commas of either width."""
    if words is None:
        return []
    parts = re.split("[,，、]", words)  # noqa: RUF001 - as they are typed
    classes = [part.strip() for part in parts if part.strip()]
    if not classes:
        msg = f"--cut-at names no class of streets; got {words!r}. Leave it out."
        raise InputError(msg)
    return classes
