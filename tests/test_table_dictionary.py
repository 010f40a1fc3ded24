"""The dictionary of the result tables has the columns that the code writes."""

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from helpers.made_clusters import made_clusters
from helpers.made_observables import made_observables
from helpers.made_predictions import scattered
from helpers.made_responses import made_events
from helpers.made_scores import made_predictions, write_made
from helpers.made_search import (
    BENCHMARK,
    RATES,
    SEARCH,
    made_checks,
    made_choices,
    made_scores,
    made_separation,
    made_trigger,
    made_weighted,
)

from pipeline.core.ingestion import BadEvents
from pipeline.core.paths import counts
from pipeline.core.tables import Described, write_tables
from pipeline.emulsion.axes.stage import axes_table, efficiency_table, response_table
from pipeline.emulsion.clusters import samples as cluster_samples
from pipeline.emulsion.clusters.table import write_clusters
from pipeline.emulsion.config.analysis import Rejection, Transfer
from pipeline.emulsion.config.wimps import Wimps
from pipeline.emulsion.leaks.checks import checks_table, transfer
from pipeline.emulsion.observables import table as observables
from pipeline.emulsion.paths import EmulsionPaths
from pipeline.emulsion.rejection.stage import baseline_tables, rejection_tables
from pipeline.emulsion.rejection.summary import summary_table
from pipeline.emulsion.wimps.needed import needed_table
from pipeline.emulsion.wimps.response import Efficiency, Response
from pipeline.gas.baselines.predictions import best_expected_predictions, non_ml_predictions
from pipeline.gas.challenge.judge import verdict
from pipeline.gas.comparison.domain_gap import Events, domain_gap
from pipeline.gas.comparison.tracks import compare_tracks
from pipeline.gas.comparison.voxel_classifier import auc_table
from pipeline.gas.config.evaluation import BestExpected, Evaluation, NonML, NonMLTuning
from pipeline.gas.config.networks import read_network
from pipeline.gas.config.observed import DirectionTest
from pipeline.gas.config.sources import read_source
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.evaluation import calibration
from pipeline.gas.evaluation.attention import Places, attention_table
from pipeline.gas.evaluation.direction_stages import Decisions, failure_table, stage_table
from pipeline.gas.evaluation.evaluate import evaluate_test_set
from pipeline.gas.hits.direction_test import direction_test, observed_p_table
from pipeline.gas.hits.directions import observed_directions, observed_summary
from pipeline.gas.networks.temperature import fit_temperature, temperature_table
from pipeline.gas.paths import GasPaths
from pipeline.gas.published import BEST_EXPECTED
from pipeline.gas.release.build import baselines
from pipeline.gas.release.splits import SPLITS
from pipeline.gas.response.fit import Fit
from pipeline.gas.response.gain_map import GainMap
from pipeline.gas.response.moments import SUMMARIES
from pipeline.gas.response.sensitivity import (
    Cosines,
    Parameters,
    needed_with_systematic,
    sensitivity_table,
)
from pipeline.gas.tracks.arrows import make_arrows
from pipeline.gas.tracks.ingest import ingest
from pipeline.gas.tracks.sources import source_table
from pipeline.gas.tracks.table import read_tracks
from pipeline.gas.voxels.containment import containment_table
from pipeline.gas.voxels.stage import voxelise
from pipeline.gas.voxels.stages import track_stages
from pipeline.learning.trainer import train
from pipeline.statistics.directional.config import HypothesisTest
from pipeline.statistics.directional.predictions import write_predictions
from pipeline.statistics.directional.stage import sensitivity_from_files, toys_from_files
from pipeline.statistics.excess import stage as search_stage
from pipeline.statistics.excess.weighted_scores import WeightedScores
from pipeline.table_dictionary import TABLES, markdown
from pipeline.xenon.darwin.scan import scan_scores
from pipeline.xenon.darwin.score import SCORES, TERMS
from pipeline.xenon.events import files as event_files
from pipeline.xenon.events.table import write_events
from pipeline.xenon.paths import XenonPaths
from pipeline.xenon.rates.backgrounds import background_table
from pipeline.xenon.rates.trigger import TriggerOutcome, s2_only_table
from pipeline.xenon.rates.weighted_scores import SCHEMA as WEIGHTED
from pipeline.xenon.rates.weighted_scores import search_samples
from pipeline.xenon.response.shards import SCHEMA as RESPONSE
from pipeline.xenon.xenon1t.accuracy import classifier_table
from pipeline.xenon.xenon1t.excess import rate_table
from pipeline.xenon.xenon1t.losses import loss_table, s2_only_losses
from pipeline.xenon.xenon1t.masses import mass_estimates, mass_tests
from pipeline.xenon.xenon1t.regression import energy_table, fit_all
from pipeline.xenon.xenon1t.scores import SCHEMA as IMAGE_SCORES

