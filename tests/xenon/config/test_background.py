"""Samples that the search weights must cover its ranges and differ from the training samples."""

import pytest

from pipeline.study import ConfigError, check_config
from pipeline.xenon.config.chain import Xenon

SHIPPED = {name: sample.plain() for name, sample in Xenon().samples.items()}


@pytest.mark.parametrize(
    ("xenon", "message"),
    [
        (
            {"background": {"er": "background_e", "nr": "background_nr"}},
            r"background\.er: no sample 'background_e'; did you mean 'background_er'",
        ),
        (
            {"background": {"er": "background_nr", "nr": "background_er"}},
            r"background\.er: the recoils of 'background_nr' are 'nr'",
        ),
        (
            {"background": {"er": "train_er", "nr": "background_nr"}},
            r"background\.er: the networks learn from 'train_er'",
        ),
        (
            {"rates": {"electron_recoils_keV": [1, 15]}},
            r"background\.er: 'background_er' covers 0\.5 to 13 keV, but the range in `rates` is "
            "1 to 15 keV",
        ),
        (
            {
                "samples": {
                    **SHIPPED,
                    "background_nr": {
                        **SHIPPED["background_nr"],
                        "spectrum": {"kind": "table", "file": "mine.csv"},
                    },
                }
            },
            r"background\.nr: 'background_nr' must be of kind 'nest', its spectrum 'uniform',",
        ),
        (
            {"samples": {**SHIPPED, "test_er": SHIPPED["test_er"] | {"candidates": 4}}},
            r"samples\.test_er: its `candidates` make events that stand for unequal numbers",
        ),
        (
            {"data": {"events": SHIPPED["background_er"], "exposure_t_yr": 1.0}},
            r"data\.events: its `candidates` make events that stand for unequal numbers",
        ),
        (
            {"samples": {**SHIPPED, "background_nr": SHIPPED["background_nr"] | {"candidates": 4}}},
            r"candidates: only electronic recoils",
        ),
    ],
)
def test_samples_that_do_not_serve_are_named(xenon, message):
    with pytest.raises(ConfigError, match=message):
        check_config({"xenon": xenon})


def test_without_an_anomaly_search_no_sample_is_needed():
    study = check_config({"xenon": {"anomaly": None, "samples": {}}})
    assert study.xenon.samples == {}
