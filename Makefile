# Two commands: `make run` sets up everything and opens the dashboard; `make test` sets up and passes the tests.
# Every step prints what it does, is skipped when it is done, and says what to do when it fails.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Compiled modules are kept, whatever the surroundings say: every process would else compile the project anew, and every
# worker of the tests all of the tests.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
SAY := @printf '\033[1m%s\033[0m\n'

# One line a package as it comes, and every error; the rest of pip's talk is left out.
PACKAGES = awk '/^Collecting/ { sub(/ .from.*/, ""); printf "     %2d  %s\n", ++n, $$2; fflush() } /^Installing/ { print "     installing"; fflush() } /ERROR|error:/ { print; fflush() }'

.PHONY: help run setup bank test test-long check lock sbom demo tour clean

help:
	@echo "make run        set up everything and open the dashboard on http://localhost:8501"
	@echo "make setup      set up everything, start nothing"
	@echo "make test       set up what the tests need and run them"
	@echo "make test-long  the same properties with their full counts"
	@echo "make check      style, types and import directions only"
	@echo "make demo       make the demo city's database anew, with today as its day"
	@echo "make bank       also install what plans every branch of a week at once (docs/bank.md)"
	@echo "make tour       make the pictures of docs/tour.md anew, from the running application"
	@echo "make lock       write the hashed requirements from requirements*.in"
	@echo "make sbom       write what the product is made of (CycloneDX) to var/sbom.cdx.json, from the lock files"
	@echo "make clean      remove what was set up (.venv, var, static); your own files under var/ too"

run: setup
	$(SAY) "Opening the dashboard on http://localhost:$${ROUNDS_PORT:-8501} (Ctrl-C ends it)"
	@exec $(PY) -m streamlit run app.py --server.port $${ROUNDS_PORT:-8501} --server.address $${ROUNDS_HOST:-127.0.0.1}

setup: .venv/runtime.done static/vendor/done var/osrm/done .venv/search.done
	@$(PY) -m planner demo

.venv/created:
	$(SAY) "1/6  Python environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it with: make run PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "The environment could not be made. On Debian or Ubuntu: apt install python3-venv. Then repeat the command."; exit 1; }
	@touch $@

.venv/runtime.done: .venv/created requirements.txt
	$(SAY) "2/6  Python packages, pinned and hash-checked (about a minute)"
	@$(PIP) install --progress-bar off --require-hashes --only-binary=:all: -r requirements.txt 2>&1 | $(PACKAGES) || \
	  { echo "A package could not be installed. Check that the package registry is reachable, then repeat the command."; exit 1; }
	@touch $@

static/vendor/done: .venv/runtime.done package-lock.json dashboard/vendor.py $(wildcard dashboard/assets/*)
	$(SAY) "3/6  Map assets, pinned and hash-checked"
	@$(PY) -m dashboard.vendor
	@touch $@

var/osrm/done: .venv/runtime.done requirements-osrm.txt
	$(SAY) "4/6  Road engine (OSRM)"
	@$(PY) -m geodata.roads.executables var/osrm
	@touch $@

.venv/search.done: .venv/runtime.done $(wildcard planner/routing/compiled/*.py planner/routing/bound/*.py) planner/routing/machine_code.py
	$(SAY) "5/6  Compiling search and proof (about a minute and a half)"
	@$(PY) -m planner.routing.warm
	@touch $@

demo: .venv/runtime.done static/vendor/done var/osrm/done .venv/search.done
	@$(PY) -m planner demo --anew

bank: setup .venv/bank.done

.venv/bank.done: .venv/runtime.done requirements-bank.txt
	$(SAY) "Packages for planning a whole bank (Dask), pinned and hash-checked"
	@$(PIP) install --progress-bar off --require-hashes --only-binary=:all: -r requirements-bank.txt 2>&1 | $(PACKAGES) || \
	  { echo "A package could not be installed. Check that the package registry is reachable, then repeat the command."; exit 1; }
	@touch $@

.venv/dev.done: .venv/runtime.done requirements-dev.txt
	$(SAY) "Packages for the tests, pinned and hash-checked"
	@$(PIP) install --progress-bar off --require-hashes --only-binary=:all: -r requirements-dev.txt 2>&1 | $(PACKAGES) || \
	  { echo "A package could not be installed. Check that the package registry is reachable, then repeat the command."; exit 1; }
	@touch $@

# The browser tests need a Chromium: the one found, or Debian's when root with apt, verified by its signature.
.venv/browser.done: .venv/dev.done tests/browser.sh
	$(SAY) "A Chromium for the browser tests"
	@bash tests/browser.sh
	@touch $@

# The store's tests run on PostgreSQL too: the programs found, or Debian's when root with apt; no service is started.
# After the Chromium: two of apt at once stand in each other's way.
.venv/postgresql.done: .venv/dev.done tests/postgresql.sh | .venv/browser.done
	$(SAY) "PostgreSQL for the store's tests"
	@bash tests/postgresql.sh
	@touch $@

# The proxy of deploy/ is run on loopback: the nginx found, or Debian's when root with apt; no service is started.
.venv/nginx.done: .venv/dev.done tests/nginx.sh | .venv/browser.done .venv/postgresql.done
	$(SAY) "nginx for the tests of the proxy"
	@bash tests/nginx.sh
	@touch $@

check: .venv/dev.done
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

test: setup .venv/browser.done .venv/postgresql.done .venv/nginx.done check
	@$(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-long: setup .venv/browser.done .venv/postgresql.done .venv/nginx.done
	@ROUNDS_LONG=1 $(PY) -m pytest -m "long or not long" -n 2 --dist worksteal

tour: setup .venv/browser.done
	@$(PY) -m tests.browser.make_tour

lock: .venv/created
	@$(PIP) install --quiet uv==0.13.9
	@for name in requirements requirements-bank requirements-dev; do \
	  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header $$( case $$name in *-bank) echo -c requirements.txt;; *-dev) echo -c requirements.txt -c requirements-bank.txt;; esac ) \
	    -o $$name.txt $$name.in; done

sbom:
	@mkdir -p var
	@$(PYTHON) -m config.sbom > var/sbom.cdx.json
	@echo "     var/sbom.cdx.json"

clean:
	rm -rf .venv var static/vendor static/basemap node_modules