mpl.use("Agg")

TEST, PART = "40keV_443um", "0000_40keV"
GRID = Grid(bins=60, voxel_um=500)
TOYS = HypothesisTest.model_validate(
    {
        "signal_fractions": [1],
        "cut_fractions": [0],
        "events": {"points": 3, "events_max": 50},
        "background_toys": 100,
        "signal_toys": 100,
        "levels": {"90% CL": 0.1},
    }
)


class Files:
    """Tables at the places where a run in this folder has them."""

    def __init__(self, folder):
        self.folder = folder
        self.gas = GasPaths(None, f"{folder}/results", 1)
        self.xenon = XenonPaths(None, f"{folder}/results", 1)
        self.emulsion = EmulsionPaths(None, f"{folder}/results", 1)

    def put(self, tables):
        """Write tables by path."""
        for path in tables:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_tables({path: path for path in tables}, tables)

    def empty(self, schema, path):
        """A table without rows."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(schema.empty_table(), path)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder in which every table of the dictionary lies once."""
    files = Files(tmp_path_factory.mktemp("tables"))
    rng = np.random.default_rng(1)
    write_gas_events(files, rng)
    write_gas_results(files, rng)
    write_gas_detector(files, np.random.default_rng(2))
    write_trainings(files)
    write_xenon_events(files)
    write_xenon_results(files, rng)
    write_emulsion(files, rng)
    return files.folder


def write_gas_events(files, rng):
    """Arrows as tracks, shards, baselines and the comparison of tracks."""
    gas = files.gas
    block = read_source({"kind": "arrows", "events": 60, "points": 60})
    tracks, shard = gas.track_table("train", PART), gas.shard("train", "train", PART)
    for path in (tracks, shard):
        Path(path).parent.mkdir(parents=True)
    track_counts, shard_counts = counts(tracks), counts(shard)
    bad = BadEvents("made", "stop")
    summary = gas.event_summary("train", PART)
    made = make_arrows(block, rng)
    ingest(made, block.defaults(), bad, 0, tracks, track_counts, summary)
    smearing = Smearing(low_um=0, high_um=0)
    voxelise(tracks, "train", GRID, smearing, rng, shard, shard_counts)
    assert json.loads(Path(track_counts).read_text())["kept"] == 60
    tuning = NonMLTuning(w0_cm=(None,), lower=(0.1,), upper=(9.0,))
    _, scan = non_ml_predictions([Path(shard)], NonML(tuning=tuning, minimum_points=2))
    _, radii = best_expected_predictions([Path(shard)], BestExpected(eps_cm=(0.5, 1.0)))
    compared = vars(compare_tracks([Path(tracks)], [Path(tracks)], rng))
    files.put(
        {
            gas.table("containment.csv"): containment_table(
                [Path(track_counts)], [Path(shard_counts)]
            ),
            gas.table("sources.csv"): source_table(
                {"train": pq.read_table(summary).to_pandas().assign(file="made")},
                {"train": block},
                {},
            ),
            gas.stages("train"): track_stages(next(read_tracks(tracks)), GRID, smearing, rng),
            gas.test_table("non_ml_tuning.csv", TEST): scan,
            gas.test_table("best_expected_eps.csv", TEST): radii,
            **{gas.table(f"track_{name}.csv"): table for name, table in compared.items()},
        }
    )


