# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
SHELL := /bin/bash

.PHONY: run test test-slow lint install install-dev system train lock clean

run: install  ## run the main job (on the embedded sample when there is no langnghe.toml); ONCE=1: one round
	@$(BIN)/langnghe run $(if $(ONCE),--once,)

install: $(VENV)/installed

install-dev: $(VENV)/installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-pip.lock

$(VENV)/installed: requirements.lock requirements-pip.lock pyproject.toml | $(VENV)/bin/python
	@echo "Đang cài đặt các thư viện (chỉ lần đầu)…"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

system:  ## Debian packages the tests and the PDF need, where this may be done
	@.ci/system

test: install-dev system lint  ## the fast tests, in parallel
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not slow" -rs

test-slow: install-dev system  ## fault and soak tests
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m slow --timeout 1500 -rs

lint: install-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy records config.py complaints.py vietnamese.py masking.py signing.py passwords.py onetime.py attached.py received.py roster.py sealing.py platforms.py signon.py corrections.py knowledge crawlers nlp store alerts reports desk pipeline

train: install  ## make the shipped weights again (needs the labelled data)
	@$(BIN)/langnghe train --data $(or $(DATA),../shared/data) --out nlp/models

lock:  ## resolve the dependencies again (needs uv)
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build pyproject.toml -o requirements.lock
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) var build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
