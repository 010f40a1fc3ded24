"""The command that makes an experiment with an injected signal."""

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline import inject_signal
from pipeline.core.ingestion import BadEvents
from pipeline.study import read_config
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.events.parquet import read_parquet
from pipeline.xenon.response.recorded import read_recorded


@pytest.fixture
def inject(repository, tmp_path, monkeypatch):
    """(exposure) -> the shipped example's sample of observed events, and the events' table.

    `events` is a block of other data.
    """

    def run(exposure_t_yr, **events):
        study = yaml.safe_load((repository / "config" / "xenon_data.yaml").read_text())
        study["xenon"]["data"]["exposure_t_yr"] = exposure_t_yr
        if events:
            study["xenon"]["data"]["events"] = events
        config, file = tmp_path / "study.yaml", tmp_path / "injected.parquet"
        config.write_text(yaml.safe_dump(study))
        monkeypatch.setattr("sys.argv", ["inject_signal", str(config), str(file)])
        inject_signal.main()
        return read_config(config).paths["xenon"].block.data.events, file

    return run


def test_the_example_reads_what_the_command_writes(inject):
    """5 t yr of some 72 recoils of electrons a t yr in the range of simulation."""
    sample, file = inject(5.0)
    bad = BadEvents(str(file), "stop")
    (events,) = read_parquet(file, sample, None, bad)
    er = events.recoil == 0
    assert 280 < er.sum() < 450
    assert not np.isnan(events.energy_keV).any()
    assert (events.energy_keV[er] <= 13).all()
    assert (events.excitons >= 0).all()


def test_a_study_without_data_is_told(tmp_path, monkeypatch, capsys):
    config = tmp_path / "study.yaml"
    config.write_text("xenon: {}\n")
    monkeypatch.setattr("sys.argv", ["inject_signal", str(config), str(tmp_path / "x.parquet")])
    with pytest.raises(SystemExit):
        inject_signal.main()
    assert "study.yaml has no block xenon.data" in capsys.readouterr().err


def test_recorded_events_hold_no_truth(inject):
    sample, file = inject(0.5, kind="recorded", files=["injected.parquet"])
    detector = Detector(base="darwin")
    (events,) = read_recorded(file, sample, detector, BadEvents(str(file), "stop"), 0)
    assert events.triggered.all()
    assert 10 < len(events) < 40
    assert "photons" not in pq.read_schema(file).names