def write_gas_results(files, rng):
    """Predictions, and all that is made of them."""
    gas = files.gas
    kappa = rng.uniform(1, 30, 200)
    predictions = scattered(kappa, kappa, rng)
    prediction = gas.prediction(TEST, "HCN")
    measured = {("run7", "HCN"): predictions}
    tested = direction_test(predictions, pd.DataFrame(), DirectionTest(axis=(0, 0, 1)), rng)
    files.put(
        {
            gas.table("observed.csv"): observed_summary(measured).assign(network_remark=""),
            gas.table("observed_directions.csv"): observed_directions(measured),
            gas.table("observed_p.csv"): observed_p_table(
                [{"set": "run7", "method": "HCN"} | row for row in tested]
            ),
        }
    )
    Path(prediction).parent.mkdir(parents=True)
    write_predictions(prediction, predictions)
    methods = {"HCN": predictions, BEST_EXPECTED: predictions.assign(kappa=np.nan)}
    evaluated = evaluate_test_set(TEST, methods, {}, {}, Evaluation(bootstrap=20), rng)
    calibrated = calibration.from_files(
        {"predictions": [prediction], "shards": []},
        {"test_sets": {TEST: 0}, "evaluation": Evaluation(kappa_bins=2).plain()},
    )
    logits = {"energy_keV": 40.0, "simulated": [True, False], "logit": [1.0, 0.0]}
    files.put(
        {
            gas.network("temperature.csv", "HCN"): temperature_table(fit_temperature(predictions)),
            gas.table("summary.csv"): evaluated.summary,
            gas.test_table("summary.csv", TEST): evaluated.summary,
            gas.release("baselines.csv"): baselines(evaluated.summary, [TEST]),
            gas.release("splits.csv"): pd.DataFrame(columns=list(SPLITS)),
            gas.test_table("cut_scan.csv", TEST): evaluated.scans,
            gas.test_table("crossings.csv", TEST): evaluated.crossings,
            gas.test_table("angles.csv", TEST): evaluated.angles,
            gas.test_table("resolution.csv", TEST): evaluated.resolution,
            gas.calibration("", "HCN"): calibrated["calibration"],
            gas.calibration("_histogram", "HCN"): calibrated["histogram"],
            **{
                gas.calibration(f"_{name}", "HCN"): calibrated[name]
                for name in ("test_sets", "pit", "head_tail", "start")
            },
            gas.table("voxel_classifier.csv"): auc_table(pd.DataFrame(logits)),
        }
    )
    toys = gas.toy_batch(TEST, "HCN", 0)
    identity = {"seed": 1, "test_set": TEST, "method": "HCN", "batch": 0}
    made = toys_from_files(
        {"predictions": [prediction], "recoils": [prediction]},
        {"hypothesis_test": TOYS.plain(), **identity},
    )
    files.put({toys: made["toys"]})
    settings = {"levels": TOYS.levels, "electrons_per_m3": None}
    found = sensitivity_from_files({"toys": [toys]}, settings)
    files.put({gas.test_table(f"{name}.parquet", TEST): table for name, table in found.items()})


