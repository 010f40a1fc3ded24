"""Made-up results of the usual size, brought into tables by the functions that the rules use."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_predictions import around_z, scattered_cosines, stated

from pipeline.gas.comparison.histograms import observable_histograms
from pipeline.gas.comparison.two_sample import ks_table
from pipeline.gas.config.evaluation import Evaluation
from pipeline.gas.config.voxels import Grid, Smearing
from pipeline.gas.evaluation.calibration import density_tables
from pipeline.gas.evaluation.evaluate import Tables, evaluate_test_set
from pipeline.gas.published import (
    BEST_EXPECTED,
    NON_ML,
    NON_ML_TRUE,
    NON_ML_TUNED,
    NON_ML_TUNED_TRUE,
)
from pipeline.gas.tracks.table import TrackBatch
from pipeline.gas.voxels.stages import track_stages
from pipeline.statistics.directional.calibration import (
    kappa_angle_histogram,
    kappa_calibration,
    kappa_edges,
)
from pipeline.statistics.directional.sensitivity import needed_events, power
from pipeline.statistics.directional.stage import with_exposure, with_response_error

EVENTS = 3000
LEVELS = {"90% CL": 0.1, "3 sigma": 1.35e-3, "5 sigma": 2.9e-7}
BACKGROUND_TOYS = 16_000


def made_predictions(
    rng: np.random.Generator,
    sigma_um: float,
    kappa: np.ndarray,
    *,
    efficiency: float = 1.0,
    head_tail: float = 1.0,
    knows_kappa: bool = False,
) -> pd.DataFrame:
    """Directions scattered around +z as von Mises-Fisher with `kappa`, some turned or omitted."""
    cosine = scattered_cosines(kappa, rng)
    cosine *= np.where(rng.uniform(size=len(kappa)) < head_tail, 1, -1)
    cosine[rng.uniform(size=len(kappa)) > efficiency] = np.nan
    energy_keV = 40 if sigma_um == 443 else 50
    return around_z(cosine, kappa if knows_kappa else np.nan, energy_keV, sigma_um)


def _methods(rng: np.random.Generator, sigma_um: float, scale: float) -> dict[str, pd.DataFrame]:
    kappa = scale * rng.gamma(4.0, 0.25, EVENTS) + 0.5
    standard = {"efficiency": 0.75, "head_tail": 0.8}
    tuned = {"efficiency": 0.14, "head_tail": 0.95}
    weak = np.full(EVENTS, 4.0)

    def made(kappa: np.ndarray, **how: float | bool) -> pd.DataFrame:
        return made_predictions(rng, sigma_um, kappa, **how)  # type: ignore[arg-type]

    return {
        "RCN": made(kappa),
        "HCN": made(kappa, knows_kappa=True),
        NON_ML: made(weak, **standard),
        NON_ML_TRUE: made(weak, **standard | {"head_tail": 1.0}),
        NON_ML_TUNED: made(weak, **tuned),
        NON_ML_TUNED_TRUE: made(2 * weak, **tuned | {"head_tail": 1.0}),
        BEST_EXPECTED: made(np.full(EVENTS, 0.98 * scale)),
    }


@pytest.fixture(scope="session")
def evaluated() -> Tables:
    """All methods on four test sets."""
    rng = np.random.default_rng(1)
    conditions = {
        "40keV_443um": (443.0, 10.0),
        "40keV_200um": (200.5, 13.0),
        "50keV_443um": (443.5, 14.0),
        "50keV_200um": (200.0, 18.0),
    }
    settings = Evaluation(bootstrap=40, cuts=(0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9))
    every = [
        evaluate_test_set(name, _methods(rng, *values), {}, {}, settings, rng)
        for name, values in conditions.items()
    ]
    joined = {
        name: pd.concat([getattr(tables, name) for tables in every], ignore_index=True)
        for name in ("scans", "crossings", "angles", "summary", "resolution")
    }
    return Tables(**joined)


def _toys() -> pd.DataFrame:
    """Merged toys of four methods, their statistics drawn from the laws of many events."""
    rng = np.random.default_rng(2)
    rows = []
    for method, cosine, cuts in (
        ("HCN", 0.5, (0.0, 0.2, 0.5, 0.8)),
        ("RCN", 0.5, (0.0,)),
        ("non_ml", 0.15, (0.0,)),
        ("perfect", 0.56, (0.0,)),
    ):
        for cut, fraction in [(c, f) for c in cuts for f in (0.1, 0.3, 1.0)]:
            dipole = fraction * cosine * (1 + 0.2 * cut)
            strengths = np.geomspace(0.1, 25 if method != "non_ml" else 8, 8)
            statistics = {"dipole": 1.0, "likelihood": 1.0, "profile": 0.9}
            if method == "HCN":
                statistics |= {"dipole_kappa": 1.1, "likelihood_kappa": 1.15}
                statistics |= {"profile_kappa": 1.0}
            for statistic, gain in statistics.items():
                for strength in strengths:
                    labels = {
                        "test_set": "40keV_443um",
                        "method": method,
                        "fraction_cut": cut,
                        "efficiency": (1 - cut) * (0.75 if method == "non_ml" else 1),
                        "signal_fraction": fraction,
                        "statistic": statistic,
                        "window_keV": 1.0,
                        "recoils_per_electron_yr": 1.1e-29,
                        "events": int(np.ceil(strength / (3 * dipole**2))),
                    }
                    power = gain * strength
                    for hypothesis, n, sign in (
                        ("background", BACKGROUND_TOYS, -1),
                        ("signal", 2000, 1),
                    ):
                        if statistic.startswith("dipole"):
                            shift = 1e-9 if sign < 0 else power
                            q = rng.noncentral_chisquare(3, shift, n)
                        else:
                            q = rng.normal(sign * power, 2 * np.sqrt(power), n)
                        rows.append(labels | {"hypothesis": hypothesis, "q": q})
    return pd.DataFrame(rows).drop_duplicates(
        ["method", "fraction_cut", "signal_fraction", "statistic", "hypothesis", "events"]
    )


@pytest.fixture
def levels() -> dict[str, float]:
    """The levels of the hypothesis test."""
    return LEVELS


@pytest.fixture
def background_toys() -> int:
    """Background-only toys behind `needed` and `median_p`."""
    return BACKGROUND_TOYS


@pytest.fixture(scope="session")
def needed() -> pd.DataFrame:
    """Needed events: numbers, lower limits (Non-ML) and a level beyond the toys (5 sigma)."""
    needed = needed_events(_toys().assign(response_err_rel=0.02), LEVELS)
    return with_exposure(with_response_error(needed), 2e26)


@pytest.fixture(scope="session")
def median_p() -> pd.DataFrame:
    """p-values of the median experiment."""
    return power(_toys())


@pytest.fixture(scope="session")
def calibration() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Histogram and calibration table of a well-calibrated network."""
    rng = np.random.default_rng(3)
    kappa = 18 * rng.gamma(4.0, 0.25, 20_000) + 0.5
    predictions = made_predictions(rng, 200.0, kappa, knows_kappa=True)
    edges = kappa_edges(predictions, 20, 0.995)
    return (
        kappa_angle_histogram(predictions, edges, 60),
        kappa_calibration(predictions, edges, 30),
    )


