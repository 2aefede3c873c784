"""How functions are compiled: by numba, kept on disk, without counting references.

numba counts how often each array is in use, at every call and for every array of every
tuple handed over, by instructions that wait for other cores. Where small functions are
called in inner loops that takes most of the time, and to compile it as well. Compiled
code here therefore makes no arrays: callers hand it all it fills, and keep it alive.

A number written out has a type of its own. Where a variable that other functions are
handed begins, write ``np.int64(0)``, not 0: else those are compiled twice.
"""

from __future__ import annotations

from functools import partial

import numba as nb


def _has_room() -> bool:
    """Whether compiled code can be kept: beside the code, or where numba is told to."""
    try:
        nb.njit(cache=True)(_nothing)
    except RuntimeError:  # it is compiled anew at each start, then
        return False
    return True


def _nothing() -> None: ...


CACHED = _has_room()
_shared = partial(
    nb.njit,
    cache=CACHED,
    nogil=True,
    error_model="numpy",
    no_cfunc_wrapper=True,
    _nrt=False,  # no counting; whatever would need it does not compile
)
compiled = _shared()  # called from Python
inner = _shared(no_cpython_wrapper=True)  # called from compiled code only
inlined = _shared(no_cpython_wrapper=True, forceinline=True)  # small, in inner loops
