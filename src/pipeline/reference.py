"""What documents a config, from the schema: the key reference and a JSON schema for editors.

python -m pipeline.reference markdown > config/README.md
python -m pipeline.reference schema > config/schema.json
"""

import json
import sys

from pipeline.config.reference import reference
from pipeline.study import Study

HEAD = """# Configuration

Generated from the schema in `src/pipeline`; `make reference` writes it anew.

A study is one YAML file: `snakemake --cores all --configfile config/NAME.yaml` (a target goes
before `--configfile`). It has one block for each detector chain that it uses; a chain is on if its
block is there. Keys that are left out take the defaults below; unknown keys are errors.
Single keys can be set on the command line: `snakemake --cores all --config seed=2`.

An editor that knows YAML schemas (VS Code with the YAML extension, for example) completes keys and
shows their meaning after this first line: `# yaml-language-server: $schema=schema.json`

| file | purpose |
|---|---|
| `config.yaml` | the default: directions in gas, built-in simulation, a laptop |
| `xenon.yaml` | the liquid-xenon chain alone |
| `test.yaml` | all chains in miniature, minutes |
| `degrad.yaml` | genuine Degrad output by path |
| `arrows.yaml` | the paper's appendix B: arrows |
| `paper.yaml` | the paper's scale, for a GPU and a cluster |
| `gpu.yaml` | streams of new tracks, for a GPU |
"""


def markdown() -> str:
    """The key reference."""
    return reference(Study, HEAD)


def schema() -> str:
    """The JSON schema of a config."""
    return json.dumps(Study.model_json_schema(), indent=1) + "\n"


if __name__ == "__main__":
    print({"markdown": markdown, "schema": schema}[sys.argv[1]](), end="")
