"""Compiled code on disk: whatever became of it, the next run works."""

import importlib.util
import os
import sys

import numba
import pytest
from numba.core.caching import FunctionCache

from zoning.search.kernels.code_cache import sources
from zoning.search.kernels.compiled import _tell_that_none_is_kept

SOURCE = """
from zoning.search.kernels.compiled import compiled

@compiled
def twice(x):
    return {factor} * x
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Load a module with one function as a new process would; its cache is a folder."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    # Python tells sources apart by whole seconds
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def loaded(factor=2):
        path = tmp_path / "doubling.py"
        text = SOURCE.format(factor=factor)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        spec = importlib.util.spec_from_file_location("doubling", path)
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "doubling", module)
        spec.loader.exec_module(module)
        return module.twice

    return loaded


def hits(code):
    return sum(code.stats.cache_hits.values())


def files(tmp_path, kind):
    found = [*(tmp_path / "cache").rglob(f"*.{kind}")]
    assert found
    return found


def test_code_is_compiled_once(load):
    first, second = load(), load()
    assert first(3) == second(3) == 6
    assert (hits(first), hits(second)) == (0, 1)


def cut(content):
    return content[: len(content) // 2]


def flip(content):
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", [cut, flip, lambda _: b"", lambda _: b"garbage"])
def test_damaged_code_is_compiled_anew_and_replaced(load, tmp_path, kind, damage):
    load()(3)
    for path in files(tmp_path, kind):
        path.write_bytes(damage(path.read_bytes()))
    mended, third = load(), load()
    assert mended(3) == third(3) == 6
    assert hits(third) == 1


def test_code_of_an_older_source_is_not_taken_for_that_of_a_newer(load, tmp_path):
    """As if a run had been killed after the index was written, before the code was."""
    load(2)(3)
    old = {path: path.read_bytes() for path in files(tmp_path, "nbc")}
    load(5)(3)
    for path, content in old.items():
        path.write_bytes(content)
    assert load(5)(3) == 15


def test_code_is_that_of_the_constants_it_was_compiled_with(load, monkeypatch):
    """numba looks at the file of a function alone, not at those it imports from."""
    load()(3)
    monkeypatch.setattr(
        "zoning.search.kernels.code_cache.stamp", lambda: "another constants.py"
    )
    other = load()
    assert other(3) == 6
    assert hits(other) == 0


def test_the_stamp_is_of_all_that_compiled_code_is_made_of():
    texts = sources()
    kernels = {
        "search.pricing.reachability",
        "search.instance.travel",
        "search.instance.zones",
        "search.kernels.compiled",
        "joint.annealing_state",
        "lots.price",
        "joint.partition_search",
    }
    assert {f"zoning.{name}" for name in kernels} <= texts.keys()
    assert {"zoning.problem", "zoning.costs"} <= texts.keys()
    assert "zoning.search.auto" not in texts


@pytest.mark.parametrize("step", ["_save_index", "_save_data"])
def test_a_full_disk_only_costs_the_time_to_compile(load, monkeypatch, step):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"zoning.search.kernels.code_cache._Files.{step}", full)
        assert load()(3) == 6
    assert load()(3) == 6


@pytest.fixture
def homeless(monkeypatch):
    """Neither beside the source nor at home can anything be kept."""

    def nowhere(cache, function):
        if not numba.config.CACHE_DIR:
            raise RuntimeError("cannot cache function: no locator available")
        return made(cache, function)

    made = FunctionCache.__init__
    monkeypatch.setattr(FunctionCache, "__init__", nowhere)


@pytest.mark.usefixtures("homeless")
def test_code_is_kept_among_temporary_files_where_there_is_no_other_place(
    load, tmp_path, monkeypatch
):
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first, second = load(), load()
    assert first(3) == second(3) == 6
    assert hits(second) == 1
    (place,) = tmp_path.glob("zoning-code-*")
    assert place.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="accounts as POSIX has them")
@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize("fault", ["shared", "link", "file", "missing"])
def test_without_a_place_of_our_own_code_is_compiled_and_that_is_said_once(
    load, tmp_path, monkeypatch, fault
):
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    place = tmp_path / "temporary" / f"zoning-code-{os.getuid()}"
    if fault != "missing":
        place.parent.mkdir()
    if fault == "shared":
        place.mkdir()
        place.chmod(0o777)
    elif fault == "link":
        place.symlink_to(tmp_path)
    elif fault == "file":
        place.write_text("")
    _tell_that_none_is_kept.cache_clear()
    with pytest.warns(RuntimeWarning, match="kept nowhere") as told:
        assert load()(3) == load()(3) == 6
    assert len(told) == 1
