"""Compare finished studies: python -m pipeline.compare_studies RESULTS RESULTS ... [--out FOLDER].

Writes which keys of the configs differ (`differences.csv`), every headline number with its error
(`headline.csv`) and their figure. Differences are to the first study; where two studies have seen
the same events, the error of a difference is that of pairs.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.chains import CHAINS
from pipeline.core.headline import Headline
from pipeline.core.named import named
from pipeline.core.record import read_record
from pipeline.core.tables import write_tables
from pipeline.statistics.means import mean_with_error
from pipeline.study import check_config

ABSENT = "-"

Config = Mapping[str, Any]


def read_study(folder: str | Path) -> tuple[Config, dict[tuple[str, str, str], Headline]]:
    """The config of a results folder, and its headline numbers by (chain, quantity, subject).

    Trained networks that the study used may have changed since, or be gone.

    Raises:
        ValueError: the folder holds no finished study, or one of another version of the config.
    """
    file = Path(folder, "provenance.json")
    if not file.is_file():
        raise ValueError(
            f"{file}: there is no such file; name the results folder of a finished run"
        )
    config = read_record(file)["config"]
    paths = check_config({**config, "results": str(folder)}, str(file), recorded=True).paths
    found = {
        (chain.title, number.quantity, number.subject): number
        for chain in CHAINS
        if chain.name in paths
        for number in named(chain.headline)(paths[chain.name])
    }
    return config, found


def differences(configs: Mapping[str, Config]) -> pd.DataFrame:
    """Dotted keys whose values are not the same in all configs.

    Returns:
        key, and a column for each study; `ABSENT` where a study has no such key. The results
        folder is no difference.
    """
    flat = {name: dict(_flat(config, "")) for name, config in configs.items()}
    keys = dict.fromkeys(key for config in flat.values() for key in config if key != "results")
    rows = [{"key": k, **{n: c.get(k, ABSENT) for n, c in flat.items()}} for k in keys]
    differing = [row for row in rows if len({row[name] for name in flat}) > 1]
    return pd.DataFrame(differing, columns=["key", *flat])


def _flat(block: Any, place: str) -> Iterator[tuple[str, str]]:
    """(dotted key, value as JSON) of all values; a list is one value."""
    if not isinstance(block, dict) or not block:
        yield place, json.dumps(block)
        return
    for key, value in block.items():
        yield from _flat(value, f"{place}.{key}".lstrip("."))


def headlines(studies: Mapping[str, Mapping[tuple[str, str, str], Headline]]) -> pd.DataFrame:
    """Every headline number of every study, beside that of the first.

    Returns:
        chain, quantity, subject, study, value, low and high (68 %), difference to the first study
        with its error, paired: the error is that of the differences of single events. NaN where
        there is none.
    """
    first = next(iter(studies))
    keys = dict.fromkeys(key for numbers in studies.values() for key in numbers)
    rows = []
    for key in keys:
        reference = studies[first].get(key)
        for name, numbers in studies.items():
            if key not in numbers:
                continue
            number = numbers[key]
            row = dict(zip(("chain", "quantity", "subject"), key, strict=True)) | {
                "study": name,
                **{column: getattr(number, column) for column in ("value", "low", "high")},
                "difference": np.nan,
                "difference_err": np.nan,
                "paired": False,
            }
            if reference is not None and name != first:
                row |= _difference(number, reference)
            rows.append(row)
    return pd.DataFrame(rows)


def _difference(number: Headline, reference: Headline) -> dict[str, Any]:
    pairs = _pairs(number.events, reference.events)
    if pairs is not None:
        mean, error = mean_with_error(pairs.to_numpy())
        return {"difference": mean, "difference_err": error, "paired": True}
    error, other = ((x.high - x.low) / 2 for x in (number, reference))
    return {"difference": number.value - reference.value, "difference_err": np.hypot(error, other)}


def _pairs(values: pd.Series | None, reference: pd.Series | None) -> pd.Series | None:
    """Differences of single events; None if the studies did not see the same ones."""
    if values is None or reference is None or not values.index.is_unique:
        return None
    if len(values) < 2 or len(values) != len(reference):
        return None
    if not values.index.isin(reference.index).all():
        return None
    return values - reference.reindex(values.index)


def study_names(folders: Sequence[str]) -> list[str]:
    """The folders without what all their paths begin with.

    Raises:
        ValueError: one folder is named twice.
    """
    paths = [os.path.abspath(folder) for folder in folders]
    if len(set(paths)) < len(paths):
        raise ValueError("name each results folder once")
    return [os.path.relpath(path, os.path.commonpath(paths)) for path in paths]


def compare(folders: Sequence[str], out: str | Path) -> None:
    """Compare studies and write the tables and the figure into `out`."""
    from pipeline.figures.compared import draw_compared
    from pipeline.figures.style import save

    studies = dict(zip(study_names(folders), map(read_study, folders), strict=True))
    differing = differences({name: config for name, (config, _) in studies.items()})
    numbers = headlines({name: found for name, (_, found) in studies.items()})
    tables = {"differences": differing, "headline": numbers}
    write_tables({name: Path(out, f"{name}.csv") for name in tables}, tables)
    save(draw_compared(numbers), [Path(out, f"headline.{kind}") for kind in ("pdf", "png")])
    print(differing.to_string(index=False) if len(differing) else "the configs are the same")
    print(f"\n{numbers.to_string(index=False, float_format='{:.4g}'.format, na_rep='-')}")
    print(f"\ntables and figure: {out}")


def main() -> None:
    """Compare the folders of the command line; an error is one line."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("results", nargs="+", help="results folders of finished studies")
    parser.add_argument("--out", default="comparison", help="folder of the tables and the figure")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        if len(arguments.results) < 2:
            raise ValueError("name at least two results folders")
        compare(arguments.results, arguments.out)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
