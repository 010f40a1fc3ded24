"""The figures of the emulsion chain: inputs, parameters and captions; see `figures.spec`."""

from typing import Any

from pipeline.emulsion.config.wimps import Wimps
from pipeline.emulsion.paths import TEST, EmulsionPaths
from pipeline.emulsion.published import GOAL_EFFICIENCY
from pipeline.figures.spec import FigureSpec

ROOM = "pipeline.emulsion.figures"

CAPTIONS = {
    "images": (
        "Eight images of clusters of signal and of background, by the angle of the analyser: "
        "those with the highest and the lowest score of a network, and the one next to its "
        "threshold, among the clusters of the first file of each sample. The central 28 pixels are "
        "shown."
    ),
    "scores": "Logits of the test samples, each normalised to one, for each network.",
    "rejection": (
        "Rejection of background against the efficiency for signal, for each network and "
        "background. Bands: 68 % Clopper-Pearson intervals. Triangles: nothing passes, lower "
        "limits. Dotted: the goal. Squares: the network of the authors of arXiv 2005.13042, with "
        "rotations, on scans that it did not learn from; the colour is that of the same energy."
    ),
    "methods": (
        "Networks, single observables, a dense network on eight observables and the cuts of "
        "NEWSdm: rejection against the efficiency, with 68 % intervals."
    ),
    "shifts": (
        "Largest distance between the barycentres of a cluster's images. Left: test samples, each "
        "normalised to one. Right: share of clusters with a larger shift. Squares: shares "
        "published for carbon and fog."
    ),
    "transfer": (
        "Efficiency for ions in the film by their angle to a former beam, at the threshold that "
        "was set on the beam, with 68 % intervals. The dotted line is the efficiency for the "
        "beam. A network that lives on the direction of the beam has a slope."
    ),
    "axes": (
        "Axes of selected clusters in the film against the initial direction. Left: median error "
        "by the network for recoils of each element; dotted: no information. Right: mean cosine "
        "of twice the angle between measured and true axis, for ions that start anywhere in the "
        "emulsion, by the network, for the half of the clusters with the larger predicted kappa, "
        "by the axis of the mean image and by the shift."
    ),
    "efficiency": (
        "Share of all recoils of an element that leave a cluster which is kept and selected, with "
        "68 % intervals. Open triangles: no recoil is selected, upper limits."
    ),
    "needed": (
        "Selected WIMP recoils (left) and exposure (right) in which the median experiment rejects "
        "an isotropic background, for the axis of Cygnus in the film: with measured axes, with "
        "true axes and with the true sense. Full and dashed: purity. Open triangles: limits."
    ),
}


def figures(paths: EmulsionPaths) -> list[FigureSpec]:
    """All figures of the study in the order in which they are shown."""
    block, published = paths.block, paths.published_names()
    networks, test = list(block.image_networks), list(block.test)
    transfer = block.leaks and block.leaks.transfer
    both = ("rejection.csv", "baseline.csv")
    predictions = [paths.prediction(network, TEST) for network in networks]
    return [
        *_of_clusters(paths),
        _figure(
            "scores",
            {"predictions": predictions},
            networks=networks,
            published_names=published,
        ),
        _figure(
            "rejection",
            {"table": [paths.table("rejection.csv")]},
            published_names=published,
            goal=block.rejection.goal,
        ),
        _figure(
            "methods",
            {"tables": [paths.table(name) for name in both]},
            background=paths.tested(signal=False)[0],
        ),
        _figure(
            "shifts",
            {"observables": [paths.observables(sample) for sample in test]},
            samples=test,
            published_names=published,
        ),
        *(
            [
                _figure(
                    "transfer",
                    {"table": [paths.check_tables()["transfer"]]},
                    efficiency=transfer.efficiency,
                )
            ]
            if transfer
            else []
        ),
        *(_of_recoils(paths) if block.recoils else []),
        *(_of_wimps(paths, block.wimps) if block.wimps else []),
    ]


def _of_clusters(paths: EmulsionPaths) -> list[FigureSpec]:
    recoils, signal = paths.block.recoils, paths.tested(signal=True)
    shown = [recoils.signal if recoils else signal[0], paths.tested(signal=False)[0]]
    return [
        _figure(
            "images",
            {
                "predictions": [paths.prediction(paths.shown_network, TEST)],
                "shards": [paths.shards([sample])[0] for sample in shown],
            },
            samples=shown,
            efficiency=recoils.efficiency if recoils else GOAL_EFFICIENCY,
        )
    ]


def _of_recoils(paths: EmulsionPaths) -> list[FigureSpec]:
    return [
        _figure("axes", {"table": [paths.table("axes.csv")]}, recoils=paths.recoil_samples),
        _figure("efficiency", {"table": [paths.table("efficiency.csv")]}),
    ]


def _of_wimps(paths: EmulsionPaths, wimps: Wimps) -> list[FigureSpec]:
    # The hardest level and the two largest purities.
    level = min(wimps.levels, key=lambda name: wimps.levels[name])
    fractions = sorted(wimps.signal_fractions, reverse=True)[:2]
    table = {"table": [paths.table("needed.csv")]}
    return [_figure("needed", table, level=level, fractions=fractions)]


def _figure(name: str, inputs: dict[str, list[str]], **params: Any) -> FigureSpec:
    return FigureSpec(name, f"{ROOM}.{name}", inputs, CAPTIONS[name], params)
