"""Compiled code on disk: used if it is whole, made anew if it is not.

numba takes what it finds in its cache for granted. A file cut short by a full disk, a
stopped machine or a bad copy would end every later run; one that fits an older source
would reckon wrongly. And it looks only at the file a function stands in, while
constants and functions of other files are compiled into it. Here each file bears a seal
and the stamp of all these sources; what cannot be kept is compiled again the next time.
"""
# numba has no annotations
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import hashlib
import os
import pickle
import re
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from numba import config
from numba.core.caching import FunctionCache, IndexDataCacheFile

from zoning.stopping import held

_PACKAGE = Path(str(files("zoning")))
_COMPILES = b"from zoning.search.kernels.compiled import"
_IMPORT = re.compile(rb"^from (zoning[\w.]*) import (\([^)]*\)|.+)", re.MULTILINE)
_SEAL = hashlib.sha256().digest_size


def sources() -> dict[str, bytes]:
    """The text of every module that is compiled, and of what these import.

    Of the search all of it, from elsewhere what is imported directly: constants.
    """
    texts: dict[str, bytes] = {}
    found = [
        ".".join(path.relative_to(_PACKAGE.parent).with_suffix("").parts)
        for path in _PACKAGE.rglob("*.py")
        if _COMPILES in path.read_bytes()
    ]
    while found:
        name = found.pop()
        path = _PACKAGE.parent / f"{name.replace('.', '/')}.py"
        if name in texts or not path.exists():
            continue
        text = texts[name] = path.read_bytes()
        if name.startswith("zoning.search.") or _COMPILES in text:
            found += _imported(text)
    return texts


def _imported(text: bytes) -> Iterator[str]:
    """Names of what a source imports from here: modules, and names of modules."""
    for module, names in _IMPORT.findall(text):
        yield module.decode()
        for name in re.findall(r"\w+", names.decode()):
            yield f"{module.decode()}.{name}"


@cache
def stamp() -> str:
    """One number for all of `sources`: code compiled of others is not used."""
    whole = hashlib.sha256()
    for name, text in sorted(sources().items()):
        whole.update(name.encode() + text)
    return whole.hexdigest()


class CodeCache(FunctionCache):
    """The cache of one function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        try:
            super().__init__(function)
        except RuntimeError:  # it can be kept neither beside the source nor at home
            config.CACHE_DIR = str(_temporary())  # type: ignore[attr-defined] # set late
            super().__init__(function)
        self._cache_file = _Files(
            cache_path=self._cache_path,
            filename_base=self._impl.filename_base,
            source_stamp=(self._impl.locator.get_source_stamp(), stamp()),
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Code of these types of arguments; None if it has to be compiled."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever a damaged file holds
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep code, if there is room."""
        with suppress(OSError):
            super().save_overload(sig, data)


def _temporary() -> Path:
    """A folder among temporary files that nobody else can write to.

    Raises
    ------
    RuntimeError
        There is none. What others put there would be run.
    """
    own = getattr(os, "getuid", lambda: 0)()
    try:
        place = Path(tempfile.gettempdir()) / f"zoning-code-{own}"
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
    except OSError as error:
        raise RuntimeError from error
    is_ours = found.st_uid == own and not found.st_mode & 0o022
    if not stat.S_ISDIR(found.st_mode) or (os.name == "posix" and not is_ours):
        raise RuntimeError
    return place


class _Files(IndexDataCacheFile):
    def save(self, key: Any, data: Any) -> None:
        with held():  # the index names a file before it is there
            super().save(key, data)

    def _load_index(self) -> dict[Any, str]:
        try:
            return dict(super()._load_index())
        except Exception:  # damaged: its files are written again, one by one
            return {}

    def _save_data(self, name: str, data: Any) -> None:
        text = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(self._seal(text) + text)

    def _load_data(self, name: str) -> Any:
        content = Path(self._data_path(name)).read_bytes()
        if content[:_SEAL] != self._seal(content[_SEAL:]):
            msg = f"{name} is damaged, or of another source."
            raise OSError(msg)
        return pickle.loads(content[_SEAL:])

    def _seal(self, text: bytes) -> bytes:
        return hashlib.sha256(repr(self._source_stamp).encode() + text).digest()
