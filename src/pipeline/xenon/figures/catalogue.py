"""The figures of the liquid-xenon chain: what each is drawn from, and its caption.

A new figure is an entry here and a module with `from_files`.
"""

from typing import Any

from pipeline.figures.spec import FigureSpec
from pipeline.xenon.config.anomaly import Anomaly
from pipeline.xenon.config.images import TEST_ER, TEST_WIMP, Images
from pipeline.xenon.paths import XenonPaths

ROOM = "pipeline.xenon.figures"

CAPTIONS = {
    "classifier": (
        "Left: share of electronic recoils that pass a cut on the classifier's output or "
        "on the anomaly score, against the share of nuclear recoils that pass it, on test"
        " samples uniform in true energy; dashed, events below 15 keV only. Right: "
        "accuracy of the classifier against true energy, on the events kept for "
        "validation and on the test samples; the dotted line is chance."
    ),
    "latent": (
        "Test events in the two dimensions of the autoencoder's latent space along which "
        "electronic recoils spread most, coloured by true energy. The autoencoder has "
        "learnt electronic recoils without their energies, and no nuclear recoil."
    ),
    "scores": (
        "Anomaly score TS of events that trigger. Left: test samples of electronic (ER) "
        "and nuclear recoils (NR), uniform in true energy, and WIMPs, each of area one. "
        "Right: events expected in the region of interest of the search, backgrounds and "
        "the benchmark WIMP at its cross-section."
    ),
    "trigger": (
        "Share of recoils in the region of interest that trigger, and of those that leave"
        " an S2 without an S1 in coincidence (dashed), against true energy. Events of the"
        " second kind are no part of the search; tables/s2_only.csv counts them for every"
        " sample."
    ),
    "statistic": (
        "Test statistics of pseudo-experiments with background alone and with the "
        "benchmark WIMP; the dashed line is the median experiment with WIMPs. The "
        "extended likelihood follows the number of events and their scores, the shape "
        "test the scores alone, and the likelihood ratio knows the WIMP."
    ),
    "significance": (
        "Significance at which the median experiment with the benchmark WIMP rejects "
        "background alone, against exposure. Open markers rest on an extrapolation beyond"
        " the pseudo-experiments; the star is the value of arXiv 2410.00755. Counting "
        "alone is the test that needs no network: what the others reach above it, the "
        "scores add."
    ),
    "map": (
        "Median significance over WIMP mass and cross-section with contours, for the "
        "search that knows no WIMP, for counting alone, and for the likelihood ratio that"
        " knows the WIMP. High values rest on an extrapolation beyond the pseudo-"
        "experiments. Markers are published: filled, the lowest limits of XENON1T (arXiv "
        "1805.12562), XENONnT (2303.14729) and LZ (2410.17036) at 90 % confidence; open, "
        "the limits that LZ (2410.17036) and DARWIN (1506.08309) expect; the star, the "
        "WIMP that arXiv 2410.00755 finds at some 3 sigma. Limits exclude a WIMP; "
        "contours and the star reject background alone where there is one."
    ),
    "images": (
        "Images of an electronic recoil and of a WIMP's nuclear recoil in XENON1T, as the"
        " networks see them: the photons of S2 in the top and the bottom array, each PMT "
        "in the pixel at its place, and the waveforms, written like text, row by row: S1 "
        "in the upper half, S2 at its time after S1 in the lower. Both have about the "
        "same true energy."
    ),
    "image_losses": (
        "Loss of the autoencoder that has learnt images of electronic recoils only. Left:"
        " test samples of electronic recoils and WIMPs that trigger. Right: one "
        "experiment's pseudo-data, background and injected WIMPs, against the expected "
        "background; below, the difference in units of the background's fluctuation, "
        "where one event or more is expected. The outermost bins hold everything beyond "
        "them."
    ),
    "image_exposures": (
        "Significance at which the median experiment with WIMPs rejects background alone,"
        " from the losses of the autoencoder of images, against exposure. Open markers "
        "rest on an extrapolation beyond the pseudo-experiments. Counting alone needs no "
        "network, and the likelihood ratio knows the WIMP."
    ),
}


def figures(paths: XenonPaths) -> list[FigureSpec]:
    """All figures in the order in which they are shown."""
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
        *(
            [_figure("map", significance, map=search.map.plain(), levels_sigma=levels)]
            if search.map.is_grid()
            else []
        ),
    ]


def _of_images(paths: XenonPaths, images: Images) -> list[FigureSpec]:
    """Figures of the XENON1T part, whose networks see images."""
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
