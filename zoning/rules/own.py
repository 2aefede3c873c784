"""A rule of the planner's own: any object that says what breaks it.

There is nothing to inherit and nowhere to register. A frozen dataclass with
``violations(drawn)`` is a rule: the checker asks it, and what it finds rejects a plan,
or, where it has a `price`, costs that much for each. With ``terms(region)`` besides,
searches know it as well; without, they only try plans on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, get_args

import numpy as np

from zoning.errors import InputError
from zoning.region import Ints, Region
from zoning.rules.asked import Drawn, Setting
from zoning.rules.loosening import Loosening, one_by_one
from zoning.rules.places import with_ids
from zoning.rules.rule import Rule
from zoning.rules.terms import SumTerm, Term
from zoning.rules.violation import Violation
from zoning.text.amounts import MOST_PRICE, is_whole
from zoning.text.arguments import came

MOST_SUM = 2**50  # of a value over all units: sums of it are still whole numbers


@dataclass(frozen=True)
class OwnRule(Rule):
    """What a rule of the planner's own answers; `rule` is the object as it was given.

    Parameters
    ----------
    rule
        A frozen dataclass with ``violations(drawn)``, which yields a `Violation` for
        each thing that breaks it, and ``__str__``. It may also have

        - ``terms(region)``: what it asks in numbers, see `zoning.rules.terms`. They
          may ask for less than the rule does, never for more.
        - ``price``: whole yuan a year for each violation. Then nothing is forbidden.
        - ``buildings``, ``columns``: what it names; the region must have them.
        - ``looser()``: looser versions of it, the tightest first, for diagnosis.
    priceless
        Its price is not asked: it forbids.
    """

    rule: Any
    priceless: bool = False

    kind: ClassVar[str] = "own"

    def __post_init__(self) -> None:
        name = type(self.rule).__name__
        form = getattr(self.rule, "__dataclass_params__", None)
        if form is None or not form.frozen:
            msg = (
                f"{came(self.rule)} has violations(), so it is taken as a rule of your "
                "own, which must be a frozen dataclass. Write @dataclass(frozen=True) "
                "above its class."
            )
            raise InputError(msg)
        price = getattr(self.rule, "price", 0)
        if not is_whole(price) or not 0 <= price <= MOST_PRICE:
            msg = (
                f"{name}: price must be a whole number from 0 to {MOST_PRICE:,}, yuan "
                f"a year for each violation; got {came(price)}."
            )
            raise InputError(msg)
        wrong = [key for key, value in self._fields().items() if not _is_data(value)]
        if wrong:
            msg = (
                f"{name}: {', '.join(wrong)} cannot be written to a plan. Fields of a "
                "rule are numbers, texts, None, or tuples of such."
            )
            raise InputError(msg)

    def _fields(self) -> dict[str, Any]:
        return asdict(self.rule)

    def __str__(self) -> str:
        return str(self.rule)

    @property
    def price(self) -> int:
        """Yuan a year for each violation; 0: there may be none."""
        return 0 if self.priceless else int(getattr(self.rule, "price", 0))

    @property
    def about(self) -> tuple[str, ...]:
        return tuple(getattr(self.rule, "buildings", ()))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(getattr(self.rule, "columns", ()))

    @property
    def is_priced(self) -> bool:
        return self.price > 0

    @property
    def is_own(self) -> bool:
        return True

    def forbidding(self) -> Rule:
        return replace(self, priceless=True)

    def to_dict(self) -> dict[str, Any]:
        """As data with its name, so that who has not the class can read it too."""
        fields = {key: _plain(value) for key, value in self._fields().items()}
        name = type(self.rule).__name__
        return {"rule": self.kind, "name": name, "words": str(self), "fields": fields}

    def with_ids(self, region: Region) -> Rule:
        if "buildings" not in self._fields() or not self.about:
            return self
        ids = with_ids(region, self.about)
        return self if ids == self.about else OwnRule(replace(self.rule, buildings=ids))

    def terms(self, region: Region) -> Iterator[Term]:
        """Its own; a priced rule forbids nothing."""
        make = getattr(self.rule, "terms", None)
        if make is None or self.price:
            return
        for term in make(region):
            if not isinstance(term, get_args(Term)):
                msg = (
                    f"The rule that {self} gives {came(term)} as a term; terms are "
                    "those of zoning.rules.terms."
                )
                raise InputError(msg)
            if isinstance(term, SumTerm):
                self._require_values(term, region)
                term = replace(term, values=np.asarray(term.values, np.int64))
            yield term

    def _require_values(self, term: SumTerm, region: Region) -> None:
        values = np.asarray(term.values)
        fits = values.shape == (len(region),) and values.dtype.kind in "iu"
        if not fits or np.abs(values).sum() > MOST_SUM:
            msg = (
                f"The rule that {self} needs a whole number for each of "
                f"{len(region):,} units, {MOST_SUM:,} in all at most; got "
                f"{came(values)}."
            )
            raise InputError(msg)
        if term.high is not None and (values < 0).any():
            msg = (
                f"The rule that {self} limits a sum of values below 0 from above, "
                "which no search can. Leave high out, and let violations() judge it."
            )
            raise InputError(msg)

    def broken_in(self, region: Region, zone: str, units: Ints) -> Iterator[str]:
        for term in self.terms(region):
            if isinstance(term, SumTerm):
                total = int(np.asarray(term.values)[units].sum())
                if total < term.low or (term.high is not None and total > term.high):
                    yield f"Zone {zone} is locked against the rule that {self}."

    def violations(self, drawn: Drawn) -> Iterator[Violation]:
        if not self.price:
            yield from self._found(drawn)

    def charges(self, drawn: Drawn) -> int:
        return self.price * len(self._found(drawn)) if self.price else 0

    def _found(self, drawn: Drawn) -> Sequence[Violation]:
        told = [*self.rule.violations(drawn)]
        for one in told:
            if not isinstance(one, Violation):
                msg = (
                    f"The rule that {self} gives {came(one)} as a violation. Yield "
                    "zoning.rules.Violation(zone=..., words=...)."
                )
                raise InputError(msg)
        return [replace(one, rule=str(self)) for one in told]

    def only_forbids(self, setting: Setting) -> bool:
        """A price is paid beside the zones, so it moves no band."""
        return True

    def looser(self, setting: Setting) -> Iterator[Loosening]:
        others: Iterable[Any] = getattr(self.rule, "looser", tuple)()
        yield one_by_one(self, [(str(one), OwnRule(one)) for one in others])

    def concerns(self, region: Region, zone: str, units: Ints) -> bool:
        """Every zone, where it names no buildings."""
        return not self.about or super().concerns(region, zone, units)


@dataclass(frozen=True)
class UnknownRule(Rule):
    """A rule of somebody's own, read from a file by who has not its class.

    It cannot be checked; what it cost is taken from the file.
    """

    name: str
    words: str
    fields: tuple[tuple[str, Any], ...]

    kind: ClassVar[str] = OwnRule.kind

    def __str__(self) -> str:
        return self.words

    @property
    def is_priced(self) -> bool:
        return bool(dict(self.fields).get("price", 0))

    @property
    def unchecked(self) -> bool:
        return True

    def to_dict(self) -> dict[str, Any]:
        fields = {key: _plain(value) for key, value in self.fields}
        return {
            "rule": self.kind,
            "name": self.name,
            "words": self.words,
            "fields": fields,
        }


def own_from(entry: Mapping[str, Any], classes: Sequence[type]) -> Rule:
    """A rule of the planner's own as plan.json holds it; `classes` are those at hand.

    Raises
    ------
    InputError
        The class of this name does not take what stands in the file.
    """
    name, words = str(entry["name"]), str(entry["words"])
    fields = {str(key): _frozen(value) for key, value in entry["fields"].items()}
    known = {kind.__name__: kind for kind in classes}
    if name not in known:
        return UnknownRule(name, words, tuple(fields.items()))
    try:
        return OwnRule(known[name](**fields))
    except TypeError as error:
        msg = f"Rule {name!r} cannot be made of what stands in the file: {error}."
        raise InputError(msg) from error


def _is_data(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_data, value))
    return value is None or isinstance(value, str | int | float | bool)


def _plain(value: Any) -> Any:
    return [*map(_plain, value)] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