def write_gas_detector(files, rng):
    """A fit of two parameters, and the gap between two samples of noise."""
    columns = ("data", "before", "after", "difference_err", "pull_before", "pull_after")
    fit = Fit(
        names=["gain.relative_rms", "threshold.electrons"],
        start=np.ones(2),
        values=np.ones(2),
        covariance=np.eye(2),
        chi2=10.0,
        degrees_of_freedom=12,
        events=100,
        simulated_events=300,
        moments=pd.DataFrame({"summary": SUMMARIES, **dict.fromkeys(columns, 1.0)}),
    )
    first, second = (
        Events(
            rng.normal(size=(20, len(SUMMARIES))),
            rng.normal(size=(20, 3)),
            rng.uniform(1, 9, 20),
            rng.uniform(0, 1, 20),
        )
        for _ in range(2)
    )
    gap, growth = domain_gap(first, second, rng)
    one = Cosines(*(rng.uniform(size=shape) for shape in (20, (20, 2), (20, 2))))
    varied = Parameters(fit.names, fit.values, fit.covariance, np.ones(2))
    systematic = sensitivity_table({"HCN": one}, varied)
    needed = pd.read_parquet(files.gas.test_table("needed_events.parquet", TEST))
    start = rng.normal(size=(20, 3))
    places = {"run7": Places(rng.normal(size=(20, 8, 3)), start, start)}
    cosine = rng.uniform(-1, 1, 20)
    observables = Decisions(cosine, cosine, {}).observables()
    decided = {"run7": Decisions(cosine, cosine, observables)}
    gas = files.gas
    files.put(
        {
            gas.table("detector_fit.csv"): fit.table(),
            gas.table("fit_moments.csv"): fit.moments,
            gas.table("fit_correlation.csv"): fit.correlation_table(),
            gas.table("challenge.csv"): verdict({}, fit.table(), (0.3, 0.1), 1, 0.5),
            gas.table("gain_map.csv"): GainMap(
                (2, 1), np.array([1.1, 0.9]), np.eye(2) / 100, np.array([60, 70]), 5.0, 100, 400
            ).table(),
            gas.table("domain_gap.csv"): gap,
            gas.table("domain_gap_events.csv"): growth,
            gas.table("response_sensitivity.csv"): systematic,
            gas.table("needed_systematic.csv"): needed_with_systematic(needed, systematic),
            gas.table("attention.csv"): attention_table(places, "run7"),
            gas.table("direction_stages.csv"): stage_table(decided, "run7"),
            gas.table("direction_failures.csv"): failure_table(decided, 5, 30),
        }
    )


def write_trainings(files):
    """The history of a training of one weight, for every network."""
    settings = read_network({"architecture": "rcn", "max_epochs": 2})
    batch = torch.ones(4, 1)
    history = train(
        torch.nn.Linear(1, 1),
        lambda model, x: model(x).square().squeeze(1),
        lambda epoch: iter([[batch]]),
        lambda: iter([batch]),
        4,
        settings,
        files.folder / "checkpoint.pt",
        "one weight",
    )
    for path in (
        files.gas.network("history.csv", "HCN"),
        files.gas.table("voxel_classifier_history.csv"),
        files.xenon.network("history.csv", "classifier"),
        files.emulsion.network("history.csv", "isotropic"),
    ):
        files.put({path: history})


def write_xenon_events(files):
    """Tables of events, which the code writes by their schemas."""
    xenon = files.xenon
    events = xenon.event_table("test_nr", "0000_nest")
    write_events(events, [made_events(3)], {})
    chosen = {"detector": {"test_nr": "darwin"}, "needed": []}
    looked = event_files.from_files({"tables": [events], "files": [events]}, chosen)
    files.put({xenon.table("event_files.csv"): looked["table"]})
    files.empty(RESPONSE, xenon.response_shard("test_nr", "0000_nest"))
    files.empty(TERMS, xenon.score_terms("test_nr"))
    files.empty(SCORES, xenon.scores("test_nr"))
    files.empty(IMAGE_SCORES, xenon.image_scores("test_nr"))


