# Everything works on a machine with nothing but Python 3.11 or later and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
JOBS ?= 2

.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q scanner checks mappings fixtures # as pip does with what it copies
	@touch $(STAMP)

install: $(STAMP) ## Make .venv/ with everything that development needs

demo: $(STAMP) ## Play a first review of an emulated account
	$(BIN)/wafr demo

test: $(STAMP) ## Run all tests; each control has to be seen to hold, to fail and not to apply
	$(BIN)/pytest -n $(JOBS) --rows="*"

lint: $(STAMP) ## Style, types, import contracts, unused dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

docs: $(STAMP) ## Generate the pages under docs/
	$(BIN)/python -m scanner.docs

drift: $(STAMP) ## Fail if a generated page is out of date
	$(BIN)/python -m scanner.docs --check

check: test lint drift ## Everything that CI runs

format: $(STAMP) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## Remove what was made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help install demo test lint docs drift check format clean
