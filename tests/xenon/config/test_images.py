"""The block of the XENON1T part: samples, backgrounds and invalid values."""

import pytest
from pydantic import ValidationError

from pipeline.statistics.excess.config import Wimp
from pipeline.xenon.config.chain import Xenon
from pipeline.xenon.config.images import WEIGHTED, Images, ImageSearch, Xenon1tRates


def test_left_out_it_makes_no_samples():
    assert not any(name.startswith("image") for name in Xenon().all_samples)


def test_samples_belong_to_its_detector_and_fill_the_windows():
    images = Images.model_validate({"rates": {"nuclear_recoils_keV": [5, 50]}})
    samples = images.samples()
    weak = [samples.pop(name).spectrum for name in WEIGHTED["s2_only"]]
    assert [(own.low_keV, own.high_keV) for own in weak] == [(0.1, 12), (0.4, 50)]
    assert set(samples) <= set(Xenon(images=images).all_samples)
    assert {sample.detector for sample in samples.values()} == {"xenon1t"}
    for sample in samples.values():
        window = (1, 12) if sample.recoil == "er" else (5, 50)
        assert (sample.spectrum.low_keV, sample.spectrum.high_keV) == window


def test_another_window_keeps_the_backgrounds_of_xenon1t():
    narrow = Images.model_validate({"rates": {"electron_recoils_keV": [2, 5]}}).rates
    assert narrow.flat_electron_recoils_per_t_yr_keV == (
        Images().rates.flat_electron_recoils_per_t_yr_keV
    )


def test_events_without_s1_have_the_same_rates_in_wider_ranges():
    images = Images.model_validate(
        {"rates": {"neutrons_per_t_yr": 2}, "s2_only": {"lowest_nuclear_recoil_keV": 0.5}}
    )
    ranges = {"electron_recoils_keV": (0.1, 12.0), "nuclear_recoils_keV": (0.5, 60.0)}
    assert (
        images.s2_only_rates.plain()
        == Xenon1tRates.model_validate({"neutrons_per_t_yr": 2, **ranges}).plain()
    )


def test_search_has_every_wimp_at_all_exposures():
    wimps = [Wimp(mass_GeV=70, cross_section_cm2=sigma) for sigma in (1e-46, 1e-47)]
    sets = ImageSearch(wimps=wimps, exposures_t_yr=(1, 4)).toy_sets()
    assert sets["background"].cross_sections_cm2 == {1: (), 4: ()}
    assert sets["70GeV"].cross_sections_cm2 == {1: (1e-47, 1e-46), 4: (1e-47, 1e-46)}


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"size": 20}, "classifier.widths: 3 convolutions halve the image each"),
        ({"size": 36, "classifier": {"widths": [4, 4]}}, "cvae.widths: 3 convolutions"),
        ({"training_share": 1.0}, "training_share"),
        ({"cvae": {"loss": "other"}}, "'printed' or 'standard'"),
        ({"search": {"exposures_t_yr": [1, 1]}}, "must differ"),
        ({"sise": 32}, "did you mean 'size'"),
    ],
)
def test_what_it_refuses(block, message):
    with pytest.raises(ValidationError, match=message):
        Images.model_validate(block)


def test_its_names_are_taken():
    sample = Images().samples()["image_test_er"]
    with pytest.raises(ValidationError, match="`images` makes a sample of that name"):
        Xenon(images=Images(), samples={**Xenon().samples, "image_test_er": sample})


def test_unknown_detector_is_named():
    with pytest.raises(ValidationError, match=r"images.detector: no detector 'xenon'"):
        Xenon(images=Images(detector="xenon"))
