"""The figures of the liquid-xenon chain: inputs, parameters and captions; see `figures.spec`."""

from math import log
from typing import Any

from pipeline.figures.spec import FigureSpec
from pipeline.xenon.config.anomaly import Anomaly
from pipeline.xenon.config.images import SEARCH_NR, TEST_ER, TEST_WIMP, Images
from pipeline.xenon.config.search import Search
from pipeline.xenon.networks.catalogue import trainings
from pipeline.xenon.paths import XenonPaths

ROOM = "pipeline.xenon.figures"

# What each network minimises, by the function that prepares its training.
LOSSES = {
    "pipeline.xenon.networks.classifier.prepare": "binary cross-entropy",
    "pipeline.xenon.networks.vae.prepare": r"$-\ln N + \beta\, D_\mathrm{KL}$",
    "pipeline.xenon.xenon1t.networks.prepare_cnn": "binary cross-entropy",
    "pipeline.xenon.xenon1t.networks.prepare_cvae": r"MSE + $\beta\,\cdot$ latent term",
}
# WIMPs in the figure of stacked scores, as in Fig. 2 of arXiv 2410.00755.
STACKED_GEV, STACKED_CM2 = (20.0, 500.0), 1e-46
# Masses for which the accuracy of the classifier of images is shown.
IMAGE_MASSES_GEV = (10.0, 20.0, 35.0, 50.0, 100.0, 200.0, 500.0, 1000.0)

