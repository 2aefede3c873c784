"""How functions are compiled: by numba, kept on disk, without counting references.

numba counts how often each array is in use, at every call and for every array of every
tuple handed over, by instructions that wait for other cores. Where small functions are
called in inner loops that takes most of the time, and to compile it as well. Compiled
code here therefore makes no arrays: callers hand it all it fills, and keep it alive.

A number written out has a type of its own. Where a variable that other functions are
handed begins, write ``np.int64(0)``, not 0: else those are compiled twice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any
from warnings import warn

import numba as nb
from numba.core import event
from numba.extending import register_jitable

from zoning import clock
from zoning.search.kernels.code_cache import CodeCache

Decorator = Callable[[Callable[..., Any]], Any]


class _Compiling(event.Listener):
    """Compiling is no search: the clock stands still."""

    def on_start(self, _: object) -> None:
        clock.stop()

    def on_end(self, _: object) -> None:
        clock.go_on()


# numba has no annotations
event.register("numba:compile", _Compiling())  # type: ignore[no-untyped-call]


@cache
def _tell_that_none_is_kept() -> None:
    """Once: this start and all others take longer."""
    msg = (
        "Compiled code can be kept nowhere, so that every start takes a minute more. "
        "Set NUMBA_CACHE_DIR to a folder that can be written to."
    )
    warn(msg, RuntimeWarning, stacklevel=2)


def _decorator(**options: Any) -> Decorator:
    """As `numba.njit`, with a cache of our own."""
    compile_ = nb.njit(nogil=True, **options)

    def decorate(function: Callable[..., Any]) -> Any:
        code = compile_(function)
        try:
            code._cache = CodeCache(function)
        except RuntimeError:
            _tell_that_none_is_kept()
        return code

    return decorate


_shared = partial(
    _decorator,
    error_model="numpy",
    no_cfunc_wrapper=True,
    _nrt=False,  # no counting; whatever would need it does not compile
)
compiled = _shared()  # called from Python
inner = _shared(no_cpython_wrapper=True)  # called from compiled code only
inlined = _shared(no_cpython_wrapper=True, forceinline=True)  # small, in inner loops
counted = _decorator()  # may make arrays; slower where it is called often
# stays a function of Python, for numbers and arrays; compiled code may call it as well
compilable: Decorator = register_jitable
