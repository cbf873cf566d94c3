# Two commands matter: `make demo` and `make test`. Both make their own environment in .venv first.
#   make demo          install landing-lab and run the main job on simulated boards
#   make test          install the test tools, then ruff, mypy, import-linter and pytest
#   make bench         the bench at real time: compiled firmware, real ports, `landing-lab record` (half a minute)
#   make benchmark     the measured targets (not part of the pass/fail run)
#   make picture       render the README's picture of the report again
#   make docs-tables   write docs/metrics.md anew from the declared metrics
#   make constraints   write constraints.txt anew from what is installed now
# PYTHON picks the interpreter (3.11-3.13): make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := env -u PYTHONDONTWRITEBYTECODE OPENBLAS_NUM_THREADS=1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
OUT ?=

.PHONY: demo test lint unit bench benchmark picture docs-tables constraints clean

demo: $(VENV)/.installed
	$(RUN) $(BIN)/landing-lab demo $(if $(OUT),--out $(OUT))

test: lint unit

lint: $(VENV)/.installed-tests
	$(BIN)/ruff check src drivers tests
	$(BIN)/ruff format --check src drivers tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python -m pytest -q -n 2 --dist worksteal --durations 10 tests --ignore tests/benchmarks --ignore tests/bench/real_time

bench: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python -m pytest -q tests/bench/real_time

benchmark: $(VENV)/.installed-tests
	@$(PIP) --editable ".[c3d,test,benchmark]"
	$(RUN) $(BIN)/python -m pytest -q tests/benchmarks --benchmark-only --benchmark-columns=median,iqr,ops,rounds

picture: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python docs/picture.py

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v[:2] < (3, 14) else f"landing-lab needs Python 3.11, 3.12 or 3.13; {sys.executable} is {v[0]}.{v[1]}. Name another one: make demo PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python has no venv module here; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing landing-lab and its libraries into $(VENV) (about 700 MB, once) ..."
	@$(PIP) --editable ".[c3d]"
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.installed .ci/debian-packages
	@echo "Installing the test tools ..."
	@$(PIP) --editable ".[c3d,test]"
	@sh .ci/debian-packages
	@touch $@

docs-tables: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python docs/metrics_table.py

constraints: $(VENV)/.installed-tests
	$(BIN)/python -m pip --disable-pip-version-check freeze --exclude-editable | grep -v ' @ ' > constraints.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