CAPTIONS = {
    "loss_curves": (
        "Training and validation loss of each network against the number of events seen. The "
        "training loss is the mean over a pass, during which the network improves. The star marks "
        "the weights that are used."
    ),
    "events": (
        "An electronic and a nuclear recoil with similar numbers of S1 photons, as recorded: "
        "detected photons in the S1 and S2 waveforms, summed over both arrays, and in the PMTs of "
        "the top and the bottom array (S2 only). These are the inputs of the networks. Light grey "
        "PMTs have no photon."
    ),
    "background_spectra": (
        "Expected spectra of the backgrounds in true energy: recoils in the region of interest "
        "(solid) and all (dotted), and those of the benchmark WIMP (black). The legend has the "
        "expected events per t yr in the region."
    ),
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
    "stacked": (
        "Anomaly score TS of the events expected in the region of interest: stacked nuclear and "
        "electronic backgrounds, and WIMPs on top of them, at a large cross-section so that they "
        "can be seen. Error bars are those of the background from the number of simulated events."
        " The binning is illustrative: the search uses the density f0 (black), not these bins."
    ),
    "trigger": (
        "Share of recoils that trigger, of those that also lie in the region of interest (dotted), "
        "and of those with an S2 but without an S1 in coincidence (dashed), as functions of true "
        "energy. The search excludes events without an S1; tables/s2_only.csv lists their number "
        "for each sample."
    ),
    "statistic": (
        "Test statistics of pseudo-experiments with background alone and with the benchmark WIMP."
        " Curves: the density g0 of background alone, from Gaussian kernels and from a "
        "generalised Weibull tail, fitted to the highest 5 %. The dashed line is the median "
        "experiment with WIMPs, above it its significance, from the kernels; * beyond the "
        "pseudo-experiments, from the fitted tail. The extended likelihood uses the "
        "number of events and their scores, the shape test uses the scores only, and the "
        "likelihood ratio assumes the mass and cross-section of the WIMP."
    ),
    "significance": (
        "Significance at which the median experiment with the benchmark WIMP rejects background "
        "alone, as a function of exposure. Open markers are extrapolated beyond the range of the "
        "pseudo-experiments; where more background is expected than is simulated they are crossed "
        "out. The star is the value of arXiv 2410.00755. Counting alone needs no "
        "network; the difference between the other tests and counting is what the scores add."
    ),
    "uncertainty": (
        "Significance of the benchmark WIMP as a function of the relative uncertainty of the whole "
        "background. Large open markers: the uncertainties of the components in `rates`, which "
        "all other figures have. Small open markers on the left: rates and response are known."
    ),
    "ratios": (
        "Significance of the benchmark WIMP by moments, mean gain over spread, against the weight "
        "R of the classifier's term in TS. Open markers: TS at a z that is drawn from q(z|x), not "
        "at its mean. Dashed: the R of the search, which is chosen by the separation of recoils "
        "before any search, not by this figure."
    ),
    "network_seeds": (
        "Significance of the benchmark WIMP by moments, with networks of several seeds and beta "
        "and R chosen by the same rule. Errors are those of the simulated events, which all seeds "
        "share; lines and bands are mean and standard deviation over seeds. Open markers: the "
        "mean of the scores of all seeds."
    ),
    "coverage": (
        "False-positive rate over the nominal one at 1, 2 and 3 sigma, mean over ordered pairs of "
        "independent simulated samples: the search is made with the first one and looks at data "
        "drawn from the second one. Filled: expected rates are known; open: each data set has "
        "rates drawn from their uncertainties. Grey: within 10 %."
    ),
    "map": (
        "Median significance as a function of WIMP mass and cross-section, with contours, for the"
        " search without assumptions on the WIMP, for counting and for the shape alone, and for "
        "the likelihood ratio, which assumes the mass and cross-section of the WIMP. Asterisks: "
        "extrapolated beyond the range of the pseudo-experiments. Open circles: too few simulated "
        "electronic recoils where the signal lies (`events_needed`). Filled markers: lowest points "
        "of the limits of XENON1T (arXiv 1805.12562), XENONnT (2502.18005) and LZ (2410.17036) at"
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
        "published limits (filled) and expected ones (open) at 90 % confidence. Open circles on "
        "the median: too few simulated electronic recoils where the signal lies "
        "(`events_needed`)."
    ),
    "observed": (
        "Observed events in the region of interest over the expected background and the benchmark "
        "WIMP. Bands: uncertain rates, response and simulation; bins are wide where few events are "
        "expected. Above: p-values of the goodness of fit, of background alone and with the signal "
        "that fits TS best. Below right: observed events; the lines hold half and 90 % of the "
        "expected background and of the WIMPs in the region."
    ),
    "images": (
        "Images of an electronic recoil and of a nuclear recoil from a WIMP in XENON1T, as used "
        "by the networks: photons of S2 in the top and in the bottom array, with each PMT in the "
        "pixel at its position, and the waveforms, row by row from the top: S1 in the upper half,"
        " and S2 in the lower half at its time after S1. Both events have about the same true "
        "energy."
    ),
    "image_masses": (
        "Accuracy, recall and precision of the classifier of images against the mass of the WIMPs,"
        " for nuclear recoils of the search that are weighted to WIMPs of each mass and trigger. "
        "The classifier learns from WIMPs of one mass (dotted). Open markers: the talk of 2021, if "
        "its values hold for this share of WIMPs. The cross-section is a rate only: at a "
        "given share of WIMPs it changes none of these numbers."
    ),
    "image_reconstructions": (
        "Images of an electronic recoil and of a nuclear recoil from a WIMP in XENON1T, each with "
        "its reconstruction by the autoencoder below. The autoencoder was trained on electronic "
        "recoils only; the first term of its loss is the mean squared error (MSE) of ln(1 + "
        "photons) over all pixels."
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
        "the loss of the autoencoder of images, as a function of exposure. Solid: events that "
        "trigger. Dashed: events without an S1; single electrons, events at the cathode and others "
        "that NEST does not make are missing in their background. Open markers are "
        "extrapolated beyond the range of the pseudo-experiments; crosses: more background is "
        "expected than is simulated. Counting alone needs no network, and the likelihood ratio "
        "assumes the mass and cross-section of the WIMP."
    ),
    "image_energies": (
        "Energies of test recoils that a regression finds from means of the autoencoder's latent "
        "distribution, from sums of photons, and from both: half the width of the central 68 % of "
        "ln(E found / E), its mean, and the share of events within one stated standard deviation "
        "(dotted: 68 %)."
    ),
}


def figures(paths: XenonPaths) -> list[FigureSpec]:
    """All figures of the study in the order in which they are shown."""
    anomaly, images = paths.block.anomaly, paths.block.images
    return [
        *_of_trainings(paths),
        *(_of_anomaly(paths, anomaly) if anomaly else []),
        *(_of_images(paths, images) if images else []),
    ]


