# Two commands are all a newcomer needs: `make demo` and `make test`. `make help` lists the rest.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/.installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/.developing: pyproject.toml .venv/.installed
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

.PHONY: demo
demo: .venv/.installed ## run the quickstart, durable
	$(BIN)/simpleflow standalone --engine .demo/engine.db examples.basic.BasicWorkflow --input '[1, 5]'

.PHONY: test
test: .venv/.developing ## run the whole test suite
	$(BIN)/python -m pytest

.venv-aws/bin/aws:
	$(PYTHON) -m venv .venv-aws
	.venv-aws/bin/python -m pip install --quiet awscli

.PHONY: aws
aws: .venv/.developing .venv-aws/bin/aws ## talk to the engine with the AWS command line
	AWS_CLI=$(CURDIR)/.venv-aws/bin/aws $(BIN)/python -m pytest tests/swf/front/test_aws_command.py

.PHONY: fmt
fmt: .venv/.developing ## format the code and mend what the linter can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: check
check: .venv/.developing ## formatter, linter, types, type tests, import contracts, wire shapes
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy src tests examples
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python scripts/protocol.py --check

.PHONY: protocol
protocol: .venv/.developing ## write the wire shapes anew from botocore's service model
	$(BIN)/python scripts/protocol.py

.PHONY: histories
histories: .venv/.developing ## play recorded histories on the engine: make histories DIR=path
	$(BIN)/python scripts/histories $(DIR)

.PHONY: soak
soak: .venv/.developing ## prove the laws on 20,000 generated workflows; kill, starve and flood what runs them
	SOAK_WORKFLOWS=200 SOAK_KILLS=20 $(BIN)/python -m pytest -s tests/crashes
	LAW_CASES=20000 $(BIN)/python -m pytest -s tests/dataflow
	ENGINE_CASES=20000 $(BIN)/python -m pytest -o timeout=3600 tests/swf/test_engine_laws.py
	ENGINE_KILLS=200 ENGINE_INPUTS=200000 ENGINE_EXECUTIONS=100000 \
		$(BIN)/python -m pytest -o timeout=3600 -s tests/engine

.PHONY: bench
bench: .venv/.developing ## run the benchmarks; each prints its figures as JSON
	$(BIN)/python -m pip install --quiet --group bench
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

.PHONY: clean
clean: ## remove the virtual environment and all that was built
	rm -rf .demo .venv .venv-aws build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
