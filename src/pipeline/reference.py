"""Documentation of the config from its schema: key reference and JSON schema for editors.

python -m pipeline.reference markdown > config/README.md
python -m pipeline.reference schema > config/schema.json
"""

import json
import sys

from pipeline.config.reference import reference
from pipeline.study import Study

HEAD = """# Configuration

Generated from the schema in `src/pipeline` by `make reference`; do not edit.

A study is one YAML file: `snakemake --cores all --configfile config/NAME.yaml` (a target goes
before `--configfile`). It has one block for each detector chain that it uses; a chain is on if its
block is present. Keys that are left out take the defaults below; unknown keys are errors.
Single keys can be set on the command line: `snakemake --cores all --config seed=2`.

An editor that reads YAML schemas (for example VS Code with the YAML extension) completes keys and
shows their meaning if the file starts with `# yaml-language-server: $schema=schema.json`.

| file | purpose |
|---|---|
| `config.yaml` | the default: directions in gas, built-in simulation, a laptop |
| `xenon.yaml` | the liquid-xenon chain alone |
| `xenon_data.yaml` | the same with observed data: an injected signal |
| `xenon_coverage.yaml` | the same with independent samples for the false-positive rates |
| `xenon_seeds.yaml` | the same with networks of four further seeds, for their spread |
| `emulsion.yaml` | the nuclear-emulsion chain alone |
| `emulsion_full.yaml` | the same with more networks, the authors' one on a GPU |
| `test.yaml` | all chains in miniature; takes minutes |
| `degrad.yaml` | genuine Degrad output by path |
| `arrows.yaml` | the paper's appendix B: arrows |
| `paper.yaml` | the paper's scale, for a GPU and a cluster |
| `gpu.yaml` | streams of new tracks, for a GPU |
| `challenge.yaml` | blind data challenge: a readout and a share of solar recoils to find |
| `detector.yaml` | hits without truth: their readout, gains of pixels, training for it, the Sun |
| `own_tracks.yaml` | own tracks with a trained network, no training; takes a minute |
| `resolution.yaml` | angular resolution against energy, with the shipped U-Net |
| `release.yaml` | public data set with test sets that the training does not know |
| `remedies.yaml` | remedies for an unknown readout, with one of `remedies/` |
| `robustness.yaml` | the shipped U-Net in gas of other temperature, pressure and mixture |
| `solar.yaml` | recoil spectrum of solar neutrinos over background, and the exposure it takes |
| `train.yaml` | first step to the shipped U-Net, an hour and a half |
| `train_second.yaml` | a further cycle, to be run again |
| `train_paper.yaml` | first step to the shipped HCN, an hour and a half |
| `train_paper_second.yaml` | a further cycle, to be run again |
| `train_rcn.yaml` | from the shipped HCN to the shipped RCN |
"""


def markdown() -> str:
    """The key reference."""
    return reference(Study, HEAD)


def schema() -> str:
    """The JSON schema of a config."""
    return json.dumps(Study.model_json_schema(), indent=1) + "\n"


if __name__ == "__main__":
    print({"markdown": markdown, "schema": schema}[sys.argv[1]](), end="")
