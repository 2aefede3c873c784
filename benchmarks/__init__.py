"""Measurements of the search: published instances, growth with size, peers.

Each module is one command; rows of results go to `results/`, `report.py` turns them
into `docs/benchmarks.md`. Long runs are started by hand, never by the tests.
"""
