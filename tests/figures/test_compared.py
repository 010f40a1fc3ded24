"""The figure of several studies has a point for every number."""

import numpy as np
import pandas as pd

from pipeline.figures.compared import draw_compared


def test_every_number_is_drawn_with_its_error():
    rows = [
        ("gas", "distance", "UNet", "a", 0.1, 0.09, 0.11),
        ("gas", "distance", "UNet", "b", 0.2, 0.18, 0.22),
        ("gas", "distance", "HCN", "a", 0.3, 0.29, 0.31),
        ("xenon", "sigma", "counting", "b", 3.0, np.nan, np.nan),
    ]
    columns = ["chain", "quantity", "subject", "study", "value", "low", "high"]
    figure = draw_compared(pd.DataFrame(rows, columns=columns))
    gas, xenon = figure.axes
    drawn = [container[0].get_xdata().tolist() for container in gas.containers]
    assert drawn == [[0.1, 0.3], [0.2]]
    assert [label.get_text() for label in gas.get_yticklabels()] == ["UNet", "HCN"]
    assert xenon.get_xlabel() == "sigma"
