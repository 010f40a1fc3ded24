"""Samples of xenon events: names, detectors, spectra, and the samples of the WIMPs."""

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.study import ConfigError, check_config
from pipeline.xenon.config.chain import Xenon
from pipeline.xenon.config.samples import ParquetEvents, Spectrum, Wimps

FLAT = {"kind": "uniform", "low_keV": 1, "high_keV": 100}
SAMPLE = {"kind": "nest", "recoil": "er", "spectrum": FLAT, "events": 10}


def test_default_samples_are_those_of_the_darwin_search():
    xenon = Xenon()
    assert set(xenon.all_samples) == {
        *(f"{use}_{recoil}" for use in ("train", "test", "background") for recoil in ("er", "nr")),
        *(f"wimp_{mass}GeV" for mass in (20, 50, 500)),
    }
    assert xenon.samples["train_er"].events == xenon.samples["train_nr"].events == 10_000
    assert xenon.samples["train_nr"].spectrum.plain() == FLAT
    assert (xenon.samples["train_er"].recoil, xenon.samples["train_nr"].recoil) == ("er", "nr")


def test_every_mass_is_a_sample_of_nuclear_recoils():
    samples = Wimps(masses_GeV=[7.5, 1000], events=30, high_keV=60).samples()
    assert list(samples) == ["wimp_7.5GeV", "wimp_1000GeV"]
    sample = samples["wimp_7.5GeV"]
    assert (sample.recoil, sample.events) == ("nr", 30)
    assert (sample.spectrum.mass_GeV, sample.spectrum.high_keV) == (7.5, 60)


@pytest.mark.parametrize(
    ("xenon", "message"),
    [
        (
            {"samples": {"a": {**SAMPLE, "detector": "darwn"}}},
            r"samples\.a\.detector: no detector 'darwn'; did you mean 'darwin'",
        ),
        (
            {"detectors": {"mine": {"base": "darwin"}}, "samples": {}},
            r"wimps\.detector: no detector 'darwin'; did you mean 'mine'",
        ),
        ({"samples": {"wimp_50GeV": SAMPLE}}, r"samples\.wimp_50GeV: `wimps` makes"),
        ({"samples": {"a/b": SAMPLE}}, "'a/b' must be letters"),
        ({"samples": {"a": {**SAMPLE, "recoil": "ER"}}}, r"samples\.a\.recoil: .*'er' or 'nr'"),
    ],
)
def test_wrong_names_are_named_with_what_is_right(xenon, message):
    with pytest.raises(ConfigError, match=message):
        check_config({"xenon": xenon})


@pytest.mark.parametrize(
    "spectrum",
    [
        {**FLAT, "low_keV": 100},
        {**FLAT, "low_keV": 0},
        {"kind": "wimp", "mass_GeV": 0},
        {"kind": "wimp", "mass_GeV": 50, "high_keV": 0.1},
        {"kind": "lines"},
    ],
)
def test_impossible_spectra_are_refused(spectrum):
    with pytest.raises(ValidationError):
        TypeAdapter(Spectrum).validate_python(spectrum)


@pytest.mark.parametrize("recoils", [{}, {"recoil": "er", "columns": {"recoil": "type"}}])
def test_parquet_needs_one_word_on_the_recoils(recoils):
    with pytest.raises(ValidationError, match=r"either `recoil` or `columns\.recoil`"):
        ParquetEvents.model_validate({"kind": "parquet", "files": ["a"], **recoils})


@pytest.mark.parametrize(
    ("energies_keV", "densities", "message"),
    [
        ([1, 2], [1, 1, 1], "2 energies_keV, but 3 densities"),
        ([1, 3, 3], [1, 1, 1], "energies_keV must ascend"),
        ([1, 2], [1, 0], "greater than 0"),
    ],
)
def test_linear_spectra_that_cannot_be(energies_keV, densities, message):
    block = {"kind": "linear", "energies_keV": energies_keV, "densities": densities}
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(Spectrum).validate_python(block)
