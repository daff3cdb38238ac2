# HPTS. `make run` serves on http://localhost:3000/v1, `make test` runs every check; both need Python >= 3.11 and nothing else.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	if command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$name; break; fi; done)
BIN := .venv/bin
STAMP := .venv/.complete
NODE_STAMP := contract_tests/node_modules/.package-lock.json

.PHONY: env run test lint contract fuzz mock demo bench fmt

env: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -c constraints.txt
	@touch $(STAMP)

$(NODE_STAMP): contract_tests/package-lock.json $(STAMP)
	$(BIN)/python -m contract_tests.node
	@touch $(NODE_STAMP)

run: env
	@$(BIN)/hpts serve --examples

test: lint $(NODE_STAMP)
	$(BIN)/pytest

lint: env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

contract: env
	$(BIN)/python -m openapi.build

fuzz: env
	$(BIN)/python -m contract_tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS))

mock: $(NODE_STAMP)
	@$(BIN)/python -m contract_tests.mock

demo: env
	@$(BIN)/hpts demo

bench: env
	@$(BIN)/python -m benchmarks

fmt: env
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
