# Every target sets up what it needs: on a fresh machine with Python 3.11 to 3.13, `make demo` or `make test` is enough.
# The environment lives in .venv; stamps inside it remember what was installed, so the second time is quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench gui lock clean

BIN := .venv/bin
INSTALL := $(BIN)/python .ci/install.py
# What the installation depends on; the code itself is not among it, because it is installed as a path to this folder.
RECIPE := $(BIN)/python pyproject.toml constraints.txt .ci/install.py
CORE := .venv/.core-installed
GUI := .venv/.gui-installed
DEV := .venv/.dev-installed
# The packages that lint and types look after, as far as they exist.
PACKAGES := pathoflow $(wildcard plugins/napari_pathoflow methods/pathoflow_methods)
# How pytest runs: a worker per core, each with one torch thread. For one test: make test PYTEST='-k slide -x'
PYTEST ?= -n auto --maxprocesses 4

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(DEV)  ## install everything a developer needs into .venv

demo: $(CORE)  ## paint a slide, analyse it, write the report into demo-out/
	@$(BIN)/pathoflow demo --out demo-out

test: check  ## check, then run the tests (no network, GPU or display needed)
	@$(BIN)/python -m pytest $(PYTEST)

check: $(DEV)  ## lint, format, types and import arrows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(PACKAGES)
	@$(BIN)/lint-imports

format: $(DEV)  ## repair what lint and format can repair by themselves
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(CORE)  ## paint test slides, run the main job on them, write the figures (an hour)
	@$(BIN)/python benchmarks/main_job.py --work bench-out
	@$(BIN)/python benchmarks/main_job.py --work bench-out --seams
	@$(BIN)/python benchmarks/cohort.py --work bench-out --cohort painted-test
	@$(BIN)/python benchmarks/cohort.py --work bench-out --cohort painted-stress
	@$(BIN)/python benchmarks/fairness.py --slides bench-out/painted-test/slides --results bench-out/painted-test-out
	@$(BIN)/python benchmarks/table.py
	@$(BIN)/python benchmarks/phantom_page.py

gui: $(GUI)  ## open the viewer (needs a display)
	@$(BIN)/python .ci/gui.py

lock: $(DEV)  ## write constraints.txt, the tested versions, anew
	@.ci/lock

clean:  ## remove what was built here: the environment, caches, the demo's output
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build demo-out bench-out *.egg-info
	find pathoflow tests $(wildcard plugins methods benchmarks) -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python=$$(.ci/find-python); echo "Making .venv with $$("$$python" --version) ..."; \
	"$$python" -m venv --clear .venv || { rm -rf .venv; \
	echo "Python could not make .venv: on Debian or Ubuntu, sudo apt-get install python3-venv." >&2; exit 1; }

$(CORE): $(RECIPE)
	@$(INSTALL)
	@touch $@

$(GUI): $(RECIPE)
	@$(INSTALL) gui
	@touch $(CORE) $@

$(DEV): $(RECIPE)
	@$(INSTALL) gui dev
	@touch $(CORE) $(GUI) $@
