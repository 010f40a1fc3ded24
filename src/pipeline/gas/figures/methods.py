"""Colour and marker of every direction method, the same in all figures."""

from collections.abc import Iterable

from pipeline.figures.style import COLOURS, Look
from pipeline.gas.published import BEST_EXPECTED, NON_ML, NON_ML_TUNED
from pipeline.statistics.directional.config import PERFECT

TRUE_HEAD_TAIL = ", true head-tail"

_BLUE, _VERMILLION, _GREEN, _PURPLE, _ORANGE, _SKY, _BLACK, _GREY = COLOURS


_KNOWN = {
    BEST_EXPECTED: Look(_BLACK, "s"),
    NON_ML: Look(_ORANGE, "v"),
    NON_ML_TUNED: Look(_PURPLE, "*"),
    PERFECT: Look(_GREY, "P"),
}
_NETWORKS = [Look(_VERMILLION, "D"), Look(_BLUE, "o"), Look(_GREEN, "^"), Look(_SKY, "X")]


def looks(methods: Iterable[str]) -> dict[str, Look]:
    """The look of each method; a variant with the true head-tail has the look of its method.

    All names that are not baselines are networks, which get their looks in order of appearance.
    """
    names = dict.fromkeys(name.removesuffix(TRUE_HEAD_TAIL) for name in methods)
    networks = [name for name in names if name not in _KNOWN]
    of_networks = {name: _NETWORKS[i % len(_NETWORKS)] for i, name in enumerate(networks)}
    own = _KNOWN | of_networks
    return {name: own[name] for name in names}
