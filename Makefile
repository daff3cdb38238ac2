# HPTS. `make run` serves on http://localhost:3000/v1, `make test` runs every check; both need Python >= 3.11 and nothing else.

IS_SUPPORTED := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	if $$name $(IS_SUPPORTED) 2>/dev/null; then echo $$name; break; fi; done)
BIN := .venv/bin
STAMP := .venv/.complete
ON_ALL_CORES := -n logical --maxprocesses 8
LINTERS := style format types imports dependencies dependencies-of-tests dependencies-of-client unused unused-by-tests
SEPARATELY := $(if $(filter output-sync,$(.FEATURES)),--output-sync)
NODE_STAMP := contract_tests/node_modules/.package-lock.json

# Bytecode is kept, whatever the environment says: without it every process of the tests compiles all that it imports.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: env run check test lint $(LINTERS:%=lint-%) contract clients coverage fuzz mutants mock demo bench sbom fmt

env: $(STAMP)

# The stamp holds the folder that .venv was made in. One made elsewhere, or whose Python is gone, is made anew.
ifneq ($(shell test -x $(BIN)/python && cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

$(STAMP): pyproject.toml constraints.txt
	@python="$(PYTHON)"; "$$python" $(IS_SUPPORTED) 2>/dev/null || { \
	echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=/path/to/python" >&2; exit 1; }; \
	"$$python" environment.py "$$python"

$(NODE_STAMP): contract_tests/package-lock.json $(STAMP)
	@echo "Installing the Node programs of the checks, which takes about a minute."
	$(BIN)/python -m contract_tests.node
	@touch $(NODE_STAMP)

run: env
	@echo "Starting the service."
	@$(BIN)/hpts serve --examples

check: lint
	$(BIN)/pytest tests/unit tests/properties --hypothesis-profile=quick $(ON_ALL_CORES) --dist worksteal

test: lint $(NODE_STAMP)
	$(BIN)/pytest $(ON_ALL_CORES) --dist loadfile

# All at once, and each to its end: the output of one linter stays together, and one that fails hides no other.
lint: env
	@$(MAKE) --no-print-directory --keep-going --jobs $(SEPARATELY) $(LINTERS:%=lint-%)

lint-style:
	$(BIN)/ruff check .
lint-format:
	$(BIN)/ruff format --check .
lint-types:
	$(BIN)/mypy
lint-imports:
	$(BIN)/lint-imports
lint-dependencies:
	$(BIN)/deptry app handlers openapi
lint-dependencies-of-tests:
	$(BIN)/deptry app handlers openapi clients tests contract_tests benchmarks --extend-exclude clients/python --ignore DEP002,DEP004
lint-dependencies-of-client:
	cd clients/python && ../../$(BIN)/deptry .
lint-unused:
	$(BIN)/vulture
lint-unused-by-tests:
	$(BIN)/vulture app handlers openapi benchmarks clients tests contract_tests

sbom: env
	$(BIN)/python sbom.py build/sbom.cdx.json

contract: env
	$(BIN)/python -m openapi.build

clients: $(NODE_STAMP)
	$(BIN)/python -m clients.generate

fuzz: env
	$(BIN)/python -m contract_tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(SECONDS),--seconds $(SECONDS))
	HPTS_TEST_KILLS=100 $(BIN)/pytest tests/service/test_webhook_crashes.py

coverage: env
	$(BIN)/python -m tests.branch_coverage

mutants: env
	$(BIN)/python -m tests.mutation

mock: $(NODE_STAMP)
	@$(BIN)/python -m contract_tests.mock

demo: env
	@$(BIN)/hpts demo

bench: env
	@$(BIN)/python -m benchmarks

fmt: env
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