def _of_trainings(paths: XenonPaths) -> list[FigureSpec]:
    """Loss curves of the networks that are trained, if any."""
    losses = {
        name: LOSSES.get(training.calls["prepare"], "loss")
        for name, training in trainings(paths).items()
    }
    histories = {"histories": [paths.network("history.csv", name) for name in losses]}
    caption = CAPTIONS["loss_curves"]
    spec = FigureSpec(
        "loss_curves", "pipeline.figures.loss_curves", histories, caption, {"labels": losses}
    )
    return [spec] if losses else []


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
    weighted = {"weighted": [paths.table("weighted_scores.parquet")]}
    shards = {"er": paths.response_shards(test.er), "nr": paths.response_shards(test.nr)}
    return [
        _figure("events", shards, detector=paths.detector(test.er).plain()),
        _figure(
            "background_spectra",
            {**weighted, "trigger": [paths.table("trigger.csv")]},
            rates=paths.block.rates.plain(),
            benchmark=benchmark,
        ),
        _figure(
            "classifier",
            {"roc": [paths.table("roc.csv")], "accuracy": [paths.table("classifier.csv")]},
        ),
        _figure("latent", {"er": [paths.scores(test.er)], "nr": [paths.scores(test.nr)]}),
        _figure(
            "scores",
            {
                "scores": [paths.scores(sample) for sample in (*test.names, *wimps)],
                **weighted,
            },
            names=["ER", "NR", *wimps.values()],
            benchmark=benchmark,
            exposure_t_yr=search.shown_exposure_t_yr,
        ),
        _figure(
            "stacked",
            {"scores": [paths.scores(name) for name in paths.block.background.names]},
            **paths.weights_block(),
            wimps=_stacked_wimps(search),
            exposure_t_yr=search.shown_exposure_t_yr,
        ),
        _figure("trigger", {"table": [paths.table("trigger.csv")]}),
        _figure(
            "statistic",
            {"toys": paths.toys(*benchmark_toys), **significance},
            benchmark=benchmark,
            exposure_t_yr=search.shown_exposure_t_yr,
        ),
        _figure("significance", significance, benchmark=benchmark, levels_sigma=levels),
        _figure("uncertainty", {"table": [paths.table("background_uncertainty.csv")]}),
        _figure("ratios", {"table": [paths.table("significance_by_ratio.csv")]}),
        *(
            [_figure("network_seeds", {"table": [paths.table("network_seeds.csv")]})]
            if anomaly.retraining.seeds
            else []
        ),
        _figure("coverage", {"table": [paths.table("coverage.csv")]}),
        *([_of_data(paths)] if paths.observed_scores() else []),
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


def _of_data(paths: XenonPaths) -> FigureSpec:
    """The figure of observed data."""
    search, data, tables = paths.search_inputs(), paths.observed_inputs(), paths.observed_tables()
    return _figure(
        "observed",
        {
            **{name: search[name] for name in ("background", "shards")},
            **{name: data[name] for name in ("observed", "observed_shards")},
            **{name: [tables[name]] for name in ("goodness", "histograms")},
            "weighted": [paths.table("weighted_scores.parquet")],
        },
        detector=paths.detector(paths.block.background.er).plain(),
        region=paths.block.region.plain(),
        benchmark=paths.block.search.benchmark.plain(),
    )


def _stacked_wimps(search: Search) -> list[dict[str, float]]:
    """WIMP models of the masses of the map that are nearest to those of the published figure."""
    nearest = {
        min(search.map.masses_GeV, key=lambda mass: abs(log(mass / published)))
        for published in STACKED_GEV
    }
    return [{"mass_GeV": mass, "cross_section_cm2": STACKED_CM2} for mass in sorted(nearest)]


def _of_images(paths: XenonPaths, images: Images) -> list[FigureSpec]:
    """Figures of the XENON1T part with its networks for images."""
    search = images.search.plain()
    shown = {
        "er": paths.response_shards(TEST_ER)[:1],
        "wimp": paths.response_shards(TEST_WIMP)[:1],
    }
    encoded = {
        "mass_GeV": images.mass_GeV,
        "detector": paths.detector(TEST_ER).plain(),
        "size": images.size,
    }
    return [
        _figure("images", shown, **encoded),
        _figure(
            "image_masses",
            {"er": [paths.image_scores(TEST_ER)], "nr": [paths.image_scores(SEARCH_NR)]},
            spectrum=paths.spectra(TEST_ER, SEARCH_NR)["NR"],
            masses_GeV=list(IMAGE_MASSES_GEV),
            learnt_GeV=images.mass_GeV,
            share=images.test_shares[0],
        ),
        _figure(
            "image_reconstructions",
            {**shown, "cvae": [paths.network("weights.pt", "image_cvae")]},
            **encoded,
            cvae=images.cvae.without_parallelism().plain(),
        ),
        _figure("image_energies", {"table": [paths.table("images_energies.csv")]}),
        _figure(
            "image_losses",
            {"losses": [paths.table("images_losses.csv")]},
            mass_GeV=images.mass_GeV,
            search=search,
        ),
        _figure(
            "image_exposures", {"table": [paths.table("images_significance.csv")]}, search=search
        ),
    ]


def _figure(name: str, inputs: dict[str, list[str]], **params: Any) -> FigureSpec:
    return FigureSpec(name, f"{ROOM}.{name}", inputs, CAPTIONS[name], params)
