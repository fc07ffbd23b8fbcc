# `make demo` and `make test` need Python 3.11 or newer with pip and venv, and make; nothing else.
PYTHON ?= python3
PYTEST_ARGS ?=
# Published assignment networks (TNTP format), and a Python with AequilibraE, for bench and validate
TNTP ?=
AEQUILIBRAE ?=
# Not empty: `make lock` takes the newest versions
UPGRADE ?=
# Inputs that `make fuzz` tries, from this seed on
N ?= 500
SEED ?= 0
UV_VERSION := 0.13.9

VENV := .venv
BIN := $(VENV)/bin
LOCK_VENV := .venv-lock
GNPY_VENV := .venv-gnpy

export PIP_DISABLE_PIP_VERSION_CHECK = 1

# $(call install,VENV,LOCK FILES): exactly what the lock files say, by uv when it is there
ifneq ($(shell command -v uv 2>/dev/null),)
install = uv pip install -q --python $(1)/bin/python --require-hashes --no-deps $(addprefix -r ,$(2))
else
install = $(1)/bin/python -m pip install -q --require-hashes --no-deps $(addprefix -r ,$(2))
endif

published = $(if $(TNTP),LAJVARD_TNTP="$(TNTP)") $(if $(AEQUILIBRAE),LAJVARD_AEQUILIBRAE="$(AEQUILIBRAE)")

# $(call timed,NAME,COMMAND): a section of the output, with its seconds below it
define timed
	@printf '\n== %s\n' '$(1)'; began=$$(date +%s); $(2); code=$$?; \
		printf '== %s: %d s\n' '$(1)' $$(($$(date +%s) - began)); exit $$code
endef

# Tests on as many cores as there are, four at most: each worker keeps models of its own in memory.
# A worker begins with a half of the files in their order, and takes over what another has left.
pytest = $(BIN)/python -m pytest -q -n logical --maxprocesses 4 --dist worksteal

# Two sections at once, the output of each in one piece where this make can do so.
beside = $(MAKE) --no-print-directory --keep-going -j 2 \
	$(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

.DEFAULT_GOAL := help
.PHONY: help demo test check check-tests check-types check-docs check-fuzz fuzz validate bench docs golden lock dev clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-9s %s\n", $$1, $$2}'

demo: $(VENV)/.lajvard ## set up what is needed and show the main job on the built-in corridor
	$(BIN)/lajvard demo

test: $(VENV)/.dev ## set up what is needed and run the quick tests and every example
	$(pytest) $(PYTEST_ARGS)

check: $(VENV)/.dev ## all that CI runs: format, lint, floors, types, tests, wheel, docs
	$(call timed,format,$(BIN)/ruff format --check .)
	$(call timed,lint,$(BIN)/ruff check .)
	$(call timed,floors,$(BIN)/lint-imports --no-logo)
	@$(beside) check-tests check-types check-docs check-fuzz

check-tests check-types check-docs check-fuzz: $(VENV)/.dev

check-tests:
	$(call timed,tests,$(pytest) -m "not validate" $(PYTEST_ARGS))

check-types:
	$(call timed,types,$(BIN)/mypy)

check-docs:
	$(call timed,docs,$(BIN)/sphinx-build -q -W --keep-going docs docs/_build/html)

check-fuzz:
	$(call timed,fuzz,$(BIN)/python -m tests.fuzz.run 500 --jobs 1)

fuzz: $(VENV)/.dev ## try N inputs that go wrong (N=500 SEED=0), and count what comes of them
	$(BIN)/python -m tests.fuzz.run $(N) --seed $(SEED)

validate: $(VENV)/.spark $(GNPY_VENV)/.run ## slow comparisons with theory, published values and other programs
	$(published) $(BIN)/python -m pytest -m validate -s $(PYTEST_ARGS)
	$(BIN)/python -m tests.fuzz.run 20000 --seed 10000

bench: $(VENV)/.bench ## run every benchmarks/bench_*.py in turn
	@set -e; for script in $(sort $(wildcard benchmarks/bench_*.py)); do \
		printf '\n== %s\n' "$$script"; $(published) $(BIN)/python "$$script"; done

docs: $(VENV)/.dev ## the documentation site, in docs/_build/html
	$(BIN)/sphinx-build -q -W --keep-going docs docs/_build/html
	@echo "docs/_build/html/index.html"

golden: $(VENV)/.dev ## write tests/golden/ and generated pages anew; read the difference
	$(BIN)/python -m pytest --update-golden tests $(PYTEST_ARGS)
	git --no-pager diff --stat -- tests/golden docs

dev: $(VENV)/.dev ## the virtual environment for work on lajvard, in .venv

lock: ## pin what pyproject.toml has new in requirements/; UPGRADE=1 pins the newest versions of all
	test -x $(LOCK_VENV)/bin/uv || $(PYTHON) -m venv $(LOCK_VENV)
	$(LOCK_VENV)/bin/python -m pip install -q uv==$(UV_VERSION)
	$(call compile,dev,pyproject.toml $(EXTRAS) --group dev)
	$(call compile,run,pyproject.toml $(EXTRAS) -c requirements/dev.txt)
	$(call compile,build,--group build -c requirements/dev.txt)
	$(call compile,spark,pyproject.toml --extra spark -c requirements/dev.txt)
	$(call compile,bench,--group bench -c requirements/dev.txt)
	$(call compile,gnpy,--group gnpy)

# What `make demo` has: every command with all that it shows and writes. The tests add the rest.
EXTRAS := --extra cli --extra gis --extra report

# No header, no notes and no index address: the files say which bytes, not where from. Versions that
# stand there already stay, unless all are upgraded.
compile = $(LOCK_VENV)/bin/uv pip compile -q $(2) -o requirements/$(1).txt --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes --no-header --no-annotate \
	$(if $(UPGRADE),--upgrade)

clean: ## remove all that was made, the virtual environments too
	rm -rf $(VENV) $(LOCK_VENV) $(GNPY_VENV) build dist docs/_build docs/_generated
	rm -rf src/lajvard/data/outlines .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ---------------------------------------------------------------- environments
# A stamp file in a virtual environment says what was installed there, so that a second `make` is quick.

%/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit("lajvard needs Python 3.11 or newer, this is " \
		+ sys.version.split()[0] + ". Say: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $*

$(VENV)/.run: requirements/run.txt requirements/build.txt | $(VENV)/pyvenv.cfg
	$(call install,$(VENV),$^)
	@touch $@

$(VENV)/.lajvard: $(VENV)/.run pyproject.toml hatch_build.py web/outlines/package-lock.json
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@test -f src/lajvard/data/outlines/countries-50m.json \
		|| echo "Maps will draw without country outlines: $(BIN)/python hatch_build.py says why."
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.lajvard
	$(call install,$(VENV),$<)
	@touch $@

# Spark, for the tests that compare with it: some 450 MB that nothing else needs.
$(VENV)/.spark: requirements/spark.txt $(VENV)/.dev
	$(call install,$(VENV),$<)
	@touch $@

# Other simulators, for the benchmarks that compare with them. Ciw's wheel brings its tests along
# as a package `tests`, which would come before ours.
$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	$(call install,$(VENV),$<)
	@rm -rf $(VENV)/lib/python3*/site-packages/tests
	@touch $@

# GNPy, for the tests that compare with it: it pins pandas below 3, and needs Python 3.11 or 3.12.
$(GNPY_VENV)/.run: requirements/gnpy.txt | $(GNPY_VENV)/pyvenv.cfg
	$(call install,$(GNPY_VENV),$<)
	@touch $@
