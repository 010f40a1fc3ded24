"""The response with gradients: values of the simulator, slopes of its means."""

import numpy as np
import pytest
import torch
from helpers.made_clouds import clouds
from scipy import special

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.differentiable import report, soft_charges, soft_summaries
from pipeline.gas.response.moments import SUMMARIES, event_summaries
from pipeline.gas.response.pixels import Pixels, lit
from pipeline.gas.response.respond import drift_electrons, reported

GRID = Grid(bins=30, voxel_um=500)
PLAIN = {
    "diffusion": {"constant_transverse": 400, "constant_longitudinal": 300},
    "gain": {"relative_rms": 0.7},
    "threshold": {"electrons": 1.2},
}
PARAMETERS = {
    "diffusion.constant_transverse": 400.0,
    "diffusion.constant_longitudinal": 300.0,
    "gain.relative_rms": 0.7,
    "threshold.electrons": 1.2,
}


def generator():
    return np.random.Generator(np.random.SFC64(3))


def tensors(names=PARAMETERS):
    return {
        name: torch.tensor(PARAMETERS[name], dtype=torch.float64).requires_grad_() for name in names
    }


def hard(tracks, response, pixels=None):
    """Cells of the simulator."""
    drifted = drift_electrons(tracks.electrons, response, generator())
    phase = drifted.streams["place"].random((len(tracks), 3))
    return reported(drifted, tracks.offsets, phase, response, GRID, pixels)[0]


def soft(tracks, response, parameters=None):
    return soft_charges(tracks.electrons, response, GRID, generator(), parameters=parameters)


def means(tracks, response):
    cells = hard(tracks, response)
    return event_summaries(cells.index, cells.charge, cells.offsets, cells.box).mean(axis=0)


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({}, PARAMETERS),
        ({}, ()),
        ({"threshold": {"electrons": 1, "rms": 0.3}, "gain": {"pixel_spread": 0.2}}, PARAMETERS),
        ({"integrate_mm": 2, "threshold": {"electrons": 2, "rms": 0.2}}, ("gain.relative_rms",)),
        ({"integrate_mm": "all"}, ("threshold.electrons",)),
        ({"charge_bits": 3, "charge_step": 0.8}, ("gain.relative_rms",)),
        (
            {
                "drift_cm": {"low": 1, "high": 9},
                "diffusion": {"transverse": 120, "longitudinal": 90, "constant_transverse": 50},
                "attachment_per_cm": 0.1,
                "gain": {"relative_rms": 1, "saturation": 0.05},
            },
            ("threshold.electrons",),
        ),
    ],
)
def test_values_are_those_of_the_simulator(keys, names):
    tracks, parameters = clouds(40, 60, 800, 1), tensors(names)
    response = Response.model_validate({**PLAIN, **keys})
    seen = report(soft(tracks, response, parameters))
    values = {name: float(value.detach()) for name, value in parameters.items()}
    expected = hard(tracks, response.replaced(values))
    kept = seen.weight > 0
    assert set(seen.weight.tolist()) <= {0.0, 1.0}
    assert np.array_equal(seen.index[kept], expected.index)
    assert np.array_equal(seen.owner[kept], expected.each(np.arange(40)))
    assert np.array_equal(seen.charge.detach()[kept], expected.charge)


