"""Print the summaries of a finished study's chains: python -m pipeline.show_summary CONFIG."""

import sys
from pathlib import Path

from pipeline.core.named import named
from pipeline.study import read_config


def main(config: str) -> None:
    """Print the summary of every chain and the path of the figures."""
    study = read_config(config)
    for chain in study.chains:
        text = named(chain.summary)(study.paths[chain.name])
        if text:
            print(f"\n{chain.title}\n\n{text}\n")
    print(f"figures: {Path(study.results) / 'figures' / 'index.html'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
