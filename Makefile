# One word each for what people do here. Needs Python 3.11 or newer, make, and nothing else:
#   make run            the whole system on http://127.0.0.1:8000, until Ctrl-C (PORT=… to change)
#   make test           all tests that need no system package
#   make install        only the set-up
#   make check          lint, format, types, migrations in step, architecture
#   make fix            what lint and format can mend themselves
#   make messages       bring the texts in locale/ in step with what pages say
#   make migrate        bring the database to the latest shape
#   make bench          the measurements of benchmarks/
#   make bench-chaos    imports while workers, database and broker are killed (needs redis-server)
#   make test-addresses ten thousand random addresses, of which none may break a page
#   make test-browser   tests in a real Chromium (Debian: apt-get install chromium)
#   make test-services  tests with real servers and processes
#                       (Debian: apt-get install redis-server rabbitmq-server)

.PHONY: run test install install-dev check fix messages migrate bench bench-chaos test-browser \
	test-services test-addresses
.NOTPARALLEL:

VENV := .venv
PYTHON := $(VENV)/bin/python
PYTEST := $(PYTHON) -m investtrack.guard $(PYTHON) -m pytest
# Two tests at a time unless told otherwise: make test WORKERS=8
WORKERS ?= 2

# Recipes of one plain command each, so that make starts it without a shell in between: a program
# then sees when make ends, and ends too.

run: install
	@$(PYTHON) -m investtrack.run

# In the environment, since quotes in a recipe would bring the shell back.
test: export PYTEST_ADDOPTS := -m "not browser and not services" $(PYTEST_ADDOPTS)

test: install-dev
	@$(PYTEST) -n $(WORKERS) --dist loadgroup
	@echo "Not run here: browser tests, which need Chromium (make test-browser), and service"
	@echo "tests, which need a Redis server or take long (make test-services)."

test-browser: install-dev
	@$(PYTEST) -m browser

test-addresses: export QUERY_STRINGS := 10000

test-addresses: install-dev
	@$(PYTEST) tests/web/test_query_strings.py

test-services: install-dev
	@$(PYTEST) -m services

check: install-dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) manage.py check
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m pytest -q tests/test_architecture.py

fix: install-dev
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

messages: install
	@$(PYTHON) manage.py messages

migrate: install
	@$(PYTHON) manage.py migrate

bench: install-dev
	@$(PYTHON) -m benchmarks

bench-chaos: install-dev
	@$(PYTHON) -m investtrack.guard $(PYTHON) -m benchmarks.chaos

# ---- the virtual environment: made once, renewed when a requirements file changes ----

install: $(VENV)/.requirements
install-dev: $(VENV)/.requirements-dev

PIP_INSTALL := $(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes

$(VENV)/.requirements: requirements.txt
	@sh -eu .ci/venv $(VENV)
	@echo "Installing the requirements into $(VENV) ..."
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/.requirements-dev: requirements-dev.txt $(VENV)/.requirements
	@echo "Installing the tools for tests and checks into $(VENV) ..."
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@
