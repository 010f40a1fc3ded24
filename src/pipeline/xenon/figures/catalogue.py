"""The figures of the liquid-xenon chain: inputs, parameters and captions; see `figures.spec`."""

from typing import Any

from pipeline.figures.spec import FigureSpec
from pipeline.xenon.config.anomaly import Anomaly
from pipeline.xenon.config.images import TEST_ER, TEST_WIMP, Images
from pipeline.xenon.paths import XenonPaths

ROOM = "pipeline.xenon.figures"

CAPTIONS = {
    "classifier": (
        "Left: share of electronic recoils that pass a cut on the output of the classifier or on "
        "the anomaly score, against the share of nuclear recoils that pass it, for test samples "
        "uniform in true energy. Dashed: events below 15 keV only. Right: accuracy of the "
        "classifier as a function of true energy, for the events kept for validation and for the "
        "test samples. The dotted line is the accuracy of a random guess."
    ),
    "latent": (
        "Test events in the two dimensions of the latent space along which electronic recoils "
        "have the largest spread, coloured by true energy. The autoencoder was trained on "
        "electronic recoils, without their energies and without nuclear recoils."
    ),
    "scores": (
        "Anomaly score TS of events that trigger. Left: test samples of electronic (ER) and "
        "nuclear recoils (NR), uniform in true energy, and samples of WIMPs, each normalised to "
        "one. Right: expected events in the region of interest of the search, for the backgrounds"
        " and for the benchmark WIMP at its cross-section."
    ),
    "trigger": (
        "Share of recoils that trigger, of those that also lie in the region of interest (dotted), "
        "and of those with an S2 but without an S1 in coincidence (dashed), as functions of true "
        "energy. The search excludes events without an S1; tables/s2_only.csv lists their number "
        "for each sample."
    ),
    "statistic": (
        "Test statistics of pseudo-experiments with background alone and with the benchmark WIMP."
        " The dashed line is the median experiment with WIMPs. The extended likelihood uses the "
        "number of events and their scores, the shape test uses the scores only, and the "
        "likelihood ratio assumes the mass and cross-section of the WIMP."
    ),
    "significance": (
        "Significance at which the median experiment with the benchmark WIMP rejects background "
        "alone, as a function of exposure. Open markers are extrapolated beyond the range of the "
        "pseudo-experiments. The star is the value of arXiv 2410.00755. Counting alone needs no "
        "network; the difference between the other tests and counting is what the scores add."
    ),
    "uncertainty": (
        "Significance of the benchmark WIMP as a function of the relative uncertainty of the whole "
        "background. Large open markers: the uncertainties of the components in `rates`, which "
        "all other figures have."
    ),
    "coverage": (
        "False-positive rate over the nominal one at 1, 2 and 3 sigma, mean over ordered pairs of "
        "independent simulated samples: the search is made with the first one and looks at data "
        "drawn from the second one. Grey: within 10 %."
    ),
    "map": (
        "Median significance as a function of WIMP mass and cross-section, with contours, for the"
        " search without assumptions on the WIMP, for counting alone, and for the likelihood "
        "ratio, which assumes the mass and cross-section of the WIMP. High values are "
        "extrapolated beyond the range of the pseudo-experiments. Filled markers: lowest points "
        "of the limits of XENON1T (arXiv 1805.12562), XENONnT (2303.14729) and LZ (2410.17036) at"
        " 90 % confidence. Open markers: expected limits of LZ (2410.17036) and DARWIN "
        "(1506.08309). Dashed: the whole limit, read from the figure. Star: the WIMP for which "
        "arXiv 2410.00755 finds about 3 sigma. A limit excludes WIMPs; the contours and the star "
        "give the significance at which an experiment with WIMPs rejects background alone."
    ),
    "limits": (
        "Upper limits (CLs) on the cross-section against WIMP mass that experiments with "
        "background alone set: the median and the bands of 68 and 95 %. Rates and simulation are "
        "uncertain. Dotted: cross-sections at which the median experiment with WIMPs rejects "
        "background alone at 1, 2, ... sigma. Markers and dashed lines as in the map: "
        "published limits (filled) and expected ones (open) at 90 % confidence."
    ),
    "images": (
        "Images of an electronic recoil and of a nuclear recoil from a WIMP in XENON1T, as used "
        "by the networks: photons of S2 in the top and in the bottom array, with each PMT in the "
        "pixel at its position, and the waveforms, row by row from the top: S1 in the upper half,"
        " and S2 in the lower half at its time after S1. Both events have about the same true "
        "energy."
    ),
    "image_losses": (
        "Loss of the autoencoder that was trained on images of electronic recoils only. Left: "
        "test samples of electronic recoils and WIMPs that trigger. Right: pseudo-data of one "
        "experiment with background and injected WIMPs, and the expected background. Below: the "
        "difference in units of the fluctuation of the background, in bins with one or more "
        "expected events. The outermost bins include everything beyond them."
    ),
    "image_exposures": (
        "Significance at which the median experiment with WIMPs rejects background alone, from "
        "the loss of the autoencoder of images, as a function of exposure. Open markers are "
        "extrapolated beyond the range of the pseudo-experiments. Counting alone needs no "
        "network, and the likelihood ratio assumes the mass and cross-section of the WIMP."
    ),
}


