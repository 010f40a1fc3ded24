"""Factor on kappa, its powers of the sizes, power of the shares: closed forms, made networks."""

import math

import numpy as np
import pytest
from helpers.made_predictions import (
    drawn,
    mixtures,
    of_mixtures,
    scattered,
    spread_kappas,
    stated,
)

from pipeline.core.tables import write_tables
from pipeline.gas.config.card import Temperature
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.temperature import (
    EVENTS,
    EXPONENT_SPREAD,
    fit_temperature,
    read_temperature,
    temperature_table,
    tempered,
    unseen_share,
)
from pipeline.physics.event_columns import TRUE_START
from pipeline.statistics.directional import density
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    SIZES,
    START,
    TRUE,
    cosines,
    with_start,
)
from pipeline.statistics.directional.vmf import cosine_variance, fit_kappa, mean_cosine

TRACKS = 20_000


@pytest.fixture(scope="module")
def kappa():
    return spread_kappas(TRACKS, least=0.5)


@pytest.mark.parametrize("truth", [0.7, 1.0, 1.6])
def test_the_true_factor_is_found_within_its_error(kappa, truth) -> None:
    found = fit_temperature(scattered(truth * kappa, kappa, np.random.default_rng(2)))
    factor = found.temperature
    assert abs(factor.kappa_factor - truth) < 3 * factor.kappa_factor_err
    # From kappa of a few on, each event says as much: an error of factor / sqrt(n).
    assert factor.kappa_factor_err == pytest.approx(truth / math.sqrt(TRACKS), rel=0.05)
    assert found.events == TRACKS


def test_equal_kappas_become_the_fitted_kappa(kappa) -> None:
    predictions = scattered(kappa, np.full(TRACKS, 8.0), np.random.default_rng(3))
    found = fit_temperature(predictions).temperature
    fitted, _ = fit_kappa(cosines(predictions))
    assert found.kappa_factor == pytest.approx(fitted / 8, rel=1e-4)
    # The error of the mean cosine over the slope of A.
    error = np.std(cosines(predictions)) / math.sqrt(TRACKS) / cosine_variance(fitted)
    assert found.kappa_factor_err == pytest.approx(error / 8, rel=1e-3)


def test_the_likelihood_is_greatest_at_the_factor(kappa) -> None:
    """And flat: sum kappa (cos - A(s kappa)) = 0."""
    predictions = scattered(0.7 * kappa, kappa, np.random.default_rng(4))
    found = fit_temperature(predictions)
    assert found.nll_after < found.nll_before
    after = tempered(predictions, found.temperature)
    assert fit_temperature(after).temperature.kappa_factor == pytest.approx(1, abs=1e-6)
    claimed = after["kappa"].to_numpy("float64")
    assert np.mean(claimed * (cosines(after) - mean_cosine(claimed))) == pytest.approx(0, abs=1e-5)
    for factor in (0.9, 1.1):
        other = found.temperature.model_copy(update={"kappa_factor": factor})
        worse = fit_temperature(tempered(after, other))
        assert worse.nll_before > found.nll_after
        assert worse.nll_after == pytest.approx(found.nll_after)


def test_directions_and_all_else_stay(kappa) -> None:
    predictions = scattered(0.7 * kappa, kappa, np.random.default_rng(5))
    after = tempered(predictions, fit_temperature(predictions).temperature)
    same = [*TRUE, *PREDICTED, "source", "event_id", "energy_keV", "sigma_um", *SIZES, *START]
    assert after[same].equals(predictions[same])
    assert (after.dtypes == predictions.dtypes).all()
    assert (after["region_90_sr"] > predictions["region_90_sr"]).all()


