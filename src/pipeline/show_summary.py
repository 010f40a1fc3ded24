"""Print the summary table of a finished study: python -m pipeline.show_summary CONFIG."""

import sys
from pathlib import Path

import pandas as pd

from pipeline.gas.evaluation.summary import LEGEND, format_summary
from pipeline.study import read_config


def main(config: str) -> None:
    """Print the summary and where the figures are."""
    study = read_config(config)
    results = Path(study.results)
    if "direction" in study.chains:
        print(f"\n{format_summary(pd.read_csv(results / 'tables' / 'summary.csv'))}\n\n{LEGEND}\n")
    print(f"figures: {results / 'figures' / 'index.html'}")


if __name__ == "__main__":
    main(*sys.argv[1:])