@pytest.fixture(scope="session")
def densities() -> dict[str, pd.DataFrame]:
    """Calibration of densities on two test sets: one is calibrated, the other boasts."""
    rng = np.random.default_rng(6)
    kappa = 18 * rng.gamma(4.0, 0.25, 3000) + 0.5
    return density_tables(
        {
            "right": made_predictions(rng, 443.0, kappa, knows_kappa=True),
            "boasting": stated(made_predictions(rng, 200.0, kappa, knows_kappa=True), 1.5 * kappa),
        }
    )


@pytest.fixture(scope="session")
def containment() -> pd.DataFrame:
    """Containment of a training set and two test sets."""
    table = pd.DataFrame(
        {
            "set": ["train", "40keV_443um", "50keV_200um"],
            "source": ["train", "test_40keV", "test_50keV"],
            "tracks": [60_000, 4000, 4000],
            "contained_fraction": [0.918, 0.995, 0.819],
        }
    )
    fraction = table["contained_fraction"]
    table["contained_fraction_err"] = np.sqrt(fraction * (1 - fraction) / table["tracks"])
    return table


@pytest.fixture(scope="session")
def comparison() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Distances and histograms of observables at two energies."""
    rng = np.random.default_rng(4)
    distances, histograms = [], []
    for energy_keV in (40.0, 50.0):

        def sample(n: int, shift: float, energy_keV: float = energy_keV) -> pd.DataFrame:
            return pd.DataFrame(
                {
                    "max_radius_mm": rng.normal(energy_keV - 10 + shift, 8, n),
                    "skewness": rng.normal(-0.7, 0.4, n),
                    "electrons_within_5mm": rng.poisson(3 * energy_keV, n),
                }
            )

        simulated, reference = sample(2000, 0.5), sample(1500, 0.0)
        energy = {"energy_keV": energy_keV}
        distances.append(ks_table(simulated, reference).assign(**energy))
        shown = ["max_radius_mm", "skewness"]
        histograms.append(observable_histograms(simulated, reference, shown, 30).assign(**energy))
    return pd.concat(distances, ignore_index=True), pd.concat(histograms, ignore_index=True)


@pytest.fixture(scope="session")
def stages() -> pd.DataFrame:
    """Stages of a made-up track, smeared and binned for real."""
    rng = np.random.default_rng(5)
    steps = rng.normal([0.0, 0.0, 60.0], 80.0, (300, 3))
    positions = np.cumsum(np.vstack([np.zeros((1, 3)), steps]), axis=0)
    track = TrackBatch(
        event_id=np.array([7]),
        source_event=np.array([7]),
        energy_keV=np.array([40], np.float32),
        offsets=np.array([0, 1204]),
        positions_um=np.repeat(positions, 4, axis=0).astype(np.float32),
        times_ps=None,
        flags=None,
        start_um=np.zeros((1, 3), np.float32),
        direction=np.array([[0, 0, 1]], np.float32),
    )
    return track_stages(track, Grid(), Smearing(low_um=200, high_um=200), rng)
