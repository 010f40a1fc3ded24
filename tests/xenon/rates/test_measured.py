import numpy as np
import pandas as pd
import pytest
from helpers.made_responses import darwin, made_events, respond

from pipeline.xenon.rates.measured import LOG_RATIO, measured
from pipeline.xenon.response.shards import write_shard


def test_events_that_trigger_have_their_s2_without_losses_in_drift(tmp_path):
    detector = darwin(drift={"lifetime_us": 1000.0})
    depth = np.repeat([10.0, 200.0, 100.0], 50)
    photons = np.repeat([300, 300, 0], 50)
    batch = respond(detector, made_events(150, depth_cm=depth, photons=photons, electrons=500))
    write_shard(tmp_path / "shard.parquet", [batch], {})
    table = pd.DataFrame({"triggered": batch.triggered, "ts": np.arange(150.0)})
    table.assign(cs1_photons=batch.cs1_photons).to_parquet(tmp_path / "scores.parquet")
    found = measured([tmp_path / "scores.parquet"], [tmp_path / "shard.parquet"], detector)
    assert found["ts"].tolist() == np.flatnonzero(batch.triggered).tolist()
    assert found["ts"].max() < 100
    ratio = 10 ** found[LOG_RATIO] * found["cs1_photons"]
    near, far = (ratio[(found["ts"] >= 50) == flag].mean() for flag in (False, True))
    lost = 1 - batch.s2_photons_detected[50:100].mean() / batch.s2_photons_detected[:50].mean()
    assert lost > 0.5
    assert near == pytest.approx(500 * 0.87 * 48.7, rel=0.02)
    assert far == pytest.approx(near, rel=0.05)
