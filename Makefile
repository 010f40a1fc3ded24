# The environment is made once from envs/ and remade when they change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= all
# Snakemake keeps a cache in the home folder; not every account can write there.
ifneq ($(shell test -w "$$HOME" && echo writable),writable)
export XDG_CACHE_HOME ?= $(CURDIR)/.snakemake/cache
endif
CONFIG ?= config/config.yaml
# A name with a blank would be two to Make's own functions.
ifneq ($(shell test -f "$(CONFIG)" && echo found),found)
$(error CONFIG=$(CONFIG): there is no such file)
endif
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES) --configfile "$(CONFIG)"
# Puts the results folder of the config into a variable of the shell.
RESULTS := results="$$($(BIN)/python -m pipeline.study results "$(CONFIG)")"

COVERAGE := config/xenon_coverage.yaml
CHALLENGE := config/challenge.yaml
SEED ?= 1

.PHONY: figures coverage challenge release report rulegraph test test-slow test-gpu check format reference docs unlock

figures: $(VENV)/.done
	$(SNAKEMAKE)
	@$(BIN)/python -m pipeline.show_summary "$(CONFIG)"

# False-positive rates of the search in liquid xenon, from independent samples.
coverage: $(VENV)/.done
	$(BIN)/snakemake --cores $(CORES) --configfile $(COVERAGE) -- \
	"$$($(BIN)/python -m pipeline.study results $(COVERAGE))/xenon/plots/coverage.png"

# Hits of a detector with a hidden truth, the study of them, and what it has found.
challenge: $(VENV)/.done
	$(BIN)/python -m pipeline.challenge make $(CHALLENGE) --seed $(SEED)
	$(BIN)/snakemake --cores $(CORES) --configfile $(CHALLENGE)
	@$(BIN)/python -m pipeline.challenge judge $(CHALLENGE)

# The public data set of a finished run: results/release.
release: $(VENV)/.done
	@$(BIN)/python -m pipeline.release "$(CONFIG)"

# A finished run in one archive: unpack it and open report.html.
report: $(VENV)/.done
	$(RESULTS) && $(SNAKEMAKE) --report "$$results/report.zip"

# The workflow's rules and what they take from each other, without arrows that others imply.
rulegraph: $(VENV)/.done
	@command -v dot > /dev/null || { echo "dot is missing: install graphviz (apt-get install graphviz)"; exit 1; }
	$(RESULTS) && mkdir -p "$$results" && \
	$(SNAKEMAKE) --rulegraph > "$$results/rulegraph.dot" && \
	tred "$$results/rulegraph.dot" | dot -Tsvg > "$$results/rulegraph.svg"

test: $(VENV)/.done
	$(BIN)/python -m pytest -m "not slow and not gpu" -n 2 --dist loadfile

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
	$(BIN)/codespell

format: $(VENV)/.done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

# The key reference of the config and its JSON schema, from the code.
reference: $(VENV)/.done
	$(BIN)/python -m pipeline.reference markdown > config/README.md
	$(BIN)/python -m pipeline.reference schema > config/schema.json

# The site with guides, config reference, table dictionary and API: site/index.html.
docs: $(VENV)/.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r envs/docs.txt
	$(BIN)/mkdocs build --strict

# Only where a run says `Directory cannot be locked`, as on a cluster after its login node went down.
unlock: $(VENV)/.done
	$(SNAKEMAKE) --unlock

$(VENV)/.done: envs/base.txt envs/cpu.txt envs/slurm.txt envs/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python >= 3.11 is needed; name one: make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r envs/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
