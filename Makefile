# Two commands: `make up` runs the product, `make test` is what has to be green. Needs Python 3.11 or later and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m planner.launch
CODE := manage.py planner workloads pricing tests
# Checks that load the settings need an address and a key, and use neither.
OFFLINE := DATABASE_URL=postgresql:///unused SECRET_KEY=unused PLANNER_DATA_DIR=$(VENV)/unused

.PHONY: help up test lint format constraints clean
.DEFAULT_GOAL := help
.SILENT:

help: ## what there is to type
	sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20

up: $(VENV)/.installed ## start everything, print where; Ctrl-C stops it (PORT, PLANNER_DATA_DIR, DATABASE_URL, CELERY_BROKER_URL, SAMPLE=0)
	exec $(RUN) up

test: lint ## everything that has to be green (ARGS="tests/engine -k name" for a part)
	exec $(RUN) test -- $(ARGS)

lint: $(VENV)/.installed-dev ## style, types and the direction of imports
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/ruff format --check --quiet $(CODE) || { echo "Not formatted: run make format"; exit 1; }
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --check --target-version 5.2
	$(OFFLINE) $(BIN)/mypy --no-error-summary planner workloads pricing tests
	$(OFFLINE) $(BIN)/lint-imports > $(VENV)/imports.log 2>&1 || { cat $(VENV)/imports.log; exit 1; }

format: $(VENV)/.installed-dev ## write the layout that lint asks for
	$(BIN)/ruff check --quiet --fix $(CODE) || true
	$(BIN)/ruff format --quiet $(CODE)
	find templates -name '*.html' -exec $(BIN)/djade --target-version 5.2 {} + || true

constraints: $(VENV)/.installed-dev ## refresh every pinned version, on purpose
	$(BIN)/python -m pip install -q pip-tools
	$(BIN)/pip-compile -q --upgrade --all-extras --strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header -o constraints.txt pyproject.toml

clean: ## remove what was installed and cached; data under var/ stays
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) planner/launch/install.py
	touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt
	$(PYTHON) planner/launch/install.py dev
	touch $@ $(VENV)/.installed
