"""The figure of an electronic and a nuclear recoil of similar S1."""

import numpy as np
import pytest
from helpers.made_responses import made_events

from pipeline.xenon.config.detector import Detector
from pipeline.xenon.figures.events import draw_events, from_files, similar_events
from pipeline.xenon.response.arrays import pmt_positions_cm
from pipeline.xenon.response.shards import write_shard
from pipeline.xenon.response.simulation import ResponseBatch

DETECTOR = Detector(base="xenon1t")
RADIUS_CM = DETECTOR.geometry.radius_cm
TOP, BOTTOM = (
    len(pmt_positions_cm(array, RADIUS_CM))
    for array in (DETECTOR.arrays.top, DETECTOR.arrays.bottom)
)


def made_batch(recoil, s1_photons, triggered):
    """Events with these photons of S1 and ten times as many of S2, spread at random."""
    rng, s1 = np.random.default_rng(1), np.array(s1_photons)
    n, waveforms = len(s1), DETECTOR.waveforms

    def spread(photons, places):
        return rng.multinomial(photons, np.ones(places) / places).astype(np.uint16)

    return ResponseBatch(
        events=made_events(n, recoil=recoil, energy_keV=np.arange(n) + 5.0),
        drift_time_us=np.full(n, 100, np.float32),
        s1_photons_detected=s1.astype(np.int32),
        cs1_photons=s1.astype(np.float32),
        electrons_extracted=s1.astype(np.int32),
        s2_photons_detected=(10 * s1).astype(np.int32),
        s1_area_PE=s1.astype(np.float32),
        s2_area_PE=s1.astype(np.float32),
        triggered=np.array(triggered),
        stands_for=np.ones(n, np.float32),
        s1_waveform=spread(s1, waveforms.s1_bins),
        s2_waveform=spread(10 * s1, waveforms.s2_bins),
        top=spread(7 * s1, TOP),
        bottom=spread(3 * s1, BOTTOM),
    )


@pytest.fixture
def shards(tmp_path):
    """Shards of both recoils; the first one of electronic recoils has no trigger."""
    batches = {
        "er0": made_batch(0, [26, 30], [False, False]),
        "er1": made_batch(0, [20, 27, 25, 26], [True, True, True, False]),
        "nr": made_batch(1, [10, 26, 45], [True, True, True]),
    }
    for name, batch in batches.items():
        write_shard(tmp_path / f"{name}.parquet", [batch], {})
    return {
        "er": [str(tmp_path / "er0.parquet"), str(tmp_path / "er1.parquet")],
        "nr": [str(tmp_path / "nr.parquet")],
    }


def test_events_trigger_and_have_similar_s1(shards):
    er, nr = similar_events(shards["er"], shards["nr"])
    assert (er.recoil, int(er.s1.sum()), er.energy_keV) == ("ER", 27, 6)
    assert (nr.recoil, int(nr.s1.sum()), nr.energy_keV) == ("NR", 26, 6)


def test_without_a_trigger_there_is_nothing_to_show(shards):
    with pytest.raises(ValueError, match=r"er0.parquet: no event triggers"):
        similar_events(shards["er"][:1], shards["nr"])


def test_every_photon_is_drawn_at_its_time_and_place(shards):
    events = similar_events(shards["er"], shards["nr"])
    axes = np.array(draw_events(events, DETECTOR).axes[:8]).reshape(2, 4)
    for event, (s1, s2, *patterns) in zip(events, axes, strict=True):
        for axis, photons in ((s1, event.s1), (s2, event.s2)):
            (steps,) = axis.patches
            np.testing.assert_array_equal(steps.get_data().values, photons)
        # S2 starts 7 us before the end of the drift.
        assert s2.patches[0].get_data().edges[0] == pytest.approx(100 - 7)
        assert s1.get_ylabel().endswith("photons in 10 ns")
        for axis, photons in zip(patterns, (event.top, event.bottom), strict=True):
            dark, hit = axis.collections
            assert hit.get_array().sum() == photons.sum()
            assert len(dark.get_offsets()) + len(hit.get_offsets()) == len(photons)
            assert axis.get_title().endswith(f": {photons.sum()}")


def test_figure_is_made_from_files(shards):
    figure = from_files(shards, {"detector": DETECTOR.plain()})
    titles = [axis.get_title() for axis in figure.axes]
    assert [title for title in titles if "S1" in title] == ["S1: 27 photons", "S1: 26 photons"]
    assert figure.axes[-1].get_ylabel() == "photons in a PMT"
