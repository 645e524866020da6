# One word each for what people do here. Needs Python 3.11 or newer, make, and nothing else:
#   make run            the whole system on http://127.0.0.1:8000, until Ctrl-C (PORT=… to change)
#   make test           all tests that need no system package
#   make install        only the set-up
#   make check          lint, format, types, migrations in step, architecture
#   make audit          whether a weakness is known of any pinned package (asks a service)
#   make fix            what lint and format can mend themselves
#   make messages       bring the texts in locale/ in step with what pages say
#   make migrate        bring the database to the latest shape
#   make backup         one backup of this installation, verified (docs/operations.md)
#   make restore-drill  a crash between two writes, restored before, between and after them
#   make bench          every figure beside its peers at 100,000 and a million deals (SIZES=…,
#                       BUDGET=seconds, KEEP=1); reports in benchmarks/results/
#   make bench-chaos    imports while whatever can be is killed, cut off or filled up (needs
#                       redis-server; QUICK=1: five minutes)
#   make load           readers, editors and partners at work together (needs redis-server)
#   make rehearse       several machines' worth of processes, killed and restarted under load
#                       (Debian: apt-get install nginx-light pgbouncer redis-server)
#   make test-addresses ten thousand random addresses, of which none may break a page
#   make test-browser   tests in a real Chromium (Debian: apt-get install chromium)
#   make test-services  tests with real servers and processes
#                       (Debian: apt-get install redis-server rabbitmq-server)

.PHONY: backup restore-drill run test install install-dev check audit fix messages migrate bench bench-chaos load \
	test-browser test-services test-addresses
.NOTPARALLEL:
# Many processes are started here; without kept bytecode each would compile the whole house again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PYTHON := $(VENV)/bin/python
PYTEST := $(PYTHON) -m investtrack.guard $(PYTHON) -m pytest
# Two tests at a time unless told otherwise: make test WORKERS=8. Each worker has a database, a web
# server and a browser of its own.
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
	@$(PYTEST) -m browser -n $(WORKERS) --dist loadgroup tests/browser

test-addresses: export QUERY_STRINGS := 10000

test-addresses: install-dev
	@$(PYTEST) tests/web/test_query_strings.py

test-services: install-dev
	@$(PYTEST) -m services -n $(WORKERS) --dist loadfile

check: install-dev
	@$(PYTHON) .ci/check.py

audit: install-dev
	@$(PYTHON) .ci/audit.py

fix: install-dev
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

messages: install
	@$(PYTHON) manage.py messages

migrate: install
	@$(PYTHON) manage.py migrate

backup: install
	@$(PYTHON) manage.py backup

restore-drill: install
	@$(PYTHON) -m investtrack.guard $(PYTHON) -m benchmarks.restore

bench: install-dev
	@$(PYTHON) -m benchmarks

bench-chaos: install-dev
	@$(PYTHON) -m investtrack.guard $(PYTHON) -m benchmarks.chaos

load: install-dev
	@$(PYTHON) -m investtrack.guard $(PYTHON) -m benchmarks.load

rehearse: install-dev
	@$(PYTHON) -m investtrack.guard $(PYTHON) -m benchmarks.rehearsal

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
