"""The detector block: shipped detectors and overrides of their values."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from pipeline.xenon.config.detector import Detector, Hexagonal, Rows


def test_darwin_has_the_papers_fiducial_mass():
    assert Detector(base="darwin").fiducial_mass_t == pytest.approx(31.5, abs=0.01)


def test_xenon1t_has_its_published_fiducial_mass():
    assert Detector(base="xenon1t").fiducial_mass_t == pytest.approx(1.3, abs=0.01)


@pytest.mark.parametrize("base", ["darwin", "xenon1t"])
def test_a_detector_survives_the_way_through_plain_content(base):
    detector = Detector.model_validate({"base": base, "drift": {"lifetime_us": 700}})
    assert Detector.model_validate(detector.plain()) == detector


def test_overrides_reach_into_blocks_and_leave_the_rest():
    shipped = Detector(base="darwin")
    changed = Detector.model_validate({"base": "darwin", "s1": {"g1": 0.13}})
    assert changed.s1.g1 == 0.13
    assert changed.model_copy(update={"s1": shipped.s1}) == shipped
    assert Detector(base="darwin") == shipped


def test_a_block_of_another_kind_replaces_the_shipped_one_whole():
    rows = {"kind": "rows", "pitch_cm": 9, "pmts": [2, 3]}
    arrays = Detector.model_validate({"base": "darwin", "arrays": {"bottom": rows}}).arrays
    assert arrays.bottom == Rows(kind="rows", pitch_cm=9, pmts=[2, 3])
    assert isinstance(arrays.top, Hexagonal)


def test_an_unknown_base_names_the_nearest():
    with pytest.raises(ValidationError, match=r"'darwn'; did you mean 'darwin'\? Shipped: darwin"):
        Detector(base="darwn")


@pytest.mark.parametrize(
    ("update", "problem"),
    [
        ({"s1": {"gl": 0.1}}, "unknown key 'gl'; did you mean 'g1'"),
        ({"s1": {"g1": 0.9}}, "must be a probability"),
        ({"geometry": {"fiducial_radius_cm": 131}}, "larger than radius_cm"),
        ({"geometry": {"fiducial_bottom_cm": 261}}, "<= height_cm"),
        ({"arrays": {"top": {"kind": "rings", "pitch_cm": 8, "pmts": [6]}}}, "has one PMT, not 6"),
        ({"s2": {"fano": 0.5}}, "greater than or equal to 1"),
    ],
)
def test_impossible_detectors_are_refused(update, problem):
    with pytest.raises(ValidationError, match=problem):
        Detector.model_validate({"base": "darwin", **update})


def test_darwins_light_collection_is_nests_polynomial():
    z_cm = np.linspace(0, 146.1, 50)
    nest = (
        1.3198 - 6.293e-3 * z_cm + 3.0634e-5 * z_cm**2 - 8.0736e-8 * z_cm**3 + 1.3926e-10 * z_cm**4
    )
    ours = np.polynomial.polynomial.polyval(z_cm / 146.1, Detector(base="darwin").s1.collection)
    np.testing.assert_allclose(ours, nest, atol=5e-5)


def test_darwins_drift_is_nests_at_its_field():
    detector = Detector(base="darwin")
    field, drift = detector.liquid.field_V_per_cm, detector.drift
    longitudinal = 57.381 * field**-0.22221 + 127.27 * math.exp(-field / 32.821)
    transverse = 37.368 * field**0.093452 * math.exp(-8.1651e-5 * field)
    assert drift.longitudinal_cm2_per_s == pytest.approx(longitudinal, rel=1e-3)
    assert drift.transverse_cm2_per_s == pytest.approx(transverse, rel=1e-3)
    assert detector.max_drift_us == pytest.approx(1713, abs=1)
