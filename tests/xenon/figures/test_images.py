"""Figures of the XENON1T part: they show their tables, and are written as files."""

import numpy as np
import pandas as pd
import pytest
import torch

from pipeline.figures.style import save
from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.extended_poisson import ANOMALY
from pipeline.xenon.config.images import Cvae
from pipeline.xenon.figures.image_energies import draw_energies
from pipeline.xenon.figures.image_exposures import draw_exposures
from pipeline.xenon.figures.image_losses import draw_losses
from pipeline.xenon.figures.image_masses import draw_masses
from pipeline.xenon.figures.image_reconstructions import with_reconstructions
from pipeline.xenon.figures.images import draw_images
from pipeline.xenon.figures.looks import LOOKS
from pipeline.xenon.xenon1t.networks import ImageAutoencoder

WIMPS = (Wimp(mass_GeV=500, cross_section_cm2=1e-45), Wimp(mass_GeV=50, cross_section_cm2=1e-45))


def made_losses():
    edges = np.linspace(0.1, 0.9, 9)
    table = pd.DataFrame({"low": edges[:-1], "high": edges[1:]})
    for name, top in (("er", 0.2), ("wimp", 0.3), ("background", 90.0), ("signal", 9.0)):
        table[name] = np.linspace(top, 0, 8)
        table[f"{name}_err"] = table[name] / 10
    table["pseudo_data"] = (table["background"] + table["signal"]).round()
    return table.assign(pseudo_data_err=np.sqrt(table["pseudo_data"]))


