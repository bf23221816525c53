# What one does with the kit, a tool a line. PYTHON=python3.13 picks another interpreter for the environment.
PYTHON ?= python3
BIN := .venv/bin
ROOT_USER := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab copies test soak lint notebooks pictures new-bug new-lesson patch patches lock bench versions
.DEFAULT_GOAL := lab

lab: copies  ## open your copies of the lessons in JupyterLab
	cd notebooks/mine && ../../$(BIN)/jupyter-lab $(ROOT_USER) --ip=127.0.0.1 --LabApp.default_url=/lab/tree/00_start_here.ipynb

copies: .venv/installed  ## write or update the copies alone, for another editor
	cd notebooks && ../$(BIN)/python -m workshop.copies

test: .venv/installed  ## every proof: unit, bugs, notebooks, browser
	$(BIN)/pytest $(ARGS)

soak: .venv/installed  ## the faults at full size, with figures: killed servers, hostile clients, a large migration
	LINKUP_SOAK=1 $(BIN)/pytest --numprocesses=0 -rP $(ARGS) tests/faults tests/messaging/test_migrations.py \
		tests/async_audit/test_speed.py tests/async_audit/test_damaged_sources.py

lint: .venv/installed
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

notebooks: .venv/installed  ## run the lessons, or the one of NAME, and store their outputs; write the READMEs' tables
	cd notebooks && ../$(BIN)/python -m workshop.execute $(NAME)
	cd notebooks && ../$(BIN)/python -m workshop.index
	cd notebooks && ../$(BIN)/python -m workshop.gallery_table
	cd notebooks && ../$(BIN)/python -m workshop.catalogue

pictures: .venv/installed  ## take the pictures of running chats anew: at the head of the README, and in lesson 04
	cd notebooks && ../$(BIN)/python -m workshop.pictures

new-bug new-lesson: .venv/installed  ## make the folder of a bug, or a notebook, with everything explained: NAME=06_lazy_relation
	cd notebooks && ../$(BIN)/python -m workshop.author $@ $(NAME)

patch: .venv/installed  ## give a copy to edit, then store what was edited: NAME=06_lazy_relation/bug
	cd notebooks && ../$(BIN)/python -m workshop.author patch $(NAME)

patches: .venv/installed  ## write the bugs' patches anew after demo_project has changed
	cd notebooks && ../$(BIN)/python -m workshop.patches

versions: .venv/installed  ## does it still happen? The gallery under each Django since 5.2, or the one of DJANGO=7.0a1
	$(BIN)/python tests/versions.py $(DJANGO)
	cd notebooks && ../$(BIN)/python -m workshop.catalogue

lock: .venv/installed  ## compile what pyproject.toml says that the kit needs
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements.txt --group kit

bench: .venv/installed  ## where the suite's seconds go, by module; the checker's time and memory; LinkUp under load
	$(BIN)/pytest -q --junitxml=.bench.xml $(ARGS)
	$(BIN)/python tests/seconds.py .bench.xml
	$(BIN)/python tests/async_audit/benchmark.py
	$(BIN)/python tests/load/bench.py --json .bench.json

# pip brings uv, checked by its hash; uv does the rest in seconds.
.venv/installed: requirements.txt
	@$(PYTHON) -c "import sys; sys.exit(None if sys.version_info >= (3, 11) else 'This kit needs Python 3.11 or later, and $(PYTHON) is ' + sys.version.split()[0] + '. Name another one: make PYTHON=python3.13 $(MAKECMDGOALS)')"
	$(PYTHON) -m venv --clear .venv
	sed -n '/^uv==/,/# via/p' requirements.txt > .venv/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements.txt
	$(BIN)/jupyter-labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements >/dev/null 2>&1
	touch .venv/installed
