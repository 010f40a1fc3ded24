"""The fit of a response: on a linear model with a known answer, and on made tracks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from helpers.made_clouds import clouds
from helpers.made_tracks import along_z

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.fit import fit_response
from pipeline.gas.response.model import Model, Sample
from pipeline.gas.response.moments import SUMMARIES

TRANSVERSE, THRESHOLD = "diffusion.constant_transverse", "threshold.electrons"
RANGES = {TRANSVERSE: (100.0, 500.0), THRESHOLD: (0.2, 3.0)}
START = {"diffusion": {"constant_transverse": 200}, "threshold": {"electrons": 0.8}}
SLOPES = np.random.default_rng(0).normal(0, 1, (len(SUMMARIES), 2))
TRUE = {TRANSVERSE: 260.0, THRESHOLD: 1.3}


def tracks(events, energy_keV=50.0, electrons=0):
    """Tracks whose electrons are clouds of two sizes, without electrons by default."""
    rng = np.random.default_rng(events)
    positions = rng.normal(0, 1, (events, electrons, 3)) * rng.choice([500, 3000], (events, 1, 1))
    return along_z(np.arange(events + 1) * electrons, positions.reshape(-1, 3), energy_keV)


@dataclass(frozen=True)
class Linear(Model):
    """Gaussian summaries whose means are linear in the parameters."""

    slopes: tuple = tuple(map(tuple, SLOPES))
    noise: int = 1

    def sample(self, values, share=1.0):
        events = round(share * sum(map(len, self.tracks)))
        scaled = np.array([values[TRANSVERSE] / 100, values[THRESHOLD]])
        noise = np.random.default_rng(self.noise).normal(0, 1, (events, len(SUMMARIES)))
        energy_keV = np.concatenate([batch.energy_keV for batch in self.tracks])
        return Sample(noise + np.array(self.slopes) @ scaled, energy_keV[:events])


def linear(events=2000, start=START, **fields):
    return Linear([tracks(events)], Response.model_validate(start), Grid(), seed=1, **fields)


def measured(events=400, noise=7, **fields):
    return linear(events, noise=noise, **fields).sample(TRUE)


def test_a_linear_model_is_fitted_as_by_least_squares():
    """The covariance is (J^T J)^-1 times 1/n + 1/m, here with slopes per 100 um."""
    fit = fit_response(measured(), linear(), RANGES)
    expected = np.linalg.inv(SLOPES.T @ SLOPES) * (1 / 400 + 1 / 2000)
    assert fit.errors == pytest.approx(np.sqrt(np.diag(expected)) * [100, 1], rel=0.08)
    assert np.abs((fit.values - [260, 1.3]) / fit.errors).max() < 3
    assert fit.degrees_of_freedom == len(SUMMARIES) - 2
    assert fit.verdict == "the response describes these data"


def test_pulls_and_chi_squared_over_many_data_sets():
    fits = [fit_response(measured(noise=i), linear(noise=-i % 997), RANGES) for i in range(9, 69)]
    pulls = np.array([(fit.values - [260, 1.3]) / fit.errors for fit in fits])
    assert 0.8 < pulls.std() < 1.2
    assert abs(pulls.mean()) < 4 / np.sqrt(len(fits) * 2)
    p = np.array([fit.p_value for fit in fits])
    assert 0.35 < p.mean() < 0.65


def test_data_that_no_parameters_explain_are_called_so():
    data = measured()
    data.values[:, SUMMARIES.index("ln_charge")] += 0.5
    fit = fit_response(data, linear(), RANGES)
    assert fit.p_value < 1e-3
    assert fit.verdict.startswith("these data cannot be made by this response")
    worst = fit.moments.loc[fit.moments["pull_after"].abs().idxmax()]
    assert fit.verdict.endswith(worst["summary"])


def test_tables_have_a_row_for_each_parameter_and_pair():
    fit = fit_response(measured(), linear(), RANGES)
    assert fit.table()["parameter"].tolist() == list(RANGES)
    assert fit.table()["start"].tolist() == [200, 0.8]
    assert fit.table()["value_err"].tolist() == fit.errors.tolist()
    (pair,) = fit.correlation_table().itertuples(index=False, name=None)
    covariance = fit.covariance
    expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert pair == (TRANSVERSE, THRESHOLD, pytest.approx(expected))


def test_energies_keep_the_shares_of_the_data():
    """Simulated events of another share of energies, whose summaries differ, leave no bias."""
    mixed = [tracks(1500, 40.0), tracks(500, 50.0)]
    model = Linear(mixed, Response.model_validate(START), Grid(), seed=1)
    data = Linear([tracks(100, 40.0), tracks(301, 50.0)], model.response, Grid(), 1, noise=5)

    def shifted(sample):
        return Sample(sample.values + sample.energy_keV[:, None] / 10, sample.energy_keV)

    class Shifted(Linear):
        def sample(self, values, share=1.0):
            return shifted(super().sample(values))

    fit = fit_response(shifted(data.sample(TRUE)), Shifted(**vars(model)), RANGES)
    assert np.abs((fit.values - [260, 1.3]) / fit.errors).max() < 3.5
    assert fit.p_value > 1e-3


@pytest.mark.parametrize(
    ("data", "model", "ranges", "message"),
    [
        (measured(99), linear(), RANGES, r"99 measured events with charge; the fit needs 100"),
        (
            Sample(measured().values, np.full(400, 40, np.float32)),
            linear(),
            RANGES,
            r"the data have 40 keV and the simulated tracks 50 keV",
        ),
        (
            measured(),
            linear(),
            {**RANGES, TRANSVERSE: (100.0, 240.0)},
            r"parameters.diffusion.constant_transverse: the fit ends at the bound 240",
        ),
        (
            measured(slopes=np.ones((len(SUMMARIES), 2))),
            linear(slopes=np.ones((len(SUMMARIES), 2))),
            RANGES,
            r"do not separate diffusion.constant_transverse from threshold.electrons \(corr",
        ),
        (
            measured(),
            linear(slopes=SLOPES * [1, 0]),
            RANGES,
            r"threshold.electrons changes no summary",
        ),
    ],
)
def test_bad_input_is_one_clear_error(data, model, ranges, message):
    with pytest.raises(ValueError, match=message):
        fit_response(data, model, ranges)


def test_a_threshold_that_empties_the_events_is_named():
    model = Model(
        [tracks(300, electrons=30)],
        Response.model_validate({"threshold": {"electrons": 50}}),
        Grid(bins=40),
        seed=1,
    )
    with pytest.raises(ValueError, match="the response leaves no charge of the simulated events"):
        fit_response(measured(), model, {THRESHOLD: (1.0, 90.0)})


def test_parameters_of_the_response_itself_are_found():
    truth = {
        "diffusion": {"constant_transverse": 700, "constant_longitudinal": 450},
        "gain": {"relative_rms": 0.6},
    }
    ranges = {
        "diffusion.constant_transverse": (200.0, 1500.0),
        "diffusion.constant_longitudinal": (200.0, 1500.0),
        "gain.relative_rms": (0.1, 1.5),
    }
    start = {
        "diffusion": {"constant_transverse": 550, "constant_longitudinal": 550},
        "gain": {"relative_rms": 0.4},
    }
    grid = Grid(bins=60)
    data = Model([tracks(300, electrons=80)], Response.model_validate(truth), grid, seed=2)
    model = Model([tracks(1200, electrons=80)], Response.model_validate(start), grid, seed=1)
    fit = fit_response(data.sample({}), model, ranges)
    assert np.abs((fit.values - [700, 450, 0.6]) / fit.errors).max() < 3.5
    assert (fit.errors / fit.values < 0.1).all()
    assert fit.p_value > 1e-3


def test_a_fit_without_the_map_of_gains_takes_its_spread_for_fluctuations(tmp_path):
    file, (x, y) = tmp_path / "map.csv", np.divmod(np.arange(900), 30)
    gains = np.random.default_rng(1).gamma(25, 1 / 25, 900)  # rms 0.2
    pd.DataFrame({"pixel_x": x, "pixel_y": y, "gain": gains}).to_csv(file, index=False)
    grid, name = Grid(bins=30, voxel_um=500), "gain.relative_rms"

    def model(rms, events, gain_map):
        keys = {"gain": {"relative_rms": rms, "map": gain_map}, "threshold": {"electrons": 1}}
        spread = {"constant_transverse": 300, "constant_longitudinal": 300}
        response = Response.model_validate({**keys, "diffusion": spread})
        return Model([clouds(events, 200, 600, events)], response, grid, seed=events)

    data = model(0.5, 1500, str(file)).sample({})
    having, without = (
        fit_response(data, model(0.4, 4500, given), {name: (0.1, 1.5)})
        for given in (str(file), None)
    )
    assert having.values[0] == pytest.approx(0.5, abs=4 * having.errors[0])
    assert having.p_value > 1e-3
    assert without.values[0] > 0.53
    assert without.p_value < 1e-10
