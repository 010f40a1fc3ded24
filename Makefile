# The environment is made once from envs/ and remade when they change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
CONFIG ?= config/config.yaml
ifeq ($(wildcard $(CONFIG)),)
$(error CONFIG=$(CONFIG): there is no such file)
endif
# The key `results` of the config, or its default.
RESULTS := $(or $(shell sed -n 's|^results: *\([[:alnum:]._/-]*\).*|\1|p' $(CONFIG)),results)
REPORT ?= $(RESULTS)/report.zip
RULEGRAPH ?= $(RESULTS)/rulegraph.svg
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES) --configfile $(CONFIG) \
	--workflow-profile workflow/profiles/default

.PHONY: figures figures-xenon report rulegraph test test-slow test-gpu check format reference unlock

figures: $(VENV)/.done
	$(SNAKEMAKE)
	@$(BIN)/python -m pipeline.show_summary $(CONFIG)

# The liquid-xenon chain, whatever `chains` says; its figures lie in results/plots.
figures-xenon: $(VENV)/.done
	$(SNAKEMAKE) xenon provenance_xenon

# A finished run in one archive: unpack it and open report.html.
report: $(VENV)/.done
	mkdir -p $(dir $(REPORT))
	$(SNAKEMAKE) --report $(REPORT)

# The workflow's rules and what they take from each other, without arrows that others imply.
rulegraph: $(VENV)/.done
	@command -v dot > /dev/null || { echo "dot is missing: install graphviz (apt-get install graphviz)"; exit 1; }
	mkdir -p $(dir $(RULEGRAPH))
	$(SNAKEMAKE) --rulegraph > $(RULEGRAPH:.svg=.dot)
	tred $(RULEGRAPH:.svg=.dot) | dot -Tsvg > $(RULEGRAPH)

test: $(VENV)/.done
	$(BIN)/python -m pytest -m "not slow and not gpu"

# Tests on Slurm need its programs: apt-get install --no-install-recommends slurmctld slurmd
# slurm-client munge. Without them they are skipped.
test-slow: $(VENV)/.done
	$(BIN)/python -m pytest -m slow

# Once torch's CUDA build and envs/gpu.txt are in the environment.
test-gpu: $(VENV)/.done
	$(BIN)/python -m pytest -m gpu

check: $(VENV)/.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: $(VENV)/.done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

# The key reference of the config, from its schema.
reference: $(VENV)/.done
	$(BIN)/python -m pipeline.config.reference > config/README.md

# After a kill or a power cut Snakemake keeps the folder locked; this frees it.
unlock: $(VENV)/.done
	$(SNAKEMAKE) --unlock

$(VENV)/.done: envs/base.txt envs/cpu.txt envs/slurm.txt envs/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python >= 3.11 is needed; name one: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r envs/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
