# Every target sets up what it needs: a fresh machine has Python 3.11, make and, on Debian, apt.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test test-long bench check setup clean run
.DEFAULT_GOAL := help

help:
	@echo "make demo       the whole journey on the practice clinic (offscreen without a display)"
	@echo "make run        open the window"
	@echo "make test       set up, check and test everything"
	@echo "make test-long  soak and fuzz"
	@echo "make bench      measure, side by side with peers"
	@echo "make check      lint, format and types alone"
	@echo "make setup      the environment alone; every other target sets up by itself"
	@echo "make clean      take away what was built, and the environment"

$(READY): pyproject.toml requirements.lock packaging/setup.sh
	@PYTHON=$(PYTHON) sh packaging/setup.sh $(VENV)
	@touch $@

setup: $(READY)

demo: $(READY)
	@$(BIN)/python -m reviewer_app demo --out build/demo

run: $(READY)
	@$(BIN)/python main.py

check: $(READY)
	@$(BIN)/ruff check reviewer_app tests main.py
	@$(BIN)/ruff format --check reviewer_app tests main.py
	@$(BIN)/mypy

test: $(READY) check
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not long and not bench"

test-long: $(READY)
	@$(BIN)/python -m pytest -q -m long --timeout 3600

bench: $(READY)
	@$(BIN)/python -m tests.benchmarks

clean:
	rm -rf build $(VENV)
