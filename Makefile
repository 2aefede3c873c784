PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
DATA := examples/data

.PHONY: demo test test-all check bench clean

# Draw the example district's plan: 98 buildings, 15 zones, 5 lots.
demo: $(READY)
	$(VENV)/bin/zoning plan $(DATA)/buildings.geojson --zones 15 \
		--unit compound_id --area floor_area_m2 --households households \
		--barriers $(DATA)/barriers.geojson --streets $(DATA)/streets.geojson \
		--out demo
	@echo "Map and tables are in $(CURDIR)/demo:"
	@ls demo

test: $(READY)
	$(PY) -m pytest -n 2 -m "not slow" $(PYTEST_ARGS)

# What takes longer as well: chance problems by the thousand, whole commands, signals.
test-all: test
	$(PY) -m pytest -n 2 -m slow $(PYTEST_ARGS)

check: $(READY)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict zoning
	$(PY) -m pytest tests/test_layers.py

# A smoke run: every solver once on small instances.
bench: $(READY)
	$(PY) -m benchmarks.run --smoke

# Installed again only when pyproject.toml changes.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "zoning needs Python 3.11 or newer; set PYTHON=python3.11"; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf demo build dist .pytest_cache .mypy_cache .ruff_cache .coverage
