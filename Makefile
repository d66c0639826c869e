# newscrawl's commands. `make run` and `make test` are each enough on a fresh machine with Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Python and pytest keep what they compiled: without it, each worker and each command under test compiles all anew.
test test-fast coverage: export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test test-fast coverage install check bench evaluate clean help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/installed  ## crawl the bundled newsroom into MongoDB and show what was stored
	@$(BIN)/python -m newscrawl demo

test: $(VENV)/installed  ## run all tests
	@$(BIN)/python -m pytest -n 2 --dist loadscope -q $(ARGS)

test-fast: $(VENV)/installed  ## run the tests that are not slow, in a minute or two
	@$(BIN)/python -m pytest -n 2 --dist loadscope -q -m "not slow" $(ARGS)

coverage: $(VENV)/installed  ## measure what the fast tests cover, against the floor in pyproject.toml
	@$(BIN)/python -m coverage erase
	@$(BIN)/python -m coverage run -m pytest -q -m "not slow" $(ARGS)
	@$(BIN)/python -m coverage report --skip-covered --sort=cover

install: $(VENV)/installed  ## make .venv with everything, developer's tools included

check: $(VENV)/installed  ## lint and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(VENV)/installed  ## speed of crawls, of reads, of the pages, and how well stories are told apart
	@$(BIN)/python -m benchmarks.speed $(ARGS)
	@$(BIN)/python -m benchmarks.warm
	@$(BIN)/python -m benchmarks.reads
	@$(BIN)/python -m benchmarks.serving
	@$(BIN)/python -m benchmarks.polls --hours 6
	@$(BIN)/python -m benchmarks.dates
	@$(BIN)/python -m benchmarks.stories
	@$(BIN)/python -m benchmarks.stories_among_many

evaluate: $(VENV)/installed  ## accuracy and speed on real pages
	@$(BIN)/python -m benchmarks.evaluate $(ARGS)
	@$(BIN)/python -m benchmarks.reading_speed

clean:  ## remove .venv and caches; the database in .newscrawl stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info

# Made again when what is to be installed changes.
$(VENV)/installed: requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "newscrawl needs Python 3.11 or newer, and there is no $(PYTHON); install it, or say: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "newscrawl needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Say: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making $(VENV) and installing newscrawl (once; about a minute) …"
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -qq -e '.[mongod,web,alerts,metrics,parquet,cluster,archive,browser,dev]' || { echo "Installing failed; pip's words are above" >&2; exit 1; }
	@touch $@
