"""Loss curves: a panel for each network, and a star at the weights that are kept."""

import pandas as pd
import pytest

from pipeline.figures.loss_curves import draw_loss_curves, from_files

HISTORY = pd.DataFrame(
    {
        "events_seen": [1000, 2000, 3000],
        "training_loss": [0.9, 0.5, 0.2],
        "validation_loss": [0.8, 0.4, 0.6],
        "best": [False, True, False],
    }
)


def test_star_is_at_the_weights_that_are_kept(tmp_path):
    HISTORY.to_csv(tmp_path / "history.csv", index=False)
    inputs = {"histories": [str(tmp_path / "history.csv")]}
    (axis,) = from_files(inputs, {"labels": {"VAE": "-ELBO"}}).axes
    assert (axis.get_title(), axis.get_ylabel()) == ("VAE", "-ELBO")
    curves = {line.get_label(): line.get_xydata().tolist() for line in axis.lines}
    assert curves["training"] == [[1, 0.9], [2, 0.5], [3, 0.2]]
    assert curves["validation"] == [[1, 0.8], [2, 0.4], [3, 0.6]]
    assert curves["weights kept"] == [[2, 0.4]]


def test_a_published_loss_is_a_dotted_line_in_the_panel_of_its_network():
    histories, labels = dict.fromkeys(["A", "B"], HISTORY), dict.fromkeys(["A", "B"], "loss")
    first, second = draw_loss_curves(histories, labels, {"B": ("HCN", 0.179)}).axes
    assert all(line.get_linestyle() != ":" for line in first.lines)
    (line,) = [line for line in second.lines if line.get_linestyle() == ":"]
    assert set(line.get_ydata()) == {0.179}
    assert line.get_label() == "validation of HCN, published"


@pytest.mark.parametrize(
    ("networks", "rows", "columns"), [(1, 1, 1), (3, 1, 3), (4, 2, 2), (5, 2, 3)]
)
def test_many_networks_are_in_rows(networks, rows, columns):
    names = [f"network {i}" for i in range(networks)]
    axes = draw_loss_curves(dict.fromkeys(names, HISTORY), dict.fromkeys(names, "loss")).axes
    assert [axis.get_title() for axis in axes] == names
    assert axes[0].get_gridspec().get_geometry() == (rows, columns)
