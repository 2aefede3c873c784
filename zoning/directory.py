"""What units and buildings are called by people, and what a planner's word stands for.

Inside, a unit is its position; files tell it by its id. A planner says 七政小区. Ids
stay what tells things apart: two compounds of one name are two.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any
from unicodedata import normalize

from zoning.text.lists import first_few

NAME, COMPOUND, STREET, ADDRESS = "name", "unit_name", "street", "address"  # columns
_TOLD = 5  # twins, or differing names, in a note or an error
_NEAR = 3  # names that are suggested
_HOUSE = re.compile(
    r"(?i)第?[0-9a-z一二三四五六七八九十甲乙丙丁\-#]{1,5}(号楼|号|楼|栋|幢|座|#)?"
)


@dataclass(frozen=True)
class Match:
    """What a planner's word stands for.

    Parameters
    ----------
    ids
        Ids of units or buildings: one, or all of a compound that is several units.
        None where it is not known what is meant.
    twins
        Ids of those that bear the name alike.
    near
        Where nothing bears it: what is called nearly so, with ids.
    """

    ids: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Directory:
    """Names for people, of units and buildings.

    Parameters
    ----------
    names
        Ids of units.
    buildings
        For each unit the ids of its buildings.
    columns
        Facts of buildings, unit by unit: of these ``"name"``, ``"unit_name"`` (of the
        compound), ``"street"`` and ``"address"`` are looked at, where they are there.

    Examples
    --------
    >>> two = Directory(("C1", "C2"), (("B1", "B2"), ("B3",)),
    ...                 {"unit_name": ("七政小区",) * 2 + ("新村",)})
    >>> two.labels, two.called(0), two.match("七政小区").ids
    (('七政小区', '新村'), '七政小区 (C1)', ('C1',))
    """

    names: tuple[str, ...]
    buildings: tuple[tuple[str, ...], ...]
    columns: Mapping[str, Sequence[Any]]

    # --- what things are called --------------------------------------------------

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """For each unit its name for people; its id where it has none.

        A compound is called as most of its buildings say; a building that is a unit of
        its own as the building.
        """
        if not self._has_names:
            return self.names
        start, labels = 0, []
        for name, mine in zip(self.names, self.buildings, strict=True):
            if _alone(name, mine):
                labels.append(self.building_labels[start])
            else:
                said = self._compounds[start : start + len(mine)]
                known = Counter(filter(None, said)) or {name: 1}
                labels.append(min(known, key=lambda one: (-known[one], one)))
            start += len(mine)
        return tuple(labels)

    @cached_property
    def building_labels(self) -> tuple[str, ...]:
        """For each building its name for people, unit by unit.

        A name that is a house number only goes behind that of the compound or, without
        one, of the street: 七政小区 3号楼. Its id where nothing is known of it.
        """
        if not self._has_names:
            return self._ids
        own, street = self._words(NAME), self._words(STREET)
        return tuple(
            _label(*known)
            for known in zip(self._ids, own, self._compounds, street, strict=True)
        )

    @cached_property
    def is_named(self) -> bool:
        """Some unit has a name for people that is not its id."""
        return self.labels != self.names

    def name_column(self, unit: int) -> dict[str, str]:
        """The column that tables have more where units have names, for one of them."""
        return {COMPOUND: self.labels[unit]} if self.is_named else {}

    def called(self, unit: int) -> str:
        """Name of a unit, and its id in brackets where that is another."""
        return _with_id(self.labels[unit], self.names[unit])

    @cached_property
    def all_called(self) -> tuple[str, ...]:
        """What each unit is called; as `called`."""
        return tuple(map(_with_id, self.labels, self.names))

    def called_id(self, name: str) -> str:
        """As `called`, of the unit or building of this id; what is none as it is."""
        building = self._building_of.get(name)
        if building is not None:
            return _with_id(self.building_labels[building], name)
        return self.called(self._unit_of[name]) if name in self._unit_of else name

    def told_units(self, units: Iterable[int]) -> Iterator[str]:
        """Units for a list: by name where they have one, else all their buildings."""
        for i in units:
            named = self.labels[i] != self.names[i]
            yield from (self.called(i),) if named else self.buildings[i]

    def place_of(self, name: str) -> str:
        """Street or address of the building of this id, as the file has it, or ""."""
        if name not in self._building_of:
            return ""
        at = self._building_of[name]
        return self._words(ADDRESS)[at] or self._words(STREET)[at]

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """Names of units as maps show them: with their id where several share one."""
        often = Counter(map(fold, self.labels))
        return tuple(
            self.called(i) if often[fold(label)] > 1 else label
            for i, label in enumerate(self.labels)
        )

    def notes(self) -> Iterator[str]:
        """Twins, and compounds whose buildings name them otherwise."""
        if not self._has_names:
            return
        twins = [
            f"{self.labels[mine[0]]} "
            f"({first_few((self.names[i] for i in mine), _TOLD)})"
            for mine in self._units_called.values()
            if len(mine) > 1
        ]
        if twins:
            yield (
                f"{len(twins):,} name(s) are borne by several compounds: "
                f"{first_few(twins, _TOLD)}. They stay apart; rules name them by id."
            )
        start, mixed = 0, []
        for i, mine in enumerate(self.buildings):
            said = dict.fromkeys(
                filter(None, self._compounds[start : start + len(mine)])
            )
            if len(said) > 1:
                others = [one for one in said if one != self.labels[i]]
                mixed.append(f"{self.called(i)} also {first_few(others, 3)}")
            start += len(mine)
        if mixed:
            yield (
                f"{len(mixed):,} compound(s) have several names; they are called as "
                f"most of their buildings are: {first_few(mixed, _TOLD, '; ')}."
            )

    # --- what words stand for ----------------------------------------------------

    def match(self, word: str) -> Match:
        """What a word stands for: an id, else the name of a compound or a building.

        Names match whatever their width, case and blanks. A compound that is no unit
        is all its buildings.
        """
        if word in self._building_of or word in self._unit_of:
            return Match((word,))
        key = fold(word)
        for known in (self._ids_folded, self._compounds_called, self._buildings_called):
            if found := known.get(key):
                one = len({self.unit_of(name) for name in found}) == 1
                return Match(found) if one else Match(twins=found)
        lone = self._lone_called.get(key, ())
        return Match(lone) if lone else Match(near=self._near(key))

    def faults(self, words: Iterable[str], what: str) -> Iterator[str]:
        """Which words stand for nothing, or for several things, in sentences.

        Parameters
        ----------
        what
            How a sentence begins that tells what is not there.
        """
        matches = {word: self.match(word) for word in words}
        unknown = [
            repr(word) + (f" (did you mean {' or '.join(one.near)}?)" * bool(one.near))
            for word, one in matches.items()
            if not one.ids and not one.twins
        ]
        if unknown:
            told = first_few(unknown)
            yield f"{what} {told}. Use ids or names of buildings that were read."
        for word, one in matches.items():
            if one.twins:
                yield (
                    f"{word!r} is the name of {len(one.twins):,}: "
                    f"{first_few(one.twins, _TOLD)}. Name the one you mean by its id."
                )

    def unit_of(self, name: str) -> int:
        """Position of the unit of an id that `match` gave."""
        building = self._building_of.get(name)
        return self._unit_of[name] if building is None else self._unit_at[building]

    # --- tables of names ---------------------------------------------------------

    @cached_property
    def _ids(self) -> tuple[str, ...]:
        return tuple(name for mine in self.buildings for name in mine)

    @cached_property
    def _has_names(self) -> bool:
        """Some building says what it, or its compound, is called."""
        return any(map(any, (self._compounds, self._words(NAME))))

    @cached_property
    def _unit_at(self) -> list[int]:
        return [i for i, mine in enumerate(self.buildings) for _ in mine]

    @cached_property
    def _building_of(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self._ids)}

    @cached_property
    def _unit_of(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def _compounds(self) -> list[str]:
        return self._words(COMPOUND)

    def _words(self, column: str) -> list[str]:
        """A column as words; "" where a building has none."""
        values = self.columns.get(column) or (None,) * len(self._ids)
        return ["" if value is None else str(value) for value in values]

    def is_alone(self, unit: int) -> bool:
        """Whether a unit is a building by itself, and no compound of one."""
        return _alone(self.names[unit], self.buildings[unit])

    @cached_property
    def _units_called(self) -> dict[str, list[int]]:
        """Compounds by their name for people, where it is not their id."""
        found: dict[str, list[int]] = defaultdict(list)
        for i, label in enumerate(self.labels):
            if label != self.names[i] and not self.is_alone(i):
                found[fold(label)].append(i)
        return found

    @cached_property
    def _ids_folded(self) -> dict[str, tuple[str, ...]]:
        return _grouped((fold(name), name) for name in (*self.names, *self._ids))

    @cached_property
    def _compounds_called(self) -> dict[str, tuple[str, ...]]:
        return _grouped(
            (key, self.names[i])
            for key, mine in self._units_called.items()
            for i in mine
        )

    @cached_property
    def _buildings_called(self) -> dict[str, tuple[str, ...]]:
        """Ids of buildings by name, by compound and name, by address."""
        lists = (self._words(NAME), self._words(ADDRESS), self._compounds)
        known = zip(self._ids, self.building_labels, *lists, strict=True)
        return _grouped(
            (fold(word), name)
            for name, label, own, address, compound in known
            for word in (label, own, address, own and f"{compound}{own}")
            if word and word not in (name, compound)
        )

    @cached_property
    def _lone_called(self) -> dict[str, tuple[str, ...]]:
        """Buildings that are units of their own, by their compound."""
        known = zip(self._ids, self._unit_at, self._compounds, strict=True)
        return _grouped(
            (fold(compound), name)
            for name, i, compound in known
            if compound and self.is_alone(i)
        )

    def _near(self, key: str) -> tuple[str, ...]:
        """Names and ids that are nearly so, with ids."""
        known = {fold(self.called_id(name)): name for name in (*self.names, *self._ids)}
        for table in (self._ids_folded, self._compounds_called, self._buildings_called):
            known |= {word: found[0] for word, found in table.items()}
        near = [word for word in known if len(key) > 1 and key in word]
        near += get_close_matches(key, known, n=2 * _NEAR)
        return tuple(dict.fromkeys(self.called_id(known[x]) for x in near))[:_NEAR]


def fold(word: str) -> str:
    """The same for names that differ in width, case and blanks alone.

    Examples
    --------
    >>> fold("七政小区 ３号楼") == fold("七政小区3号楼")
    True
    """
    return "".join(normalize("NFKC", word).casefold().split())


def _alone(unit: str, buildings: Sequence[str]) -> bool:
    return len(buildings) == 1 and unit in (buildings[0], f"building {buildings[0]}")


def _label(name: str, own: str, compound: str, street: str) -> str:
    if not own or own in (name, compound):
        return compound or name
    if not _is_house_number(own):
        return own
    before = compound or street
    return f"{before} {own}" if before else name


@cache
def _is_house_number(own: str) -> bool:
    return _HOUSE.fullmatch(normalize("NFKC", own)) is not None


def _with_id(label: str, name: str) -> str:
    return label if label == name else f"{label} ({name})"


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Values by key, each once."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for key, value in pairs:
        found[key][value] = None
    return {key: tuple(values) for key, values in found.items()}
