from pipeline.gas.figures.methods import looks
from pipeline.gas.published import BEST_EXPECTED, NON_ML, NON_ML_TRUE


def test_methods_look_different_and_the_same_in_every_figure():
    few = looks(["RCN", "HCN"])
    many = looks(["RCN", "HCN", "third", NON_ML, BEST_EXPECTED])
    assert few.items() <= many.items()
    assert len({look.colour for look in many.values()}) == len(many)
    assert len({look.marker for look in many.values()}) == len(many)


def test_a_variant_with_the_true_head_tail_looks_like_its_method():
    assert list(looks([NON_ML_TRUE])) == [NON_ML]
    assert list(looks([NON_ML, NON_ML_TRUE, BEST_EXPECTED])) == [NON_ML, BEST_EXPECTED]