def test_worse_than_chance_is_kappa_zero_and_no_kappa_has_no_temperature(kappa) -> None:
    wrong = scattered(kappa, kappa, np.random.default_rng(6))
    wrong[PREDICTED] *= -1
    wrong = stated(wrong, kappa)
    assert fit_temperature(wrong).temperature.kappa_factor == pytest.approx(0, abs=1e-4)
    silent = fit_temperature(stated(wrong, np.zeros(TRACKS)))
    assert silent.temperature.kappa_factor == 1
    assert silent.nll_after == pytest.approx(math.log(4 * math.pi))
    with pytest.raises(ValueError, match="every kappa must be known"):
        fit_temperature(wrong.assign(component_weight=None))


@pytest.mark.parametrize(("truth", "power"), [(0.7, 1.3), (1.0, 1.0), (1.6, 0.6)])
def test_factor_and_shares_of_mixtures_are_found_within_their_errors(
    truth, power, monkeypatch
) -> None:
    monkeypatch.setattr(density, "POINTS", 2)  # of other columns
    rng = np.random.default_rng(8)
    said = mixtures(4000, rng)
    predictions = of_mixtures(said, drawn(said.scaled(truth).powered(power), rng))
    found = fit_temperature(predictions)
    factor = found.temperature
    assert abs(factor.kappa_factor - truth) < 3 * factor.kappa_factor_err
    assert 1 < factor.kappa_factor_err / truth * math.sqrt(4000) < 3
    assert abs(factor.share_power - power) < 3 * factor.share_power_err < 0.3
    assert found.nll_after <= found.nll_before


def test_the_odds_of_the_sense_are_found_within_their_errors(monkeypatch) -> None:
    monkeypatch.setattr(density, "POINTS", 2)  # of other columns
    rng = np.random.default_rng(16)
    said = mixtures(8000, rng)
    electrons, voxels = rng.choice([1000.0, 1250.0], 8000), rng.choice([300.0, 600.0], 8000)
    middle = [math.exp(np.log(sizes).mean()) for sizes in (electrons, voxels)]
    odds = 0.5 * (electrons / middle[0]) ** 2 / (voxels / middle[1])
    predictions = of_mixtures(
        said,
        drawn(said.with_opposite(odds), rng),
        electrons=electrons,
        occupied_voxels=voxels,
    )
    found = fit_temperature(predictions).temperature
    assert abs(found.opposite_factor - 0.5) < 3 * found.opposite_factor_err < 0.3
    assert (
        abs(found.opposite_electrons_exponent - 2) < 3 * found.opposite_electrons_exponent_err < 5
    )
    assert abs(found.opposite_voxels_exponent + 1) < 3 * found.opposite_voxels_exponent_err < 1
    assert abs(found.kappa_factor - 1) < 3 * found.kappa_factor_err
    assert abs(found.share_power - 1) < 3 * found.share_power_err


def test_a_card_without_the_odds_of_the_sense_leaves_them(monkeypatch) -> None:
    monkeypatch.setattr(density, "POINTS", 2)  # of other columns
    rng = np.random.default_rng(17)
    said = mixtures(500, rng)
    predictions = of_mixtures(said, drawn(said.with_opposite(0.3), rng))
    fitted = fit_temperature(predictions).temperature.plain()
    old = {key: value for key, value in fitted.items() if "opposite" not in key}
    after = tempered(predictions, Temperature.model_validate(old))
    assert Temperature.model_validate(old).plain() == old
    weight = np.stack(predictions["component_weight"]) ** old["share_power"]
    expected = weight / weight.sum(axis=1, keepdims=True)
    assert np.stack(after["component_weight"]) == pytest.approx(expected, rel=1e-4)


def test_the_tables_of_tempered_mixtures_are_those_of_the_fit(monkeypatch) -> None:
    monkeypatch.setattr(density, "POINTS", 2)  # of other columns
    rng = np.random.default_rng(8)
    said = mixtures(500, rng)
    true = said.scaled(0.8).powered(0.7).with_opposite(0.5)
    predictions = of_mixtures(said, drawn(true, rng))
    found = fit_temperature(predictions)
    after = tempered(predictions, found.temperature)
    assert -after["log_density"].mean() == pytest.approx(found.nll_after, rel=1e-5)
    assert np.stack(after["component_weight"]).sum(axis=1) == pytest.approx(1)