def test_summaries_are_those_of_the_simulator():
    tracks, response = clouds(40, 60, 800, 1), Response.model_validate(PLAIN)
    cells = hard(tracks, response)
    expected = event_summaries(cells.index, cells.charge, cells.offsets, cells.box)
    for name, values in soft_summaries(report(soft(tracks, response, tensors()))).items():
        column = expected[:, SUMMARIES.index(name)]
        assert values.detach().numpy() == pytest.approx(column, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "threshold", "summaries", "tolerance"),
    [
        ("threshold.electrons", 1.2, ("ln_voxels", "ln_charge", "mean_ln_charge"), 0.1),
        ("diffusion.constant_transverse", 0.4, ("ln_voxels", "mean_ln_charge"), 0.3),
        ("diffusion.constant_longitudinal", 0.4, ("ln_voxels", "mean_ln_charge"), 0.3),
    ],
)
def test_slopes_of_means_are_finite_differences(name, threshold, summaries, tolerance):
    tracks, parameters = clouds(500, 60, 300, 2), tensors([name])
    response = Response.model_validate({**PLAIN, "threshold": {"electrons": threshold}})
    found = soft_summaries(report(soft(tracks, response, parameters)))
    value = PARAMETERS[name]
    below, above = (means(tracks, response.replaced({name: x * value})) for x in (0.9, 1.1))
    expected = dict(zip(SUMMARIES, (above - below) / (0.2 * value), strict=True))
    for summary in summaries:
        mean = found[summary].mean()
        (slope,) = torch.autograd.grad(mean, parameters[name], retain_graph=True)
        assert float(slope) == pytest.approx(expected[summary], rel=tolerance), summary


def test_the_share_above_the_threshold_has_its_exact_slope_in_the_gain():
    """All electrons in one cell: the simulator's mean is that of a gamma distribution."""
    tracks = clouds(20_000, 3, 0, 4)
    response = Response.model_validate({**PLAIN, "diffusion": {}})
    parameters = tensors(["gain.relative_rms"])
    share = report(soft(tracks, response, parameters)).weight.mean()
    share.backward()

    def exact(rms):
        return special.gammaincc(3 / rms**2, 1.2 / rms**2)

    slope = (exact(0.71) - exact(0.69)) / 0.02
    assert float(share.detach()) == pytest.approx(exact(0.7), abs=0.01)
    assert float(parameters["gain.relative_rms"].grad) == pytest.approx(slope, rel=0.1)


def test_the_slope_in_the_gain_of_a_pixel_is_that_of_the_simulator():
    tracks, response, shape = clouds(500, 150, 800, 5), Response.model_validate(PLAIN), (4, 3)
    origin = lit(shape, 0, 500, np.random.default_rng(6))
    charges = soft(tracks, response)
    gain = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    column = charges.index // charges.box
    place = torch.stack([column // charges.box, column % charges.box], dim=1) - charges.box // 2
    x, y = (place + torch.from_numpy(origin)[charges.owner]).T
    on = (x >= 0) & (x < 4) & (y >= 0) & (y < 3)
    seen = report(charges, torch.where(on, gain[x * on, y * on], 0.0))

    def totals(one):
        gains = np.ones(shape)
        gains[2, 1] = one
        cells = hard(tracks, response, Pixels(gains, origin))
        return np.array([len(cells.charge), cells.charge.sum(), np.log1p(cells.charge).sum()])

    expected = (totals(1.1) - totals(0.9)) / 0.2
    ln = torch.log1p(seen.charge)
    sums = (seen.weight.sum(), (seen.weight * seen.charge).sum(), (seen.weight * ln).sum())
    for total, slope in zip(sums, expected, strict=True):
        (found,) = torch.autograd.grad(total, gain, retain_graph=True)
        assert float(found[2, 1]) == pytest.approx(slope, rel=0.1)


@pytest.mark.parametrize(
    ("keys", "name", "message"),
    [
        ({}, "attachment_per_cm", "attachment_per_cm has no slope"),
        ({"noise_hits": 3}, "gain.relative_rms", "noise_hits"),
        ({"gain": {"map": "map.csv"}}, "threshold.electrons", "gain.map: .* has no map of gains"),
        ({"gain": {"spread_um": 100}}, "threshold.electrons", "gain.spread_um: .* has no spread"),
        (
            {"integrate_mm": 4, "integrate_from": "threshold"},
            "threshold.electrons",
            "integrate_from: .* 'first' is the only one",
        ),
        ({"integrate_mm": 4}, "diffusion.constant_transverse", "integrate_mm"),
    ],
)
def test_what_has_no_slope_is_named(keys, name, message):
    response = Response.model_validate({**PLAIN, **keys})
    one = {name: torch.tensor(1.0, dtype=torch.float64)}
    with pytest.raises(ValueError, match=message):
        soft(clouds(2, 5, 100, 1), response, one)