def write_xenon_results(files, rng):
    """Tables of the two searches, from made-up scores."""
    xenon = files.xenon
    scores, trigger, (roc, accuracy) = made_scores(50), made_trigger(), made_separation()
    terms = scores.assign(beta=1.0, kl=1.0, reconstruction=1.0, reconstruction_drawn=1.0)
    seen = np.array([True, False])
    outcome = TriggerOutcome(np.ones(2), seen, ~seen, seen, np.ones(2))
    weighted = made_weighted()
    samples = search_samples(weighted, RATES)
    images = scores.assign(loss=scores["ts"], s2_only=False, logit_four_numbers=0.0)
    images = images.assign(s1_photons_detected=10, s2_photons_detected=scores["energy_keV"])
    models = fit_all({"ER": images})
    recoils, even = np.geomspace(1, 60, 500), np.ones(500)
    one = WeightedScores(np.ones(3), np.ones(3))
    loss = images["loss"].to_numpy()
    checks, choices = made_checks(), made_choices()
    files.put(
        {
            xenon.table("trigger.csv"): trigger,
            xenon.table("roc.csv"): roc,
            xenon.table("classifier.csv"): accuracy,
            xenon.table("score_scan.csv"): scan_scores(terms, [0, 1]),
            xenon.table("s2_only.csv"): s2_only_table({"test_nr": outcome}),
            xenon.table("backgrounds.csv"): background_table(RATES, weighted),
            xenon.table("observed_limits.csv"): checks["limits"],
            **{xenon.table(f"{name}.csv"): table for name, table in checks.items()},
            xenon.table("network_seeds.csv"): choices["seeds"],
            xenon.table("significance_by_ratio.csv"): choices["ratios"],
            xenon.table("images_classifier.csv"): classifier_table(images, images, [0.4]),
            xenon.table("images_losses.csv"): loss_table(loss, loss, one, one, 1.0, 1e-45, rng),
            xenon.table("images_s2_only.csv"): s2_only_losses({"image_test_er": images}),
            xenon.table("images_rates.csv"): with_events(rate_table(weighted, [BENCHMARK])),
            xenon.table("images_energies.csv"): energy_table(
                models, {"ER": images}, {"ER": (1.0, 100.0)}
            ),
            xenon.table("images_mass_tests.csv"): mass_tests(
                {"E": recoils}, {10.0: recoils**-2, 50.0: even}, rng
            ),
            xenon.table("images_mass_estimates.csv"): mass_estimates(
                {"E": recoils}, {10.0: recoils**-2, 50.0: even}, [50.0], rng
            ),
        }
    )
    files.put({xenon.table("weighted_scores.parquet"): Described.of(weighted, WEIGHTED)})
    sets = {"background": "background", f"{BENCHMARK.mass_GeV:g}GeV": "benchmark"}
    toys = [xenon.toy_batch(name, 0) for name in sets]
    for path, name in zip(toys, sets, strict=True):
        block = SEARCH.toy_sets()[name]
        batch = search_stage.toys_table(samples, block, seed=1, identity=("made",), batch=0)
        files.put({path: batch})
    settings = {"levels_sigma": SEARCH.levels_sigma}
    made = search_stage.search_from_files({"toys": toys}, settings)
    for name, file in (("significance", "significance"), ("exposures", "exposure_needed")):
        path = xenon.table(f"{file}.parquet")
        files.put({path: made[name]})
        files.put({xenon.table(f"images_{name}.csv"): with_events(pd.read_parquet(path))})


def with_events(table):
    """A table of one search in images, as it stands in that of both."""
    return pd.concat([table], keys=["triggered"], names=["events"]).reset_index("events")


