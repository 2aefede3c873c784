PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
DATA := examples/data

.PHONY: demo test test-all test-oldest fuzz check bench clean

# Draw the example district's plan: 98 buildings, 15 zones, 5 lots.
demo: $(READY)
	$(VENV)/bin/zoning plan $(DATA)/*.geojson --zones 15 --out demo
	@echo "Map and tables are in $(CURDIR)/demo:"
	@ls demo

# Python's compiled files are kept, whatever is usual here: each of many starts of Python
# would take seconds to make them anew.
test test-all test-oldest: export PYTHONDONTWRITEBYTECODE =

# two processes; whole files go to one, as long as both have work
TWO := -n 2 --dist worksteal
test: $(READY)
	$(PY) -m pytest $(TWO) -m "not slow" $(PYTEST_ARGS)

# What takes longer as well: chance problems by the thousand, whole commands, signals.
test-all: test
	$(PY) -m pytest $(TWO) -m slow $(PYTEST_ARGS)
	$(MAKE) fuzz FUZZ=300 FUZZ_SEED=1
	$(MAKE) test-oldest

# Mutated files, scenarios, bids, plans and options, as many as are asked for; another
# seed each day. What is wrong is kept, with the command that shows it again.
FUZZ := 10000
FUZZ_SEED := $(shell date +%Y%m%d)
fuzz: $(READY)
	$(PY) -m tests.fuzz --cases $(FUZZ) --seed $(FUZZ_SEED)

# The sample planned and checked, and some tests, with the oldest versions allowed.
OLDEST := .venv-oldest
OLDEST_RUN := NUMBA_CACHE_DIR=$(OLDEST)/numba $(OLDEST)/bin/python -W ignore -m
OLDEST_TESTS := $(addprefix tests/test_,truth.py check.py costs.py read.py lots.py \
	award.py column_model.py highs.py plan.py)
test-oldest: $(READY)
	test -x $(OLDEST)/bin/python || $(PYTHON) -m venv $(OLDEST)
	$(PY) tests/oldest.py > $(OLDEST)/pins.txt
	$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable . --requirement $(OLDEST)/pins.txt
	$(OLDEST_RUN) zoning plan $(DATA)/buildings.geojson --zones 15 \
		--unit compound_id --area floor_area_m2 --households households \
		--barriers $(DATA)/barriers.geojson --streets $(DATA)/streets.geojson \
		--time 20 --out $(OLDEST)/demo
	$(OLDEST_RUN) zoning check $(OLDEST)/demo
	$(OLDEST_RUN) pytest -q -m "not slow" -o filterwarnings=default $(OLDEST_TESTS)

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
	rm -rf demo build dist .venv-oldest .pytest_cache .mypy_cache .ruff_cache .coverage
