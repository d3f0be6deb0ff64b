# groklab: `make help` says what there is. Every target works with Python 3.11+, git and make alone.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= $(shell nproc 2>/dev/null || echo 1)
# The programs that DVC starts are looked up here, whether or not the environment is activated.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help install repro reference test torture ui sync docs check format bench clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/installed ## the environment in .venv, from requirements.lock

$(VENV)/installed: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Makefile: $(PYTHON) is not installed; give PYTHON=/path/to/python (3.11 or newer)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile -r requirements.lock
	$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true # what pip would do on one core; templates in it are no Python
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

repro: install ## the whole pipeline: data, training, evaluation, report (JOBS=n stages side by side; default: one a core)
	$(BIN)/python pipelines/repro.py --jobs $(JOBS)
	@echo "The report:    reports/index.html (open it in a browser)"
	@echo "The MLflow UI: make ui, then http://127.0.0.1:5000"

reference: install ## the reference runs on MNIST, IMDb, ETTh1 ... (half an hour a core; downloads, or GROKLAB_MIRROR=folder)
	$(BIN)/python pipelines/repro.py --dir reference --jobs $(JOBS)
	@echo "The report:  reference/reports/index.html (open it in a browser)"

test: install ## the whole test suite
	$(BIN)/python -m pytest -n 2

torture: install ## the long forms of the fault tests
	GROKLAB_TORTURE=1 $(BIN)/python -m pytest tests/faults

ui: install ## the MLflow UI on 127.0.0.1:5000
	$(BIN)/python pipelines/ui.py

sync: install ## deliver to MLflow what a dead server missed
	$(BIN)/python pipelines/sync.py

docs: install ## the documentation as a site in site/, for a browser, without a network
	$(BIN)/mkdocs build --strict

check: install ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install ## lint and format what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install ## the performance figures of the documentation, measured here
	$(BIN)/python -m benchmarks

clean: ## remove runs and results; the environment and the data stay
	for folder in . reference; do (cd $$folder && rm -rf runs multirun models predictions pictures plots reports mlflow.db* mlartifacts); done
