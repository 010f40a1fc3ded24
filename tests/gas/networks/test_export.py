"""From a finished study to a network folder, and back to the same predictions."""

import json
import logging
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml
from helpers.made_files import GRID, SETTINGS, SOURCE, make_files

from pipeline.core.digests import file_digest
from pipeline.core.tables import read_table, write_tables
from pipeline.gas.config.card import CARD, STUDY, WEIGHTS, read_card
from pipeline.gas.evaluation import evaluate
from pipeline.gas.networks import export, study_card
from pipeline.gas.networks.export import export_network
from pipeline.gas.networks.prediction import predict
from pipeline.gas.networks.temperature import (
    fit_temperature,
    read_temperature,
    temperature_table,
    tempered,
)
from pipeline.gas.networks.training import Task, train_network
from pipeline.gas.voxels.epochs import shard_events
from pipeline.learning.saved import save_network
from pipeline.statistics.directional.coverage import calibration_numbers
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    read_predictions,
    write_predictions,
)
from pipeline.study import ConfigError, check_config, read_config

NAME, TEST = "Net", "test"
NETWORK = {
    "architecture": "unet",
    "widths": [4, 6, 8],
    "batch_size": 32,
    "max_epochs": 1,
    "frames": 2,
    "temperature": True,
    "optimiser": {"learning_rate": 0.003},
}
STUDY_OF_NET = {
    "seed": 5,
    "results": "results",
    "gas": {
        "sources": {"made": SOURCE.plain(), "other": {**SOURCE.plain(), "events_per_energy": 20}},
        "grid": GRID.plain(),
        "training_set": SETTINGS.plain(),
        "test_sets": {TEST: {"sources": ["other"], "smearing_um": 300}},
        "networks": {NAME: NETWORK, "RCN": {"architecture": "rcn"}},
        "evaluation": {"bootstrap": 20, "kappa_bins": 2},
        "hypothesis_test": {"test_sets": []},
    },
}


