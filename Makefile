# Two commands: `make score` (VIDEO=film.mp4 OUT=folder) and `make test`.
# Run again, `make score` writes to folder-2, folder-3, ...; ARGS=--force replaces the result.
# Each sets up what it needs in .venv on a fresh machine.

PYTHON ?= python3
VENV ?= .venv
OUT ?= out
DEMO = $(VENV)/demo.mp4
VIDEO ?= $(DEMO)
# What runs against the clock (JACK, a DAW, a server) waits most of the time. It comes first on the
# cores, two files at a time; the rest has what it leaves, and prints its results at the end.
# libjack may hang for ever where its server falters: such a test ends its worker, and is run again.
TESTS = $(filter-out tests/conftest.py %__pycache__,$(wildcard tests/*))
CLOCKED = tests/bridge
SERVER = $(addprefix tests/bridge/server/test_,client.py http.py page_routes.py rescore.py same_as_cli.py)
SHARED = tests/bridge/cli tests/bridge/doctor tests/bridge/reaper tests/bridge/scoring $(SERVER)
PIP = $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
INSTALL = $(PIP) -e '.[$(EXTRAS),speech]' || { \
    echo "Speech recognition has no wheel for this machine: films are read without it."; \
    $(PIP) -e '.[$(EXTRAS)]'; }

# Tests start hundreds of processes. Without compiled modules each of them would compile emsync.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: score test clean

score: $(VENV)/ready $(if $(filter $(DEMO),$(VIDEO)),$(DEMO))
	@$(VENV)/bin/emsync score "$(VIDEO)" -o "$(OUT)" $(ARGS)

test: $(VENV)/ready-to-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	@nice -n 10 $(VENV)/bin/mypy & types=$$!; \
	nice -n 19 $(VENV)/bin/pytest -n 2 --dist worksteal $(filter-out $(CLOCKED),$(TESTS)) $(SHARED) \
	    >$(VENV)/shared.log 2>&1 & shared=$$!; trap 'kill $$types $$shared' INT TERM; \
	$(VENV)/bin/pytest -n 2 --dist loadfile --timeout 300 --timeout-method thread --reruns 2 \
	    $(CLOCKED) $(SHARED:%=--ignore=%); clocked=$$?; \
	wait $$types; types=$$?; echo "The tests that need no clock:"; wait $$shared; shared=$$?; \
	cat $(VENV)/shared.log; exit $$((types | clocked | shared))

$(DEMO): $(VENV)/ready engine/video/demo.py $(wildcard engine/video/cartoon/*.py)
	@$(VENV)/bin/emsync demo -o $@ --force

$(VENV)/ready: EXTRAS = cpu,emotion
$(VENV)/ready: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL)
	@touch $@

$(VENV)/ready-to-test: EXTRAS = cpu,emotion,train,dev
$(VENV)/ready-to-test: pyproject.toml constraints.txt
	@echo "Setting up $(VENV) to test ..."
	@$(PYTHON) -m venv $(VENV)
	@$(INSTALL)
	@touch $(VENV)/ready $@

clean:
	rm -rf $(VENV) build *.egg-info