def test_the_powers_of_the_sizes_are_found_within_their_errors(kappa) -> None:
    rng = np.random.default_rng(9)
    electrons = rng.choice([800.0, 1000.0, 1250.0], TRACKS)
    voxels = np.round(0.4 * electrons * rng.choice([0.8, 1.0, 1.3], TRACKS))
    middle = [math.exp(np.log(sizes).mean()) for sizes in (electrons, voxels)]
    right = 0.8 * kappa * (electrons / middle[0]) ** 1.5 * (voxels / middle[1]) ** -0.5
    predictions = scattered(right, kappa, rng, electrons=electrons, occupied_voxels=voxels)
    found = fit_temperature(predictions).temperature
    assert [found.electrons, found.voxels] == pytest.approx(middle, rel=1e-6)
    assert abs(found.kappa_factor - 0.8) < 3 * found.kappa_factor_err
    assert abs(found.electrons_exponent - 1.5) < 3 * found.electrons_exponent_err
    assert abs(found.voxels_exponent + 0.5) < 3 * found.voxels_exponent_err
    # An event says as much about the logarithm of its kappa as about the factor: least squares.
    terms = np.column_stack([np.ones(TRACKS), np.log(electrons), np.log(voxels)])
    errors = np.sqrt(np.diag(np.linalg.inv(terms.T @ terms)))[1:]
    errs = [found.electrons_exponent_err, found.voxels_exponent_err]
    assert errs == pytest.approx(errors, rel=0.1)
    after = tempered(predictions, found)
    assert after["kappa"].to_numpy() == pytest.approx(right, rel=0.1)
    again = fit_temperature(after).temperature
    assert [again.electrons_exponent, again.voxels_exponent] == pytest.approx([0, 0], abs=0.02)


def test_the_power_of_kappa_is_found_within_its_error(kappa) -> None:
    """Kappas of too small a spread, beside powers of the sizes that go with kappa."""
    rng = np.random.default_rng(13)
    middle = math.exp(np.log(kappa).mean())
    electrons = 1000 * (kappa / middle) ** 0.2 * rng.choice([0.9, 1.0, 1.1], TRACKS)
    right = 1.1 * kappa * (kappa / middle) ** 0.4 * (electrons / 1000) ** 1.5
    predictions = scattered(right, kappa, rng, electrons=electrons)
    found = fit_temperature(predictions).temperature
    assert found.kappa == pytest.approx(middle, rel=1e-6)
    assert abs(found.kappa_exponent - 0.4) < 3 * found.kappa_exponent_err < 0.3
    assert abs(found.electrons_exponent - 1.5) < 3 * found.electrons_exponent_err
    terms = np.column_stack([np.ones(TRACKS), np.log(electrons), np.log(kappa)])
    error = math.sqrt(np.linalg.inv(terms.T @ terms)[2, 2])
    assert found.kappa_exponent_err == pytest.approx(error, rel=0.1)
    after = tempered(predictions, found)
    assert after["kappa"].to_numpy() == pytest.approx(right, rel=0.15)
    assert fit_temperature(after).temperature.kappa_exponent == pytest.approx(0, abs=0.02)


def test_the_power_of_kappa_of_a_mixture_is_that_of_its_mean_vector(monkeypatch) -> None:
    monkeypatch.setattr(density, "POINTS", 2)  # of other columns
    rng = np.random.default_rng(14)
    said = mixtures(4000, rng)
    _, whole = said.mean()
    true = said.scaled((whole / 10) ** 0.5)
    found = fit_temperature(of_mixtures(said, drawn(true, rng))).temperature
    assert abs(found.kappa_exponent - 0.5) < 3 * found.kappa_exponent_err < 0.3
    assert abs(found.share_power - 1) < 3 * found.share_power_err