def write_emulsion(files, rng):
    """Tables of the emulsion chain, from made-up clusters and scores."""
    emulsion = files.emulsion
    table = emulsion.table
    shard = emulsion.shard("C100", "0000_ion")
    Path(shard).parent.mkdir(parents=True)
    clusters = made_clusters(6)
    # Known by the counts of a file.
    write_clusters(shard, [clusters], 40, (27.5, 27.4), {})
    count = {"read": 6, "kept": 6, "rejected": 0, "reasons": {}}
    Path(counts(shard)).write_text(json.dumps(count))
    chosen = {"samples": ["C100"], "from_files": ["C100"], "trained_on": {}, "test": []}
    looked = cluster_samples.from_files({"shards": [shard], "counts": [counts(shard)]}, chosen)
    made = {"C100": (1, 1.0), "fog": (0, 0.0)}
    predictions = pd.concat(
        made_predictions(rng, name, 300, label, mean) for name, (label, mean) in made.items()
    )
    predicted = emulsion.prediction("isotropic", "test")
    Path(predicted).parent.mkdir(parents=True)
    write_made(predicted, predictions)
    settings = Rejection(efficiencies=(0.6,), goal=3)
    labels = {"score": "isotropic", "trained_on": ""}
    networks = rejection_tables(predictions, "logit", labels, settings)
    observed = pd.concat(made_observables(rng, 50, label, f"s{label}") for label in (0, 1))
    baseline = baseline_tables(observed, lambda t: t["shift_nm"].to_numpy(), [], settings)
    moved = Transfer(beam="beam", isotropic="C100", bins=2)
    beam = made_predictions(rng, "beam", 300, 1, angle_rad=0.0)
    signal = predictions[predictions["sample"] == "C100"].reset_index(drop=True)
    check, transferred = transfer(beam, signal, moved, 3.0)
    angles = signal.assign(axis_angle_deg=1.0, shift_angle_deg=2.0)
    response = response_table(signal, signal["logit"] > 0)
    recoils = pd.DataFrame({"ion": ["C"], "energy_keV": [100.0], "made": [500]})
    wimps = Wimps(masses_GeV=[1e-3], mass_fractions={"C": 1})
    needed = needed_table(
        Efficiency.from_table(efficiency_table(response, recoils)),
        Response.from_table(response),
        wimps,
        1,
    )
    files.put(
        {
            table("samples.csv"): looked["table"],
            emulsion.observables("C100"): observables.from_files({"shards": [shard]}, {})["table"],
            table("rejection.csv"): networks["rejection"],
            table("goal.csv"): networks["goal"],
            table("baseline.csv"): baseline["rejection"],
            table("baseline_goal.csv"): baseline["goal"],
            table("summary.csv"): summary_table(networks["rejection"], {"C100": "C100"}),
            table("leaks.csv"): checks_table([check]),
            table("transfer.csv"): pd.DataFrame({"network": "isotropic"} | dict(transferred)),
            table("axes.csv"): axes_table(angles),
            table("response.parquet"): response,
            table("efficiency.csv"): efficiency_table(response, recoils),
            table("needed.csv"): needed,
            emulsion.needed("100"): needed,
        }
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.path)
def test_columns_are_those_that_are_written(table, written):
    path = written / table.example
    names = list(pd.read_csv(path)) if path.suffix == ".csv" else pq.read_schema(path).names
    assert [column.name for column in table.columns] == names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.path)
def test_code_reads_the_table(table, written, monkeypatch, capsys):
    monkeypatch.chdir(written)
    assert table.code.count("\n") == 3
    exec(table.code, {})


def test_every_recorded_table_is_in_the_dictionary(repository):
    """Tables of the study in miniature, whose chains are all on."""
    from pipeline.study import read_config

    study = read_config(repository / "config" / "test.yaml")
    results = Path(study.results)
    known = [Path(table.path).relative_to("results") for table in TABLES]
    for paths in study.paths.values():
        for table in map(Path, paths.recorded_tables()):
            parts = table.relative_to(results).parts
            assert any(fits(parts, pattern.parts) for pattern in known), table


def fits(parts, pattern):
    """Whether a path's parts are those of a pattern with {wildcards}."""
    return len(parts) == len(pattern) and all(
        part == word or (word.startswith("{") and part.endswith(word.rpartition("}")[2]))
        for part, word in zip(parts, pattern, strict=True)
    )


def test_page_has_every_table_with_units():
    page = markdown()
    assert all(f"\n## {table.title}\n" in page for table in TABLES)
    assert len({table.title for table in TABLES}) == len(TABLES)
    assert "| `energy_keV` | keV | recoil energy |" in page
