"""A batch in slices: every event once, in order."""

import numpy as np
import pytest

from pipeline.gas.voxels.batches import slices_of


@pytest.mark.parametrize(
    ("events", "slices", "sizes"), [(7, 3, [3, 2, 2]), (6, 1, [6]), (2, 4, [1, 1])]
)
def test_slices_hold_all_events_in_order(voxel_events, events, slices, sizes):
    batch = voxel_events(events)
    found = slices_of(batch, slices)
    assert [len(part) for part in found] == sizes
    assert np.array_equal(np.concatenate([part.voxels for part in found]), batch.voxels)
    assert np.array_equal(np.concatenate([p.event_id for p in found]), batch.event_id)
