# Every command of the project. `make help` lists them; each one prepares the machine first.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
ARGS ?=
WORKERS ?= 2

RUFF = $(PYTHON) -m ruff check .
MYPY = $(PYTHON) -m mypy $(wildcard gui headless inference models reports main.py)
ARROWS = .venv/bin/lint-imports

# First Python on the path that the pinned packages were made for; asked for by running it, because
# version managers put names on the path that do not run.
ifndef BASE_PYTHON
BASE_PYTHON := $(shell for candidate in python3.11 python3.12 python3 python; do \
	$$candidate -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null \
	&& { echo $$candidate; break; }; done)
endif

SET_UP = $(if $(BASE_PYTHON),$(BASE_PYTHON) tools/set_up.py,\
	$(error Concilium needs Python 3.11 or 3.12. On Debian or Ubuntu: sudo apt-get install -y python3 python3-venv))

.PHONY: help demo test lint bench soak verdicts results packs screenshots gallery lock app dev clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: app  ## open the application on a synthetic case (ARGS=--headless: without a window)
	$(PYTHON) main.py demo $(ARGS)

test: dev  ## every check: style, types, import arrows, tests (ARGS go to pytest, WORKERS=2 at once)
	@failed=""; \
	$(RUFF) || failed="$$failed ruff"; \
	$(MYPY) || failed="$$failed mypy"; \
	$(ARROWS) || failed="$$failed import-linter"; \
	$(PYTHON) -m pytest -n $(WORKERS) --dist loadfile $(ARGS) || failed="$$failed pytest"; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed" >&2; exit 1; fi

lint: dev  ## style, types and import arrows alone
	$(RUFF)
	$(MYPY)
	$(ARROWS)

bench: dev  ## measure against peers (benchmarks/): an assessment, the pathways, the window, opening scans, statistics, training, false flags
	$(PYTHON) -m benchmarks.assess $(ARGS)
	$(PYTHON) -m benchmarks.pathways $(ARGS)
	$(PYTHON) -m benchmarks.intake
	$(PYTHON) -m benchmarks.statistics
	$(PYTHON) -m benchmarks.training_profile
	$(PYTHON) -m benchmarks.guard_rates

soak: dev  ## open thousands of damaged files (benchmarks/fuzz_intake.py)
	$(PYTHON) -m benchmarks.fuzz_intake $(if $(ARGS),$(ARGS),--files 5000)

verdicts: dev  ## write docs/verdicts.md anew from the table of findings
	$(PYTHON) -m tools.verdicts_page

results: dev  ## compute the numbers that the documents quote
	$(PYTHON) -m models.results $(ARGS)

packs: dev  ## train and export the demonstration packs on synthetic phantoms
	$(PYTHON) -m models.make_packs $(ARGS)

screenshots: dev  ## take the pictures of the documents
	$(PYTHON) -m tools.screenshots $(ARGS)

gallery: dev  ## draw every figure from synthetic data (build/figures)
	$(PYTHON) -m tools.figure_gallery $(ARGS)

lock: dev  ## write constraints.txt anew from pyproject.toml
	$(PYTHON) -m tools.lock

app:  ## prepare this machine for the application
	@$(SET_UP) app

dev:  ## prepare this machine for the application, training and the checks
	@$(SET_UP) dev

clean:  ## remove the environment and everything that was built
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
