"""What an argument must be: read once, where it comes in, and refused in words.

A `Kind` tells what it takes for one argument. `takes` reads the arguments of a
function, `take` the fields of a frozen value; both tell all that is wrong in one error.
Limits of a number stand beside what the number is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from zoning.errors import InputError

P = ParamSpec("P")
T = TypeVar("T")

_SHOWN = 60  # characters of a value in a message
_MOST, _HUGE = 1e18, 1e300  # of a whole number, kept in 64 bits, and of any other


class Unlike(ValueError):  # noqa: N818 - an answer, told as an error by `Kind.of`
    """A value is nothing of the kind that is wanted."""


@dataclass(frozen=True)
class Kind:
    """What a value must be.

    Parameters
    ----------
    called
        In words: "a whole number".
    read
        Gives the value as it is used. Raises `Unlike` where it is nothing of the kind,
        and `InputError` where there is more to say than that.
    write
        What to write instead, as an example.
    """

    called: str
    read: Callable[[Any], Any]
    write: str = ""

    @property
    def or_none(self) -> Kind:
        """The same, or None."""

        def read(value: Any) -> Any:
            return None if value is None else self.read(value)

        return Kind(f"{self.called}, or None", read, self.write)

    def of(self, name: str, value: Any) -> Any:
        """The value of an argument of this name.

        Raises
        ------
        InputError
            It is nothing of the kind; the message says what came and what to write.
        """
        try:
            return self.read(value)
        except Unlike:
            msg = f"{name} must be {self.called}; got {came(value)}."
            write = self.write or _unquoted(value)
            if write:
                msg += f" Write {name}={write}."
            raise InputError(msg) from None
        except InputError as error:
            msg = f"{name}: {error}"
            raise InputError(msg) from None


def takes(**kinds: Kind) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Read the arguments of a function by their names before it runs."""

    def checked(function: Callable[P, T]) -> Callable[P, T]:
        form = signature(function)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            bound = form.bind(*args, **kwargs)
            given = bound.arguments
            given |= _read({x: given[x] for x in given if x in kinds}, kinds, "")
            return function(*bound.args, **bound.kwargs)

        return call

    return checked


def take(value: object, /, **kinds: Kind) -> None:
    """Read the fields of a frozen value, in its ``__post_init__``."""
    given = {name: getattr(value, name) for name in kinds}
    called = given.get("name")
    where = type(value).__name__
    if isinstance(called, str):
        where += f" {called!r}"
    for name, read in _read(given, kinds, f"{where}: ").items():
        if read is not given[name]:
            object.__setattr__(value, name, read)


