"""Public names that are loaded when they are used, so that a package opens at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def lazy_names(package: str, names: Mapping[str, str]) -> None:
    """Give a package names that other modules define, and load none of these yet.

    A name stays what it is here, even where a module of the package is called the same:
    after ``import zoning.solve``, ``zoning.solve`` is still the function. Modules of
    the package can be reached without having been imported.

    Parameters
    ----------
    package
        Name of a package that is being loaded.
    names
        The public names that each module defines, with spaces between; those of the
        package itself are modules.
    """
    module = sys.modules[package]
    module.__class__ = _Lazy
    homes = {name: home for home, all_ in names.items() for name in all_.split()}
    vars(module).update(_homes=homes, __all__=sorted(homes))


class _Lazy(ModuleType):
    """A package that looks for a name in the module that defines it."""

    _homes: dict[str, str]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise self._has_no(name)
        home = self._homes.get(name, self.__name__)
        if home == self.__name__:
            value: object = self._module(name)
        else:
            value = getattr(import_module(home), name)
        vars(self)[name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        """Bind, but no module over a public name, as an import of it would."""
        if not (isinstance(value, ModuleType) and name in self._homes):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *self._homes})

    def _module(self, name: str) -> ModuleType:
        """The module of this package that is called so."""
        full = f"{self.__name__}.{name}"
        try:
            return import_module(full)
        except ModuleNotFoundError as error:
            if error.name != full:
                raise
            raise self._has_no(name) from None

    def _has_no(self, name: str) -> AttributeError:
        msg = f"module {self.__name__!r} has no attribute {name!r}"
        return AttributeError(msg, name=name, obj=self)
