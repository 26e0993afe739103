# What a person or CI does with a clone. `make` alone lists the targets.

PYTHON ?= python3
UV ?= uv
VENV := .venv
PEERS := .venv-peers
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SAMPLES := data/samples
# Half of a test's time is waiting for kernels and pages. A file's tests stay together, and with
# them the servers and shops that they share.
BESIDE := -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# Imports without compiled bytecode take four to six times as long.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-engines setup-bench setup-peers report test test-long browser lab serve screenshots bench bench-large bench-app lint lock

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

report: setup ## Set up, run the three notebooks on the samples, print the path of the pages
	@$(BIN)/ops report all --source $(SAMPLES)

test: setup-dev browser ## Set up with development tools and a browser, run every test
	$(BIN)/python -m pytest $(BESIDE)

test-long: setup-dev browser ## The same with a thousand random examples where there are few (an hour or two)
	$(BIN)/python -m pytest $(BESIDE) -m ""

lab: setup ## Open the notebooks in JupyterLab
	@$(BIN)/ops lab --source $(SAMPLES)

serve: setup ## Serve the notebooks as apps
	@$(BIN)/ops serve --source $(SAMPLES)

screenshots: setup-dev browser ## Take the pictures in docs/images again
	$(BIN)/python -m pytest -q tests/screenshots.py

bench: setup-bench setup-dev setup-peers browser ## Measure with 1 and 10 million events, and the pages in a browser
	$(BIN)/python -m benchmarks.run

bench-large: setup-bench setup-dev setup-peers browser ## The same with 1, 10 and 100 million (about an hour, 10 GB of disk)
	$(BIN)/python -m benchmarks.run --events 1 --events 10 --events 100

bench-app: setup-dev setup-peers browser ## Measure the pages in a browser, beside other frameworks
	$(BIN)/python -m benchmarks.run --only app

lint: setup-dev ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lock: ## Pin the newest versions within pyproject.toml's ranges (needs uv)
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--group build pyproject.toml -o requirements.lock
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--constraint requirements.lock \
		--group build --group dev pyproject.toml -o requirements-dev.lock
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--constraint requirements.lock --constraint requirements-dev.lock \
		--extra postgres --extra spark pyproject.toml -o requirements-spark.lock
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--constraint requirements.lock --constraint requirements-dev.lock \
		--group bench pyproject.toml -o requirements-bench.lock
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
		--constraint requirements.lock \
		--group build --group peers pyproject.toml -o requirements-peers.lock

setup: $(VENV)/setup-done ## Create .venv with the locked dependencies
setup-dev: $(VENV)/setup-dev-done ## The same with development tools
setup-engines: $(VENV)/setup-engines-done ## The same with PostgreSQL's driver and Spark (450 MB)
setup-bench: $(VENV)/setup-bench-done ## The same with polars, which is measured beside it
setup-peers: $(PEERS)/setup-done ## Create .venv-peers: Streamlit, Panel and Solara (700 MB)

# A set-up that was interrupted leaves setup-started behind and begins again from nothing:
# pip takes half an installed package for a whole one.
$(VENV)/setup-done: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "$(PYTHON) is missing or older than 3.11. Install a newer one, or choose one:" \
			"make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments." \
			"On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@if [ -e $(VENV)/setup-started ]; then rm -rf $(VENV); fi
	@echo "Setting up $(VENV) (one to three minutes, once) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $(VENV)/setup-started
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation --no-deps -e .
	@$(BIN)/python -m compileall -q ops_widgets
	@$(BIN)/python -c 'from ops_widgets.widgets.bundle import bundle_text; bundle_text()'
	@mv $(VENV)/setup-started $@

$(VENV)/setup-dev-done: $(VENV)/setup-done requirements-dev.lock
	@mv $(VENV)/setup-done $(VENV)/setup-started
	@$(PIP) --require-hashes -r requirements-dev.lock
	@mv $(VENV)/setup-started $(VENV)/setup-done
	@touch $@

$(VENV)/setup-engines-done: $(VENV)/setup-dev-done requirements-spark.lock
	@mv $(VENV)/setup-done $(VENV)/setup-started
	@$(PIP) --require-hashes -r requirements-spark.lock
	@mv $(VENV)/setup-started $(VENV)/setup-done
	@touch $@

$(VENV)/setup-bench-done: $(VENV)/setup-done requirements-bench.lock
	@mv $(VENV)/setup-done $(VENV)/setup-started
	@$(PIP) --require-hashes -r requirements-bench.lock
	@mv $(VENV)/setup-started $(VENV)/setup-done
	@touch $@

# Other people's servers, with the package that they show; never in the environment that is tested.
$(PEERS)/setup-done: requirements-peers.lock pyproject.toml
	@rm -rf $(PEERS)
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements-peers.lock
	@$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check \
		--no-build-isolation --no-deps -e .
	@touch $@

# The first that works: a Chromium of the system, Playwright's own, Debian's.
browser: setup-dev
	@if command -v chromium >/dev/null; then :; \
	elif timeout 300 $(BIN)/python -m playwright install chromium; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q \
		&& apt-get install -qy --no-install-recommends chromium; then :; \
	elif [ -n "$$CI" ]; then echo "No browser could be installed: in CI that is a failure." >&2; exit 1; \
	else echo "*** NO BROWSER: every browser test will be SKIPPED. Install chromium. ***" >&2; fi