def _read(
    given: Mapping[str, Any], kinds: Mapping[str, Kind], where: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    faults = []
    for name, value in given.items():
        try:
            found[name] = kinds[name].of(name, value)
        except InputError as error:
            faults.append(f"{where}{error}")
    if faults:
        raise InputError(" ".join(faults))
    return found


def numbers(what: str, value: Any, shape: tuple[int, ...], called: str) -> Any:
    """An array of numbers of this shape.

    Parameters
    ----------
    shape
        Its size along each axis; -1 where any will do.
    called
        What it must be, in words.

    Raises
    ------
    InputError
        It has another shape, or holds something else.
    """
    array = array_of(value)
    if array.dtype.kind == "O" and all(_is_number(one) for one in array.ravel()):
        array = array.astype(np.float64)
    if not array.size and -1 in shape:
        array = np.zeros([max(0, size) for size in shape])
    fits = len(array.shape) == len(shape) and all(
        size in (-1, have) for size, have in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype.kind not in "iuf":
        holds = "" if array.dtype.kind in "iufO" else f" of {array.dtype}"
        shown = f"{array.shape}{holds}" if array.ndim else came(value)
        msg = f"{what} must be {called}; got {shown}."
        raise InputError(msg)
    return array


def array_of(value: Any) -> Any:
    """An array; what is none, such as rows of unlike lengths, makes an empty one."""
    try:
        return np.asarray(value)
    except ValueError:
        return np.asarray(None)


def _is_number(value: Any) -> bool:
    plain = isinstance(value, int | float | np.integer | np.floating)
    if not plain or isinstance(value, bool):
        return False
    # numpy would make the limit a number of its own few digits
    return not abs(value.item() if isinstance(value, np.generic) else value) > _HUGE


def came(value: Any) -> str:
    """What came instead, in words: the value if it is short, else what it is."""
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    kind = type(value).__name__
    if value is None or isinstance(value, bool):
        return repr(value)
    if isinstance(value, str | bytes | Real | tuple | list | dict | set | Path):
        text = repr(value)
        if len(text) <= _SHOWN:
            return f"{text} ({kind})"
    size = getattr(value, "shape", None)
    told = f" of shape {size}" if isinstance(size, tuple) else ""
    return f"a{'n' if kind[0] in 'aeiouAEIO' else ''} {kind}{told}"


def _unquoted(value: Any) -> str:
    """A number that was given as text, as it should have been written."""
    try:
        number = isinstance(value, str) and isfinite(float(value))
    except ValueError:
        return ""
    return value.strip() if number else ""


# --- kinds ---------------------------------------------------------------------------


def _number(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not _is_number(value) or value != value:
        raise Unlike
    return value.item() if isinstance(value, np.generic) else value


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise Unlike
    if abs(number) > _MOST:
        msg = f"{number:.3g} is beyond measure; write a smaller number."
        raise InputError(msg)
    return int(number)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise Unlike
    return bool(value)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unlike
    return str(value)


def _name(value: Any) -> str:
    """What is called 3 may be given as a number, as tables hold it: 3 or 3.0."""
    return _word(value) if isinstance(value, str) else str(_whole(value))


def _path(value: Any) -> Any:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise Unlike
    return value


def _several(value: Any, one: Callable[[Any], T]) -> tuple[T, ...]:
    """Each of several values; a single one is taken as such."""
    if isinstance(value, tuple | list):  # seen at once, for there may be very many
        return tuple(map(one, value))
    listed = isinstance(value, Iterable) and getattr(value, "ndim", 1) == 1
    if not listed or isinstance(value, Mapping | str | bytes):
        return (one(value),)
    items = sorted(value) if isinstance(value, set | frozenset) else value
    return tuple(one(item) for item in items)


def _callable(value: Any) -> Any:
    if isinstance(value, type) or not callable(value):
        raise Unlike
    return value


def instance(kind: type | tuple[type, ...], called: str, write: str = "") -> Kind:
    """A value of this class, or of one of these."""

    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise Unlike
        return value

    return Kind(called, read, write)


def limited(
    kind: Kind, fits: Callable[[Any], bool], called: str, write: str = ""
) -> Kind:
    """Those values of a kind that fit."""

    def read(value: Any) -> Any:
        found = kind.read(value)
        if not fits(found):
            raise Unlike
        return found

    return Kind(called, read, write)


def many(kind: Kind, called: str, write: str = "") -> Kind:
    """Several values of a kind, as a tuple; a single one stands for itself."""
    return Kind(called, lambda value: _several(value, kind.read), write)


def mapping(kind: Kind, called: str, write: str = "") -> Kind:
    """A table of values of a kind by name."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise Unlike
        return {_name(key): kind.of(f"{key!r}", one) for key, one in value.items()}

    return Kind(called, read, write)


def _headers(value: Any) -> dict[str, str | None]:
    """Columns by the name they are kept under; None: called so, or alike."""
    if isinstance(value, Mapping):
        return {_word(x): value[x] and _word(value[x]) for x in value}
    return dict.fromkeys(_several(value, _word))


NUMBER = Kind("a finite number", _number)
WHOLE = Kind("a whole number", _whole)
FLAG = Kind("True or False", _flag, "True")
WORD = Kind("a word in quotes", _word, "'name'")
NAME = Kind("a name in quotes", _name, "'1'")
NAMES = many(NAME, "names in a list", "['1', '2']")
PATH = Kind("a path, as text or Path", _path, "'folder'")
COLUMNS = Kind(
    "names of columns in a list, or headers by name", _headers, "{'fee': 'MONTHLY'}"
)
CALLABLE = Kind("a function, or an object that can be called", _callable)
SHARE = Kind("a share from 0 to 1", lambda value: _share(_number(value)), "0.1")
SECONDS = limited(NUMBER, lambda s: s >= 0, "at least 0 seconds and finite")
TIME = limited(NUMBER, lambda seconds: seconds > 0, "above 0 seconds and finite")
SEED = limited(WHOLE, lambda seed: seed >= 0, "a whole number, at least 0")
COUNT = limited(WHOLE, lambda count: count >= 1, "a whole number, at least 1")
MOST_WORKERS = 1_000  # more threads than any machine has use for
WORKERS = limited(
    WHOLE,
    lambda count: 1 <= count <= MOST_WORKERS,
    f"a whole number from 1 to {MOST_WORKERS:,}",
)
SEARCH: Mapping[str, Kind] = {"time_limit": TIME, "seed": SEED, "workers": WORKERS}


def _share(value: Any) -> Any:
    """What is written as percent is told how to write it instead."""
    if value > 1:
        msg = f"{value:g} would be {100 * value:,g} %, more than all there is."
        if value <= 100:
            msg += f" Write {value / 100:g} for {value:g} %."
        raise InputError(msg)
    if value < 0:
        raise Unlike
    return value
