import numpy as np
import pandas as pd
import pytest

from pipeline.statistics.directional.config import EventGrid
from pipeline.statistics.directional.response import Response
from pipeline.statistics.directional.toys import KEYS, event_grid, merge


def test_merged_batches_equal_one_run_in_any_order(few_toys, vmf_response):
    batches = [few_toys(vmf_response, batch=batch) for batch in range(3)]
    one_run = merge(batches)
    pieces = [batches[2], batches[0], batches[1]]
    pd.testing.assert_frame_equal(one_run, merge(pieces))
    again = few_toys(vmf_response, batch=2)
    pd.testing.assert_frame_equal(again, batches[2])
    assert {len(q) for q in one_run[one_run["hypothesis"] == "background"]["q"]} == {6000}
    assert not one_run.duplicated(KEYS).any()


def test_merging_refuses_repeats_and_mixtures(few_toys, vmf_response, toys):
    with pytest.raises(ValueError, match="given twice"):
        merge([toys, toys])
    changed = Response(vmf_response.cos_theta, vmf_response.kappa, 0.5)
    other = few_toys(changed, batch=1)
    with pytest.raises(ValueError, match="different settings or predictions"):
        merge([toys, other])


def test_event_grid_covers_the_strengths_and_stops_at_the_limit():
    grid = EventGrid()
    events = event_grid(grid, 0.05)
    assert 3 * events[-1] * 0.05**2 == pytest.approx(grid.strength_max, rel=0.01)
    assert (np.diff(events) > 0).all()
    assert event_grid(grid, 0.0).tolist() == [grid.events_max]
    assert event_grid(grid, 1.0)[0] == 1
    assert event_grid(grid, 0.05, 2)[-1] == pytest.approx(1.5 * events[-1], rel=0.01)
