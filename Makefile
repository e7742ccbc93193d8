# `make` lists what there is. Every target sets up what it needs in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BROWSER := $(VENV)/.browser

.PHONY: help demo test soak check docs benchmarks lock clean
help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(STAMP): requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(STAMP)

# The browser tests' Chromium: taken from the machine, else installed.
$(BROWSER): $(STAMP) tools/set_up_browser.py
	$(BIN)/python tools/set_up_browser.py
	touch $(BROWSER)

demo: $(STAMP) ## real determinations for Policy 254, with reasons and citations
	@$(BIN)/python tools/demo.py

test: $(STAMP) $(BROWSER) ## every test that CI runs
	$(BIN)/python -m pytest -n 2 --dist worksteal
	$(BIN)/medpolicy test --all-reached

soak: $(STAMP) ## the random tests on new examples each time (minutes)
	MEDPOLICY_SOAK=1 $(BIN)/python -m pytest -n 2 --dist worksteal tests/generative

check: $(STAMP) ## lint, types, import rules
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP) ## write the generated pages of docs/reference again
	$(BIN)/python tools/docs.py

benchmarks: $(STAMP) ## each figure that the README quotes (minutes)
	$(BIN)/python -m benchmarks

lock: $(STAMP) ## pin the versions again, with hashes and without addresses
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --no-emit-trusted-host --no-strip-extras --allow-unsafe -o requirements/dev.txt requirements/dev.in

clean: ## remove .venv and what tools leave behind
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
