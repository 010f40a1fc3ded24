"""The card of a network from the tables of the study that trained it."""

import logging
import math
import subprocess
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from pipeline.core.digests import file_digest
from pipeline.core.record import read_record, scripts_digest
from pipeline.core.tables import read_table
from pipeline.gas.config.card import (
    AGAINST_BEST_EXPECTED,
    STUDY,
    WEIGHTS,
    Card,
    Conditions,
    EnergyRange,
    TestSetResult,
)
from pipeline.gas.config.chain import TRAINING
from pipeline.gas.config.given import SHIPPED
from pipeline.gas.config.mixture import GasMixture
from pipeline.gas.config.voxels import Smearing
from pipeline.gas.evaluation.conditions import size_ranges
from pipeline.gas.evaluation.evaluate import training_of
from pipeline.gas.networks.temperature import read_temperature
from pipeline.gas.paths import GasPaths
from pipeline.gas.response.fitted import with_fitted
from pipeline.gas.voxels.shards import read_shard
from pipeline.statistics.directional.coverage import calibration_numbers
from pipeline.statistics.directional.predictions import read_predictions

logger = logging.getLogger(__name__)

CHECKOUT = SHIPPED.parents[1]


def check_finished(paths: GasPaths, name: str, config: str | Path) -> dict[str, Any]:
    """The provenance record of a study that is finished and has trained a network.

    Raises:
        ValueError: there is no such network, it was not trained, or see `finished_record`.
    """
    if name not in paths.block.trained:
        raise ValueError(
            f"{config}: this study trains no network '{name}'; it trains: "
            f"{', '.join(paths.block.trained) or 'none'}"
        )
    return finished_record(paths, config, [paths.network("weights.pt", name)])


def finished_record(
    paths: GasPaths, config: str | Path, needed: Iterable[str] = ()
) -> dict[str, Any]:
    """The provenance record of a study that is finished and has the `needed` files.

    Raises:
        ValueError: the results are missing or were made with another config.
    """
    again = f"finish the study first: make figures CONFIG={config}"
    file = Path(paths.results, "provenance.json")
    summary = paths.table("summary.csv")
    for path in (str(file), *needed, summary):
        if not Path(path).is_file():
            raise ValueError(f"{path}: there is no such file; {again}")
    record = read_record(file)
    if (record["seed"], record["config"].get("gas")) != (paths.seed, paths.block.plain()):
        raise ValueError(f"{file}: these results were made with another config; {again}")
    if record["tables"][summary] != file_digest(summary):
        raise ValueError(f"{summary}: not the table of {file}; {again}")
    return record


def study_card(
    paths: GasPaths,
    name: str,
    record: dict[str, Any],
    folder: Path,
    precision: Literal["full", "half"],
) -> Card:
    """The card of a network whose weights are in `folder`; see `check_finished` for `record`."""
    network = paths.block.networks[name]
    training = training_of(read_table(paths.network("history.csv", name)))
    temperature = next(map(read_temperature, paths.temperature(name)), None)
    summary = read_table(paths.table("summary.csv"))
    rows = summary[summary["method"] == name].to_dict("records")
    weights = paths.network("weights.pt", name)
    before = paths.block.cards.get(name)  # of the weights that the training began with
    return Card(
        name=name,
        network=network.without_parallelism(),
        conditions=training_conditions(paths),
        views=training.events_seen + (before.views if before else 0),
        hours=training.minutes / 60 + (before.hours if before else 0.0),
        seed=paths.seed,
        commit=_commit(record["code"]),
        code=record["code"],
        command=f"snakemake --cores all {weights} --configfile {folder / STUDY}",
        temperature=temperature,
        results=[_result(paths, name, row) for row in rows],
        precision=precision,
        digest=file_digest(folder / WEIGHTS),
    )


def training_conditions(paths: GasPaths) -> Conditions:
    """What the training events of a finished study are like."""
    gases: list[GasMixture] = []
    for gas in paths.gases(TRAINING).values():
        if gas is not None and gas not in gases:
            gases.append(gas)
    events = event_numbers(paths, TRAINING)
    response = paths.block.response_of(TRAINING)
    return Conditions(
        gases=gases,
        grid=paths.block.grid,
        energy=_energies(events),
        smearing=paths.voxel_set(TRAINING).smearing_um or _smearing(events),
        response=response and with_fitted(response, paths.fitted(TRAINING)),
        **size_ranges(events),
    )


def event_numbers(paths: GasPaths, voxels: str) -> pd.DataFrame:
    """energy_keV, sigma_um, electrons and occupied_voxels of every event of a voxel set."""
    names = ("energy_keV", "sigma_um", "electrons", "occupied_voxels")
    batches = (batch for path in paths.shards(voxels) for batch in read_shard(path))
    tables = (pd.DataFrame({n: getattr(batch, n) for n in names}) for batch in batches)
    return pd.concat(tables, ignore_index=True)


def _result(paths: GasPaths, name: str, row: dict[Hashable, Any]) -> TestSetResult:
    """Result of a row of the summary."""
    test = row["test_set"]
    predictions = read_predictions(paths.prediction(test, name))
    numbers: dict[str, float] = {}
    if predictions["kappa"].notna().all():
        numbers = calibration_numbers(predictions)
    return TestSetResult(
        test_set=test,
        energy=_energies(predictions),
        smearing=_smearing(predictions),
        events=row["events"],
        cosine_distance=row["cosine_distance"],
        cosine_distance_err=_known(row["cosine_distance_err"]),
        head_tail_efficiency=row["head_tail_efficiency"],
        head_tail_efficiency_err=_known(row["head_tail_efficiency_err"]),
        **{name: _known(row.get(name, math.nan)) for name in AGAINST_BEST_EXPECTED},
        kappa_mean=_known(row["kappa_mean"]),
        kappa_ratio=_known(numbers.get("kappa_factor", math.nan)),
        kappa_ratio_err=_known(numbers.get("kappa_factor_err", math.nan)),
        coverage_68=numbers.get("coverage_68"),
        coverage_90=numbers.get("coverage_90"),
        coverage_95=numbers.get("coverage_95"),
    )


def _energies(table: pd.DataFrame) -> EnergyRange:
    energies = table["energy_keV"]
    if energies.isna().all():
        raise ValueError(
            "the energies of the training events are not known, all are measured; a card needs "
            "them: add simulated tracks to training_set.sources"
        )
    return EnergyRange(low_keV=float(energies.min()), high_keV=float(energies.max()))


def _smearing(table: pd.DataFrame) -> Smearing:
    return Smearing(low_um=float(table["sigma_um"].min()), high_um=float(table["sigma_um"].max()))


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _commit(code: str) -> str | None:
    """This checkout's commit, if its code is that of a study; otherwise None, with a warning."""
    head = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no")
    if head is None or changed or scripts_digest(CHECKOUT / "workflow" / "scripts") != code:
        logger.warning(
            "the card has no commit: this checkout has changes, or the study was made by other "
            "code; export from the commit that trained the network, or write it into the card"
        )
        return None
    return head


def _git(*arguments: str) -> str | None:
    """What git prints in this checkout; None without git or outside of a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(CHECKOUT), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
