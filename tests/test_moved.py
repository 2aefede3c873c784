"""Modules by the names they had: they import with a warning, and are the new ones."""

import sys
from importlib import import_module

import pytest

import zoning
from zoning.moved import FOLDERS, MOVED


@pytest.fixture(autouse=True)
def forgotten():
    """Old names are not yet imported, nor are they afterwards."""
    yield
    for name in (*MOVED, *FOLDERS):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_is_the_new_module(old):
    with pytest.warns(DeprecationWarning, match=f"{old} is now {MOVED[old]};") as told:
        found = import_module(old)
    assert found is import_module(MOVED[old])
    assert found.__name__ == found.__spec__.name == MOVED[old]
    assert told[0].filename == __file__ or "importlib" in told[0].filename


def test_the_warning_stands_where_the_old_name_is_used():
    with pytest.warns(DeprecationWarning) as told:
        from zoning.units import Region
    assert told[0].filename == __file__
    assert Region is zoning.Region


def test_a_function_keeps_its_name_from_an_old_module():
    with pytest.warns(DeprecationWarning):
        import zoning.write
    assert callable(zoning.write)
    assert zoning.write is sys.modules["zoning.output.write"].write


def test_folders_lead_to_what_was_in_them_and_to_nothing_else():
    with pytest.warns(DeprecationWarning):
        from zoning.money import chances
    assert chances.__name__ == "zoning.finance.monte_carlo"
    for name in FOLDERS:
        with pytest.raises(ModuleNotFoundError):
            import_module(f"{name}.nothing")