def figures(paths: XenonPaths) -> list[FigureSpec]:
    """All figures of the study in the order in which they are shown."""
    anomaly, images = paths.block.anomaly, paths.block.images
    return [
        *(_of_anomaly(paths, anomaly) if anomaly else []),
        *(_of_images(paths, images) if images else []),
    ]


def _of_anomaly(paths: XenonPaths, anomaly: Anomaly) -> list[FigureSpec]:
    """Figures of the anomaly search of arXiv 2410.00755."""
    search, test = paths.block.search, anomaly.test
    benchmark, levels = search.benchmark.plain(), list(search.levels_sigma)
    scored = paths.scored_samples()
    masses_GeV = {name: mass for name, mass in paths.block.wimps.masses().items() if name in scored}
    wimps = {sample: f"WIMP {mass:g} GeV" for sample, mass in masses_GeV.items()}
    benchmark_toys = [
        name
        for name, toys in search.toy_sets().items()
        if toys.mass_GeV in (None, search.benchmark.mass_GeV)
    ]
    significance = {"table": [paths.table("significance.parquet")]}
    return [
        _figure(
            "classifier",
            {"roc": [paths.table("roc.csv")], "accuracy": [paths.table("classifier.csv")]},
        ),
        _figure("latent", {"er": [paths.scores(test.er)], "nr": [paths.scores(test.nr)]}),
        _figure(
            "scores",
            {
                "scores": [paths.scores(sample) for sample in (*test.names, *wimps)],
                "weighted": [paths.table("weighted_scores.parquet")],
            },
            names=["ER", "NR", *wimps.values()],
            benchmark=benchmark,
            exposure_t_yr=search.shown_exposure_t_yr,
        ),
        _figure("trigger", {"table": [paths.table("trigger.csv")]}),
        _figure(
            "statistic",
            {"toys": paths.toys(*benchmark_toys)},
            benchmark=benchmark,
            exposure_t_yr=search.shown_exposure_t_yr,
        ),
        _figure("significance", significance, benchmark=benchmark, levels_sigma=levels),
        _figure("uncertainty", {"table": [paths.table("background_uncertainty.csv")]}),
        _figure("coverage", {"table": [paths.table("coverage.csv")]}),
        *(
            [
                _figure("map", significance, map=search.map.plain(), levels_sigma=levels),
                _figure(
                    "limits",
                    {"limits": [paths.table("limits.csv")], **significance},
                    map=search.map.plain(),
                    levels_sigma=levels,
                ),
            ]
            if search.map.is_grid()
            else []
        ),
    ]


def _of_images(paths: XenonPaths, images: Images) -> list[FigureSpec]:
    """Figures of the XENON1T part with its networks for images."""
    search = images.search.plain()
    shown = {
        "er": paths.response_shards(TEST_ER)[:1],
        "wimp": paths.response_shards(TEST_WIMP)[:1],
    }
    return [
        _figure(
            "images",
            shown,
            mass_GeV=images.mass_GeV,
            detector=paths.detector(TEST_ER).plain(),
            size=images.size,
        ),
        _figure(
            "image_losses",
            {"losses": [paths.table("images_losses.csv")]},
            mass_GeV=images.mass_GeV,
            search=search,
        ),
        _figure(
            "image_exposures",
            {"table": [paths.table("images_significance.csv")]},
            search=search,
        ),
    ]


def _figure(name: str, inputs: dict[str, list[str]], **params: Any) -> FigureSpec:
    return FigureSpec(name, f"{ROOM}.{name}", inputs, CAPTIONS[name], params)