def made_significances():
    """3 sqrt(exposure) of events that trigger, 1 sqrt(exposure) of those without an S1."""
    rows = [
        (events, wimp.mass_GeV, wimp.cross_section_cm2, test, exposure, z * np.sqrt(exposure))
        for events, z in (("triggered", 3), ("S2 only", 1))
        for wimp in WIMPS
        for test in LOOKS
        for exposure in (4.0, 1.0, 0.5)
    ]
    names = ["events", "mass_GeV", "cross_section_cm2", "test", "exposure_t_yr", "significance"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(
        extrapolated=(table["exposure_t_yr"] > 2) & (table["events"] == "triggered"),
        outnumbered=(table["exposure_t_yr"] > 0.7) & (table["events"] == "triggered"),
    )


def made_energies():
    """Two ranges and the whole one, for each recoil and two kinds of inputs."""
    rows = [
        {"recoil": recoil, "inputs": inputs, "low_keV": low, "high_keV": high, "resolution": width}
        for recoil in ("ER", "NR")
        for inputs in ("S2", "latent means")
        for low, high, width in ((1, 9, 0.2), (1, 3, 0.3), (3, 9, 0.1))
    ]
    flat = {"bias": 0.01, "bias_err": 0.01, "resolution_err": 0.01, "coverage": 0.7}
    return pd.DataFrame(rows).assign(**flat, coverage_err=0.02)


def made_images():
    rng = np.random.default_rng(1)
    return {name: np.log1p(rng.poisson(2, (3, 8, 8))).astype(np.float32) for name in ("ER", "WIMP")}


def made_masses():
    masses = pd.DataFrame({"mass_GeV": [20.0, 500.0]})
    for i, name in enumerate(("accuracy", "recall", "precision")):
        masses[name], masses[f"{name}_err"] = [0.8 + i / 20, 0.9], 0.01
    return masses


def test_every_layer_has_its_place():
    images = made_images()
    axes = draw_images(images).axes[:6]
    for axis, layer in zip(axes, [*images["ER"], *images["WIMP"]], strict=True):
        np.testing.assert_array_equal(axis.images[0].get_array(), layer)
    assert [axis.get_ylabel() for axis in axes[::3]] == ["ER", "WIMP"]


def test_a_reconstruction_stands_below_its_image():
    images, model = made_images(), ImageAutoencoder(Cvae(widths=[2], latent=2), 8)
    rows = with_reconstructions(images, model)
    assert [label.split(",")[0] for label in rows] == ["ER", "ER", "WIMP", "WIMP"]
    for name, image in images.items():
        np.testing.assert_array_equal(rows[name], image)
        (label,) = [label for label in rows if label.startswith(f"{name},")]
        with torch.no_grad():
            mse = model(torch.from_numpy(image.reshape(1, -1))).reconstruction.item()
        assert np.square(rows[label] - image).mean() == pytest.approx(mse, rel=1e-5)
        assert label.endswith(f"MSE {mse:.3f}")


@pytest.mark.parametrize(("share", "published"), [(0.35, 3), (0.4, 0)])
def test_accuracies_are_the_table_and_the_talk_s_stand_at_its_share(share, published):
    table = made_masses()
    axis = draw_masses(table, 500.0, share).axes[0]
    for bars, name in zip(axis.containers, ("accuracy", "recall", "precision"), strict=True):
        assert bars.get_label() == name
        mass, height = bars.lines[0].get_xydata().T
        np.testing.assert_allclose(mass, table["mass_GeV"])
        np.testing.assert_allclose(height, 100 * table[name])
    hollow = [line for line in axis.lines if line.get_markerfacecolor() == "none"]
    assert len(hollow) == published
    assert all(line.get_xdata() == [500] for line in hollow)


def test_losses_are_the_table():
    table = made_losses()
    figure = draw_losses(table, 500, WIMPS[0], 4.0)
    steps = [patch.get_data().values for axis in figure.axes for patch in axis.patches]
    for found, name in zip(steps, ("er", "wimp", "background", "signal"), strict=True):
        np.testing.assert_array_equal(found, table[name])
    pulls = next(axis for axis in figure.axes if axis.get_ylabel() == "pull")
    expected = table["background"][:-1]  # in the last bin there is none
    np.testing.assert_allclose(
        pulls.containers[0].lines[0].get_ydata().astype(float),
        (table["pseudo_data"][:-1] - expected) / np.sqrt(expected),
    )


def test_a_panel_for_each_wimp():
    figure = draw_exposures(made_significances(), WIMPS, (3, 5))
    for axis in figure.axes:
        colour = LOOKS[ANOMALY].colour
        for style, z in (("-", 3), ("--", 1)):
            (curve,) = [
                x for x in axis.lines if x.get_color() == colour and x.get_linestyle() == style
            ]
            np.testing.assert_array_equal(curve.get_xdata(), [0.5, 1, 4])
            np.testing.assert_allclose(curve.get_ydata(), z * np.sqrt([0.5, 1, 4]))
        hollow = [
            x for x in axis.lines if x.get_color() == colour and x.get_markerfacecolor() == "white"
        ]
        # Those of events without an S1 are not extrapolated.
        assert [list(x.get_xdata()) for x in hollow] == [[4], []]
        (crosses,) = [x for x in axis.lines if x.get_marker() == "x"]
        assert set(crosses.get_xdata()) == {1, 4}
    assert [axis.get_title().split()[0] for axis in figure.axes] == ["500", "50"]


def test_energies_are_those_of_the_ranges():
    table = made_energies()
    upper = draw_energies(table).axes[:2]
    for axis, recoil in zip(upper, ("ER", "NR"), strict=True):
        for bars, inputs in zip(axis.containers, ("S2", "latent means"), strict=True):
            energy, height = bars.lines[0].get_xydata().T
            np.testing.assert_allclose(energy, np.sqrt([3, 27]))
            np.testing.assert_allclose(height, [30, 10])
            assert bars.get_label() == inputs
        assert recoil[0].lower() == axis.get_title()[0]


@pytest.mark.parametrize(
    "name", ["images", "image_masses", "image_energies", "image_losses", "image_exposures"]
)
def test_a_file_of_each_kind(name, tmp_path):
    figure = {
        "images": lambda: draw_images(made_images()),
        "image_masses": lambda: draw_masses(made_masses(), 500.0, 0.35),
        "image_energies": lambda: draw_energies(made_energies()),
        "image_losses": lambda: draw_losses(made_losses(), 500, WIMPS[0], 4.0),
        "image_exposures": lambda: draw_exposures(made_significances(), WIMPS, (3, 5)),
    }[name]()
    paths = [tmp_path / f"{name}.{kind}" for kind in ("png", "pdf")]
    save(figure, paths)
    assert all(path.stat().st_size > 5000 for path in paths)