def test_a_card_without_the_power_of_kappa_has_one_factor_for_all_kappas(kappa) -> None:
    predictions = scattered(kappa, kappa, np.random.default_rng(15))
    temperature = fit_temperature(predictions).temperature
    old = {key: value for key, value in temperature.plain().items() if "kappa_exp" not in key}
    del old["kappa"]
    after = tempered(predictions, Temperature.model_validate(old))
    assert Temperature.model_validate(old).plain() == old
    ratio = after["kappa"].to_numpy() / predictions["kappa"].to_numpy()
    assert ratio == pytest.approx(old["kappa_factor"], rel=1e-5)


def test_events_of_one_size_have_one_factor(kappa) -> None:
    found = fit_temperature(scattered(0.7 * kappa, kappa, np.random.default_rng(11))).temperature
    exponents = [found.electrons_exponent, found.voxels_exponent]
    assert exponents == pytest.approx([0, 0], abs=1e-12)
    assert found.electrons_exponent_err == pytest.approx(EXPONENT_SPREAD)


def test_errors_hold_where_the_density_is_not_the_right_one() -> None:
    """A tenth of the tracks turned round: spread over quoted error of many samples."""
    rng = np.random.default_rng(12)
    same = np.full(400, 12.0)
    factors, errors = [], []
    for _ in range(60):
        predictions = scattered(same, same, rng)
        predictions.loc[rng.uniform(size=400) < 0.1, PREDICTED] *= -1
        found = fit_temperature(stated(predictions, same)).temperature
        factors.append(found.kappa_factor)
        errors.append(found.kappa_factor_err)
    assert np.std(factors) / np.mean(errors) == pytest.approx(1, abs=0.3)


def test_a_stream_leaves_all_stored_events_to_the_fit() -> None:
    kinds = ("shards", "fresh_views", "stream")
    block = {"architecture": "unet", "widths": [4, 6, 8]}
    nets = [read_network({**block, "training_events": kind}) for kind in kinds]
    assert [unseen_share(net, 0.05, 138_000) for net in nets] == [0.05, 0.05, EVENTS / 138_000]
    assert unseen_share(nets[2], 0.05, 900) == 1
    assert unseen_share(nets[2], 0.2, 138_000) == 0.2


def test_a_written_temperature_is_read_back(kappa, tmp_path) -> None:
    found = fit_temperature(scattered(kappa, kappa, np.random.default_rng(7)))
    write_tables({"table": tmp_path / "temperature.csv"}, {"table": temperature_table(found)})
    assert read_temperature(tmp_path / "temperature.csv") == found.temperature


def test_stated_errors_of_the_start_become_right(kappa, rng) -> None:
    true_um = rng.normal(0, 3000, (TRACKS, 3))
    own_um = 300 + 400 * rng.random(TRACKS)
    predictions = with_start(
        scattered(kappa, kappa, rng).assign(**dict(zip(TRUE_START, true_um.T, strict=True))),
        true_um + own_um[:, None] * rng.normal(size=(TRACKS, 3)),
        4 * own_um,
    )
    found = fit_temperature(predictions).temperature
    assert found.start_error_factor_err == pytest.approx(0.25 / math.sqrt(6 * TRACKS), rel=0.05)
    assert abs(found.start_error_factor - 0.25) < 3 * found.start_error_factor_err
    own = tempered(predictions, found)[START[3]].to_numpy()
    assert own == pytest.approx(4 * found.start_error_factor * own_um, rel=1e-5)


def test_without_true_starts_their_errors_stay(kappa, rng) -> None:
    predictions = with_start(
        scattered(kappa, kappa, rng), np.zeros((TRACKS, 3)), np.full(TRACKS, 500)
    )
    found = fit_temperature(predictions).temperature
    assert (found.start_error_factor, found.start_error_factor_err) == (1, 0)
    assert (tempered(predictions, found)[START[3]] == 500).all()
