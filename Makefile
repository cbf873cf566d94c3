# Two commands matter: `make demo` and `make test`. Both make their own environment in .venv first.
#   make demo          install landing-lab and run the main job on simulated boards
#   make test          install the test tools, then ruff, mypy, import-linter and pytest
#   make bench         the bench at real time: compiled firmware, real ports, `landing-lab record` (half a minute)
#   make lab           open the notebooks in JupyterLab, in a folder of your own (LAB="--no-browser --port 8890": its options)
#   make page          the lab page in a real Chromium and its server against faults and hostile requests; pictures of every
#                      step in build/page (minutes; CI too)
#   make notebooks     build the notebooks into build/notebooks and execute each from scratch (CI runs it; ONLY="04 05": some)
#   make docs          the same, then the documentation into build/docs; warnings are errors (CI runs it)
#   make docs-quick    the documentation without the notebooks: a minute, after an edit some seconds
#   make package       build wheel and sdist into dist/ and try them in fresh environments of 3.11, 3.12, 3.13 (CI runs it)
#   make judge         accuracy and statistics judged over many simulated cases (minutes; CI runs it too)
#   make benchmark     the measured targets (not part of the pass/fail run)
#   make picture       render the README's picture of the report again
#   make docs-tables   write docs/metrics.md, evidence.md and inputs.md anew from what they describe
#   make clean         remove what these made (.venv, build/, dist/, caches); recordings, your notebooks and data/ stay
#   make constraints   write constraints.txt anew from what is installed now
# PYTHON picks the interpreter (3.11-3.13): make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := env -u PYTHONDONTWRITEBYTECODE OPENBLAS_NUM_THREADS=1
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt
OUT ?=
# Tests of the lab page that need a browser, or its server in a process of its own for a minute
PAGE := $(filter-out tests/web/test_report_opens.py,$(wildcard tests/web/test_*.py)) tests/app/test_web_faults.py tests/app/test_web_safety.py
# In docs/ Python alone: ruff would format examples in Markdown
LINTED := src drivers tests notebooks data docs/docsite $(wildcard docs/*.py)
# Tests that have a target of their own
APART := --ignore tests/benchmarks --ignore tests/bench/real_time --ignore tests/packaging $(PAGE:%=--ignore %)

.PHONY: demo test lint unit bench page judge benchmark picture docs-tables constraints package clean docs docs-quick lab notebooks
ONLY ?=
LAB ?=


demo: $(VENV)/.installed
	$(RUN) $(BIN)/landing-lab demo $(if $(OUT),--out $(OUT))

test: lint unit

lint: $(VENV)/.installed-tests
	$(BIN)/ruff check $(LINTED)
	$(BIN)/ruff format --check $(LINTED)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python -m pytest -q -n 2 --dist worksteal --durations 10 -m 'not long' tests $(APART)

bench: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python -m pytest -q tests/bench/real_time

page: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python -m pytest -q -n 2 --dist worksteal --durations 10 $(PAGE)

judge: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python -m pytest -q -n 2 --dist worksteal --durations 10 -m long tests $(APART)

package: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python -m pytest -q --durations 10 tests/packaging

lab: $(VENV)/.installed-notebooks
	$(RUN) $(BIN)/python notebooks/run.py lab $(LAB)

notebooks: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python notebooks/run.py execute $(ONLY)

benchmark: $(VENV)/.installed-tests
	@$(PIP) --editable ".[c3d,analysis,dask,lsl,web,notebooks,docs,test,benchmark]"
	$(RUN) $(BIN)/python -m pytest -q tests/benchmarks --benchmark-only --benchmark-columns=median,iqr,ops,rounds

picture: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python docs/picture.py

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v[:2] < (3, 14) else f"landing-lab needs Python 3.11, 3.12 or 3.13; {sys.executable} is {v[0]}.{v[1]}. Name another one: make demo PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python has no venv module here; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing landing-lab and its libraries into $(VENV) (about 700 MB, once) ..."
	@$(PIP) --editable ".[c3d,analysis,web]"
	@touch $@

$(VENV)/.installed-notebooks: $(VENV)/.installed
	@echo "Installing JupyterLab ..."
	@$(PIP) --editable ".[c3d,analysis,dask,notebooks]"
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.installed .ci/debian-packages
	@echo "Installing the test tools ..."
	@$(PIP) --editable ".[c3d,analysis,dask,lsl,web,notebooks,docs,test]"
	@sh .ci/debian-packages
	@touch $@

docs: notebooks
	$(RUN) $(BIN)/python docs/make_site.py

docs-quick: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python docs/make_site.py --without-notebooks

docs-tables: $(VENV)/.installed-tests
	$(RUN) $(BIN)/python docs/metrics_table.py
	$(RUN) $(BIN)/python docs/evidence_page.py
	$(RUN) $(BIN)/python docs/inputs_page.py

constraints: $(VENV)/.installed-tests
	$(BIN)/python -m pip --disable-pip-version-check freeze --exclude-editable | grep -v ' @ ' > constraints.txt

# What was made by the targets above; never recordings, notebooks of people, or data/
clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
