import pytest

from pipeline.gas import published
from pipeline.gas.published import published_performance, published_value


def test_the_abstract_and_section_4_3() -> None:
    # "a mean cosine distance of 0.104 (...) compared to 0.556"
    assert published_performance(40, 443, published.HCN).cosine_distance == 0.104
    assert published_performance(40, 443, published.NON_ML).cosine_distance == 0.556
    # "0.0624, 0.0632, and 0.0569, in the same order"
    order = (published.RCN, published.HCN, published.BEST_EXPECTED)
    distances = [published_performance(50, 200, m).cosine_distance for m in order]
    assert distances == [0.0624, 0.0632, 0.0569]


def test_what_the_paper_does_not_give_is_none() -> None:
    assert published_performance(45, 443, published.HCN) is None
    assert published_performance(40, 200, published.HCN) is None
    assert published_performance(40, 443, "another network") is None


def test_performances_are_possible_and_unique() -> None:
    for entry in published.PERFORMANCE:
        assert 0 < entry.cosine_distance < 1
        assert entry.efficiency is None or 0.1 < entry.efficiency <= 1
    keys = {(p.energy_keV, p.sigma_um, p.method) for p in published.PERFORMANCE}
    assert len(keys) == len(published.PERFORMANCE)


def test_arrows_as_text() -> None:
    assert published.published_arrows().startswith("1 - cos 4e-04 (RCN), 8e-04 (HCN) and no kappa")


def test_single_values_and_their_names() -> None:
    assert published_value("validation cosine distance", published.RCN).value == 0.078
    assert published_value("arrows: smallest kappa", published.HCN).value == 443
    with pytest.raises(KeyError, match="validation cosine distance"):
        published_value("validation cosine", published.RCN)