def put(path, made):
    """A file at the place where a run has it."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(made.read_bytes())


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with a study, finished as far as an export of its network needs it."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("study.yaml").write_text(yaml.safe_dump(STUDY_OF_NET))
        finish(read_config("study.yaml"))
    return folder


def finish(study):
    """Train the network and write what a run would write from its predictions."""
    paths = study.paths["gas"]
    for voxels in ("train", TEST):
        (shard,) = paths.shards(voxels)
        put(shard, make_files(Path(f"made_{voxels}")).shards[0])
    settings = paths.block.networks[NAME]
    shards = list(map(Path, paths.shards("train")))
    model, history = train_network(
        Task(
            NAME,
            5,
            settings,
            SETTINGS,
            partial(shard_events, shards, SETTINGS, NAME, 5),
            shards,
            Path("checkpoint.pt"),
            "code",
        )
    )
    weights = paths.network("weights.pt", NAME)
    for name in (NAME, "RCN"):
        put(paths.network("history.csv", name), Path("study.yaml"))
        history.to_csv(paths.network("history.csv", name), index=False)
    save_network(model, history, weights, paths.network("history.csv", NAME))
    raw = predict(weights, list(map(Path, paths.shards(TEST))), settings)
    fit = fit_temperature(raw)
    file = paths.network("temperature.csv", NAME)
    write_tables({"table": file}, {"table": temperature_table(fit)})
    table = tempered(raw, fit.temperature)
    for path in paths.predictions(TEST):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_predictions(path, table)
    inputs = {"predictions": paths.predictions(TEST), "histories": paths.histories()}
    summary = evaluate.from_files(inputs, paths.evaluation_block(TEST))["summary"]
    path = paths.table("summary.csv")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    write_tables({"summary": path}, {"summary": summary})
    record = {
        "seed": study.seed,
        "code": "abc",
        "tables": {path: file_digest(path)},
        "config": study.plain(),
    }
    Path("results/provenance.json").write_text(json.dumps(record))


@pytest.fixture
def exported(trained, tmp_path, monkeypatch):
    """(half) -> paths of the study and the network folder."""
    monkeypatch.chdir(trained)
    monkeypatch.setattr(study_card, "scripts_digest", lambda _: "abc")

    def make(half=False):
        folder = tmp_path / ("half" if half else "full")
        paths = read_config("study.yaml").paths["gas"]
        export_network(paths, NAME, "study.yaml", folder, half)
        return paths, folder

    return make


def predicted_with(folder, paths):
    """Predictions of a study that uses the network folder."""
    gas = {**STUDY_OF_NET["gas"], "networks": {"other_name": {"weights": str(folder)}}}
    using = check_config({"results": "using", "gas": gas}).paths["gas"]
    network = using.block.networks["other_name"]
    shards = list(map(Path, paths.shards(TEST)))
    table = predict(using.weights("other_name"), shards, network)
    (temperature,) = map(read_temperature, using.temperature("other_name"))
    return tempered(table, temperature)


def test_full_precision_gives_the_same_predictions_bit_by_bit(exported):
    paths, folder = exported()
    known = read_table(paths.prediction(TEST, NAME))
    found = predicted_with(folder, paths)
    for column in (*PREDICTED, "kappa"):
        np.testing.assert_array_equal(found[column].to_numpy(), known[column].to_numpy())


def test_half_precision_gives_them_within_its_rounding(exported, caplog):
    with caplog.at_level(logging.INFO):
        paths, folder = exported(half=True)
    assert "half precision changes the mean cosine distance" in caplog.text
    known = read_table(paths.prediction(TEST, NAME))
    found = predicted_with(folder, paths)
    assert not found[PREDICTED].equals(known[PREDICTED])
    np.testing.assert_allclose(found[PREDICTED], known[PREDICTED], atol=2e-2)
    np.testing.assert_allclose(found["kappa"], known["kappa"], rtol=5e-2)


def test_half_precision_that_costs_accuracy_is_refused(exported, monkeypatch):
    monkeypatch.setattr(export, "NEGLIGIBLE", 0.0)
    with pytest.raises(ValueError, match=r"half precision changes .* of Net on test by .* in full"):
        exported(half=True)


def test_the_card_holds_what_the_study_knows(exported):
    paths, folder = exported()
    card = read_card(folder)
    assert card.network.architecture_block() == {
        "architecture": "unet",
        "widths": [4, 6, 8],
        "components": 1,
        "start_of_track": False,
        "read_fine": False,
        "normalise": False,
    }
    assert (card.name, card.seed, card.code, card.precision) == (NAME, 5, "abc", "full")
    conditions = card.conditions
    assert conditions.gases == [SOURCE.gas]
    assert (conditions.grid, conditions.smearing) == (GRID, SETTINGS.smearing_um)
    assert (conditions.energy.low_keV, conditions.energy.high_keV) == (20, 20)
    sizes = study_card.event_numbers(paths, "train")
    middle = sizes.median()
    assert conditions.electrons.low < middle["electrons"] < conditions.electrons.high
    assert conditions.voxels.low < middle["occupied_voxels"] < conditions.voxels.high
    charge = conditions.electrons_per_keV
    assert charge.low < middle["electrons"] / 20 < charge.high
    history = read_table(paths.network("history.csv", NAME))
    assert card.views == history["events_seen"].iloc[-1]
    assert card.hours == pytest.approx(history["seconds"].sum() / 3600)
    assert card.temperature == read_temperature(paths.network("temperature.csv", NAME))
    (result,) = card.results
    row = read_table(paths.table("summary.csv")).iloc[0]
    assert result.cosine_distance == row["cosine_distance"]
    assert result.cosine_distance_err == row["cosine_distance_err"]
    # The factor and its exponents, which have a prior, were fitted to these very events.
    assert result.kappa_ratio == pytest.approx(1, abs=5e-3)
    numbers = calibration_numbers(read_predictions(paths.prediction(TEST, NAME)))
    assert result.kappa_ratio_err == numbers["kappa_factor_err"]
    assert result.coverage_68 == numbers["coverage_68"]


def test_views_and_hours_before_the_training_count_too(exported):
    _, folder = exported()
    card = read_card(folder)
    plain = json.loads(json.dumps(STUDY_OF_NET))
    plain["gas"]["networks"][NAME]["start"] = str(folder)
    paths = check_config(plain).paths["gas"]
    further = study_card.study_card(paths, NAME, {"code": "abc"}, folder, "full")
    assert further.views == 2 * card.views
    assert further.hours == pytest.approx(2 * card.hours)


def test_the_command_trains_the_network_of_the_study_in_the_folder(exported):
    paths, folder = exported()
    command = read_card(folder).command
    assert command.endswith(f"{paths.network('weights.pt', NAME)} --configfile {folder / STUDY}")
    assert read_config(folder / STUDY) == read_config("study.yaml")


def test_a_commit_is_given_where_the_code_is_the_commits(exported, monkeypatch, caplog):
    answers = {"rev-parse": "0123abcd", "status": ""}
    monkeypatch.setattr(study_card, "_git", lambda command, *_: answers[command])
    assert read_card(exported()[1]).commit == "0123abcd"
    answers["status"] = " M src/pipeline/study.py"
    assert read_card(exported()[1]).commit is None
    answers["status"] = ""
    monkeypatch.setattr(study_card, "scripts_digest", lambda _: "other code")
    assert read_card(exported()[1]).commit is None
    assert "the card has no commit" in caplog.text


@pytest.mark.parametrize("name", ["Nets", "given"])
def test_only_trained_networks_are_exported(exported, tmp_path, name):
    _, folder = exported()
    plain = json.loads(json.dumps(STUDY_OF_NET))
    plain["gas"]["networks"]["given"] = {"weights": str(folder)}
    paths = check_config(plain).paths["gas"]
    told = rf"study\.yaml: this study trains no network '{name}'; it trains: Net, RCN"
    with pytest.raises(ValueError, match=told):
        export_network(paths, name, "study.yaml", tmp_path / "new")


def test_results_of_another_config_are_not_exported(exported, tmp_path):
    exported()
    plain = json.loads(json.dumps(STUDY_OF_NET))
    plain["gas"]["networks"][NAME]["frames"] = 3
    changed = check_config(plain).paths["gas"]
    with pytest.raises(ValueError, match=r"made with another config; finish the study first"):
        export_network(changed, NAME, "study.yaml", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("file", ["provenance.json", "gas/networks/Net/weights.pt"])
def test_an_unfinished_study_is_not_exported(exported, tmp_path, file):
    paths, _ = exported()
    missing, aside = Path("results", file), Path("aside")
    missing.rename(aside)
    try:
        told = rf"results/{file}: there is no such file; finish .* make figures CONFIG=study\.yaml"
        with pytest.raises(ValueError, match=told):
            export_network(paths, NAME, "study.yaml", tmp_path / "new")
    finally:
        aside.rename(missing)


def test_a_table_of_another_run_is_not_exported(exported, tmp_path):
    paths, _ = exported()
    table = Path(paths.table("summary.csv"))
    whole = table.read_bytes()
    table.write_bytes(whole + b"\n")
    try:
        with pytest.raises(ValueError, match=r"summary\.csv: not the table of .*provenance\.json"):
            export_network(paths, NAME, "study.yaml", tmp_path / "new")
    finally:
        table.write_bytes(whole)


def test_weights_without_their_card_cannot_be_used(exported):
    _, folder = exported()
    (folder / CARD).unlink()
    assert (folder / WEIGHTS).is_file()
    with pytest.raises(ConfigError, match=r"networks\.other_name\.weights: .*no such file"):
        predicted_with(folder, None)
