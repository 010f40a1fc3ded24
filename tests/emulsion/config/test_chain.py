"""The chain's block: its defaults are the default study, and what does not fit has one error."""

import pytest

from pipeline.emulsion.config.chain import Emulsion
from pipeline.study import ConfigError, check_config

FOG = {"kind": "fog", "clusters": 5}
CARBON = {"kind": "ion", "energy_keV": 100, "clusters": 5}
SAMPLES = {"train_fog": FOG, "train_C": CARBON, "fog": FOG, "C": CARBON}
NETWORK = {"architecture": "harmonic", "samples": ["train_fog", "train_C"]}
SMALL = {
    "samples": SAMPLES,
    "test": ["fog", "C"],
    "networks": {"mine": NETWORK},
    "leaks": None,
    "recoils": None,
    "wimps": None,
}
FILE = {"kind": "hdf5", "files": ["a.h5"], "labels": "labels"}


def block(**changes):
    return check_config({"emulsion": {**SMALL, **changes}}).emulsion


def test_an_empty_block_is_the_default_study():
    study = check_config({"emulsion": {}}).emulsion
    assert study == Emulsion()
    learnt = {name: study.samples[name].clusters for name in study.networks["isotropic"].samples}
    assert sum(learnt.values()) == 150_000
    assert learnt["train_fog"] == 75_000
    assert study.samples["fog"].clusters == 100_000
    assert study.samples["C100_beam"].beam.angle_deg == 80
    assert study.samples["C100"].beam is None
    assert set(study.check_networks) == {"border", "brightness", "shuffled"}
    assert list(study.image_networks) == ["isotropic", "rotated"]
    assert study.wimps.mass_fractions.keys() == study.recoils.energies_keV.keys()


def test_a_study_may_lack_all_but_rejection():
    study = block()
    assert list(study.image_networks) == ["mine"]
    assert study.all_samples.keys() == SAMPLES.keys()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": {**SAMPLES, "a b": FOG}}, "samples: 'a b' must be letters, digits"),
        (
            {"samples": {**SAMPLES, "C": {**CARBON, "detector": "nit7"}}},
            r"samples\.C\.detector: no 'nit7'; did you mean 'nit70'",
        ),
        ({"test": ["fog", "D"]}, "test: no 'D'; did you mean"),
        ({"test": ["fog", "train_fog"]}, "'train_fog' is in `test` too"),
        ({"test": ["fog"]}, "test: there is no sample of signal"),
        (
            {"networks": {"mine": {**NETWORK, "samples": ["train_C"]}}},
            r"networks\.mine\.samples: there is no sample of background",
        ),
        ({"networks": {"mine": {**NETWORK, "samples": ["trainC"]}}}, "did you mean 'train_C'"),
        (
            {"networks": {"mine": {**NETWORK, "shuffled_labels": True}}},
            "networks: all are for the checks",
        ),
        ({"leaks": {}}, r"leaks: there is no network with `architecture: dense, sees: border`"),
        ({"recoils": {}}, r"recoils\.network: no 'isotropic'; did you mean 'mine'"),
        ({"recoils": {"network": "mine"}}, r"recoils\.signal: no 'C100'; did you mean 'C'"),
        (
            {
                "networks": {"mine": {**NETWORK, "directions": False}},
                "recoils": {"network": "mine", "signal": "C"},
            },
            r"recoils\.network: 'mine' learns no directions",
        ),
        ({"recoils": {"energies_keV": {"Xe": [10]}}}, "unknown 'Xe' for start 'recoil'"),
        ({"recoils": {"energies_keV": {"C": [0]}}}, "greater than 0.2"),
        ({"recoils": {"efficiency": 1}}, "less than 1"),
        ({"wimps": {}}, "wimps: needs the response of `recoils`"),
        (
            {
                "wimps": {},
                "recoils": {"network": "mine", "signal": "C", "energies_keV": {"C": [9]}},
            },
            r"wimps\.mass_fractions: no 'Ag'; did you mean 'C'",
        ),
        (
            {
                "samples": {**SAMPLES, "recoil_C": FOG},
                "recoils": {"network": "mine", "signal": "C"},
            },
            r"samples\.recoil_C: `recoils` makes a sample of that name",
        ),
        (
            {"samples": {**SAMPLES, "mine": FILE}, "test": ["fog", "C", "mine"]},
            r"samples\.mine: a sample in `test` is all signal or all background; set its `label`",
        ),
    ],
)
def test_what_does_not_fit_is_named(changes, message):
    with pytest.raises(ConfigError, match=message) as caught:
        block(**changes)
    assert str(caught.value).count("\n") == 1


def test_classes_of_files_may_be_unknown_until_they_are_read():
    samples = {**SAMPLES, "mine": FILE}
    network = {**NETWORK, "samples": ["mine"]}
    assert block(samples=samples, networks={"mine": network}).networks["mine"].samples == ("mine",)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ({"x": {**CARBON, "energy_keV": -3}}, r"samples\.x\.energy_keV: .*greater than 0.2"),
        ({"x": {**CARBON, "ion": "Zz"}}, r"samples\.x: ion: unknown 'Zz'"),
        ({"x": {**CARBON, "beam": {"angle_deg": 200}}}, r"samples\.x\.beam\.angle_deg"),
        (
            {"x": {"kind": "gamma", "source": "Co60", "clusters": 1, "p_end": 2}},
            r"samples\.x\.p_end: .*less than or equal to 1",
        ),
    ],
)
def test_bad_samples_are_named_by_their_place(samples, message):
    with pytest.raises(ConfigError, match=message):
        block(samples={**SAMPLES, **samples})


@pytest.mark.parametrize(
    ("crystals", "message"),
    [
        ({"per_um3": 5000}, "the crystals fill"),
        ({"diameter_nm": 0}, r"detectors\.nit70\.crystals\.diameter_nm: .*greater than 0"),
    ],
)
def test_bad_crystals_are_named_by_their_place(crystals, message):
    with pytest.raises(ConfigError, match=message):
        block(detectors={"nit70": {"crystals": crystals}})
