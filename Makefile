PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test bench bench-reader bench-analysis bench-app faults soak fuzz audit lint clean

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1  /p' Makefile

demo: .venv/demo.stamp ## train real detectors and watch them in the app
	@$(BIN)/mediastore demo

test: .venv/test.stamp ## lint, then run every test, the browser's included
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python tests/browser/chromium.py
	@$(BIN)/python -m pytest -q -n auto --dist loadfile

bench: ## measure the writer beside other trackers, in an environment of its own
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install -qq --disable-pip-version-check -e ".[bench]"
	@.venv-bench/bin/python benchmarks/writer.py --steps 60

bench-reader: .venv/test.stamp ## measure the reader on stores of up to a million items, ten million boxes
	@$(BIN)/python benchmarks/reader.py --chart docs/refresh-cost.svg

bench-analysis: ## time an evaluation of a million boxes beside its peers, in an environment of its own
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install -qq --disable-pip-version-check -e ".[bench-analysis]"
	@.venv-bench/bin/python benchmarks/agreement.py
	@.venv-bench/bin/python benchmarks/analysis.py

bench-app: ## measure the app in a real browser beside plain Streamlit and TensorBoard, in an environment of its own
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install -qq --disable-pip-version-check -e ".[bench-app]"
	@.venv-bench/bin/python tests/browser/chromium.py
	@.venv-bench/bin/python benchmarks/app.py

faults: .venv/test.stamp ## fail every call, disk and clock that an item crosses, and print what came of it
	@$(BIN)/python tests/reliability/faults.py
	@$(BIN)/python tests/reliability/machines.py

soak: .venv/test.stamp ## eight writers, an indexer, a reader and an app with visitors on one store; SECONDS=3600 for an hour
	@$(BIN)/python tests/reliability/soak.py $(or $(SECONDS),300)

fuzz: ## feed every door with bytes that coverage leads, in an environment of its own; SECONDS=240 a door
	@test -x .venv-fuzz/bin/python || $(PYTHON) -m venv .venv-fuzz
	@.venv-fuzz/bin/python -m pip install -qq --disable-pip-version-check -e ".[fuzz]"
	@.venv-fuzz/bin/python tests/fuzz/fuzz.py $(or $(SECONDS),240)

audit: .venv/test.stamp ## list the dependencies with reasons and licences, and look up their known flaws over the network
	@test -x .venv-audit/bin/python || $(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/python -m pip install -qq --disable-pip-version-check "pip-audit>=2.7,<3"
	@$(BIN)/python .ci/audit.py

lint: .venv/test.stamp ## mend what can be mended by itself, then say what is left
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove the environment and what tools left behind
	rm -rf .venv .venv-bench .venv-fuzz .venv-audit .pytest_cache .ruff_cache .hypothesis *.egg-info

.venv/%.stamp: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "Python 3.11 or newer with venv is needed; set PYTHON=/path/to/python3"; exit 1; }
	@echo "Installing mediastore[$*] into .venv (a minute or two, once)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -e ".[$*]"
	@touch $@
