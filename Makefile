# Everything a newcomer needs; each target sets up by itself what it wants.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
PORT ?= 8080

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types bench faults pictures golden reference lock browser clean

help: ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## Make .venv with exactly the locked packages

$(READY): requirements.lock setup.cfg pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

run: $(READY) ## Serve http://127.0.0.1:8080 with the sandbox (PORT=… for another)
	$(BIN)/tieout demo --port $(PORT)

test: $(READY) browser ## Run all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile -rs

# The browser tests want Debian's chromium. It is installed where that is allowed, else they skip, saying so.
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; } \
		|| echo "*** chromium is missing and could not be installed: the browser tests WILL BE SKIPPED ***"

lint: $(READY) ## Style, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(READY) ## mypy --strict
	$(BIN)/mypy

bench: $(READY) ## Drain 2,000 and 10,000 companies beside a bare handler
	$(BIN)/python -m bench.drain

faults: $(READY) ## A month against a Procore that misbehaves, under 200 seeds (SEEDS=… for fewer)
	$(BIN)/python -m tests.e2e.faults --seeds $(or $(SEEDS),200)

pictures: $(READY) browser ## Take the pictures of README and docs anew
	$(BIN)/python -m tests.browser.pictures

golden: $(READY) ## Write the golden qbXML files anew; review the diff
	$(BIN)/python -m tests.golden.generate

reference: $(READY) ## Write the generated pages of docs/reference anew
	$(BIN)/tieout rules manual > docs/reference/rules.md
	$(BIN)/tieout reference docs/reference

lock: $(READY) ## Resolve requirements.lock anew (uv)
	uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
		--extra dev setup.cfg -o requirements.lock

clean: ## Remove the demo's data and all caches
	rm -rf data .pytest_cache .mypy_cache .ruff_cache build
