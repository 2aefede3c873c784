"""Former names of a value's fields: taken for one release, with a warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def renamed(**former: str) -> Callable[[type[T]], type[T]]:
    """Let a class take and tell fields by former names as well: ``old="new"``.

    Examples
    --------
    >>> import pytest
    >>> from zoning.lots import LotRules
    >>> with pytest.warns(DeprecationWarning, match="must_link"):
    ...     LotRules(together=[("3", "7")]).must_link
    (('3', '7'),)
    """

    def decorate(made: type[T]) -> type[T]:
        taking = made.__init__

        @wraps(taking)
        def take(self: T, *args: Any, **given: Any) -> None:
            for old in former.keys() & given.keys():
                _warn(made, old, former[old])
                given[former[old]] = given.pop(old)
            taking(self, *args, **given)

        taken: dict[str, Any] = {"__init__": take}
        taken |= {old: property(_teller(made, old, new)) for old, new in former.items()}
        for name, value in taken.items():
            setattr(made, name, value)
        return made

    return decorate


def _teller(made: type, old: str, new: str) -> Callable[[Any], Any]:
    def tell(self: Any) -> Any:
        _warn(made, old, new)
        return getattr(self, new)

    return tell


def _warn(made: type, old: str, new: str) -> None:
    msg = f"{old} of {made.__name__} is now called {new}; write {new}."
    warnings.warn(msg, DeprecationWarning, stacklevel=3)
