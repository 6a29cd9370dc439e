PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# Every target is one command of a person; what they need is built by the stamp below.
.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench crash machines schemathesis guide lock

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

install: .venv/installed ## Make .venv from the lock file

.venv/installed: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

demo: install ## Try it: 3,581 invented graduates, a local mailbox, PORT=8000 (ONCE=1: run through and end)
	@$(BIN)/python -m demo --port $(PORT) $(if $(ONCE),--once)

test: install lint ## Run every test, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -q -n 2
	$(BIN)/python -m pytest -q -n 2 --engine=postgresql -m "not browser"

lint: install ## Check style, types and the import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install ## Measure, as ratios against a naive baseline in the same run
	$(BIN)/python -m bench

crash: install ## Kill senders, the database and the mail server in mailings of 2,000
	CRASH_PEOPLE=2000 timeout 300 sh -ec '\
		$(BIN)/python -m pytest -q tests/crash/test_kills.py; \
		$(BIN)/python -m pytest -q tests/crash/test_kills.py tests/crash/test_kills_of_many.py tests/crash/test_kills_of_servers.py --engine=postgresql'

machines: install ## Three hosts in network namespaces, one killed, one cut off (needs root, PostgreSQL)
	$(BIN)/python -m pytest -q tests/crash/check_machines.py

schemathesis: install ## Let schemathesis look longer for requests that the API's document doesn't foretell
	SCHEMATHESIS_EXAMPLES=200 $(BIN)/python -m pytest -q tests/api/test_schemathesis.py
	SCHEMATHESIS_EXAMPLES=200 $(BIN)/python -m pytest -q tests/api/test_schemathesis.py --engine=postgresql

guide: install ## Take the pictures of the user guide anew (needs chromium)
	$(BIN)/python -m tools.guide

lock: ## Renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --quiet -o requirements.lock
