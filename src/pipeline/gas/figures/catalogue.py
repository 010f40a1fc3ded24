"""The figures of the gas chain: inputs, parameters and captions; see `figures.spec`."""

from typing import Any

from pipeline.figures.spec import FigureSpec
from pipeline.gas.methods import methods
from pipeline.gas.paths import GasPaths

ROOM = "pipeline.gas.figures"
LIKELIHOOD, COSINE_DISTANCE = "negative log-likelihood", r"cosine distance $1-\cos\theta$"

CAPTIONS = {
    "track_stages": (
        "One recoil at each stage of the processing: its ionisation electrons; these "
        "electrons after random rotation, Gaussian smearing and centring on the charge "
        "mean; and the voxels that hold them, coloured by their counts. The arrow starts "
        "at the true start of the track and shows the true initial direction."
    ),
    "observed_directions": (
        "Components of the predicted directions of measured events, relative to an isotropic "
        "distribution, with Poisson errors. The events have no truth."
    ),
    "arrow": (
        "The voxels of one filled arrow, the simple test of appendix B of Ghrear et al. "
        "2024, with its true direction."
    ),
    "containment": (
        "Share of the recoils with all ionisation electrons inside the voxel grid, with "
        "binomial errors. The open circle is the share in the training set of Ghrear et "
        "al. 2024, which has equal numbers of recoils at 40, 45 and 50 keV. Of measured "
        "events, the grid must contain the track, not stray hits."
    ),
    "track_observables": (
        "Left: Kolmogorov-Smirnov distance between simulated and reference tracks for "
        "each observable. Dashed: median distance of two samples of these sizes with "
        "equal distributions. Right: some of the distributions, simulated (points) and "
        "reference (lines with bands), with Poisson errors."
    ),
    "detector_fit": (
        "Left: difference of the mean summaries of measured and simulated events in units of "
        "its error, before and after the fit of the readout response; the axis is linear within "
        "3 units, and the band is one unit. The fit holds if the values behind it scatter by one "
        "unit, which the chi-squared says with all correlations. Right: fitted parameters with "
        "their errors, and where the fit began."
    ),
    "fit_corner": (
        "Errors of the fitted parameters in pairs: ellipses on which the chi-squared is 1 and 4 "
        "above its minimum, whose projections are 1 and 2 errors of a parameter. Diagonal: the "
        "Gaussian density of each parameter, with its error as a band."
    ),
    "gain_map": (
        "Gains of the pixels of the readout from a calibration run, relative to the gain of the "
        "response, and their distribution. White pixels have too few hits. The chi-squared "
        "compares the sums of all pixels with those of simulated events with these gains."
    ),
    "domain_gap": (
        "Energy distance between measured events and all simulated ones against the number of "
        "measured events, for the summaries of the readout and for the activations of the network. "
        "The band holds 90 % of the distances of samples with equal distributions, from random "
        "exchanges of events between the two."
    ),
    "response_sensitivity": (
        "Left: change of the mean cosine distance of each method for 1 % of each fitted parameter "
        "of the response. Right: systematic error of the cosine distance from the error of each "
        "parameter, and of all with their correlations. The strokes are the statistical errors "
        "of the cosine distance in these events."
    ),
    "attention": (
        "Mean distance of the places at which the attention heads of the network look, from the "
        "true start of the track (left) and from the predicted start (right), which measured "
        "events have too. A head that looks farther away than in the nominal set sees another "
        "readout. Dashed: the charge centre."
    ),
    "direction_stages": (
        "Left: mean cosine distance of each set, split by the first stage of the decision that "
        "fails: the start of the track is missed, its ends are confused, its axis is wrong, or "
        "none. Right: true value of the observable of each stage over the one that the network's "
        "own density expects. Sets without truth are in the table only."
    ),
    "loss_curves": (
        "Training and validation loss against the number of events seen, for each "
        "network. The star marks the weights that are used. Dotted: the validation loss of the "
        "network of Ghrear et al. 2024 with the same loss, after some millions of events, if the "
        "training set has its settings."
    ),
    "cut_scan": (
        "Mean cosine distance against the share of events that is cut, one panel per test "
        "set. Networks that predict kappa cut the events with the lowest kappa first "
        "(curves, with bootstrap bands). The other methods are points at their own "
        "efficiency; arrows lead to their results with the true head-tail. Open markers "
        "and dotted lines are the values of Ghrear et al. 2024: values without a cut are "
        "drawn left of zero, and values without a published efficiency at ours. Dashed "
        "lines mark the cut at which a network passes Best-Expected; dotted, that of the "
        "published HCN."
    ),
    "angular_resolution": (
        "Angle between true and predicted direction for all methods on each test set: its "
        "density (top), and the share of predicted events below it (bottom). The dashed "
        "line marks 68 %."
    ),
    "resolution": (
        "Angular resolution against the recoil energy: standard deviation of the angle between "
        "true and predicted axis, projected onto a plane, without the outer 2 % and scaled to a "
        "Gaussian's sigma. Dashed: a straight fit to the best length of a track whose start is "
        "known (arXiv 2502.12387), from 30 to 70 keV in He:CO2 70:30 at 760 torr. Diamonds: such "
        "fits to simulated tracks, same source, beside smearings near theirs."
    ),
    "calibration": (
        "Left: angle between true and predicted direction against the predicted kappa, "
        "all test sets together, with the mean angle in each bin of kappa and the mean "
        "expected from von Mises-Fisher distributions with the predicted kappa. Right: "
        "kappa fitted to the angles in each bin against the centre of the bin; the dashed "
        "lines are one bin away from perfect agreement. Bins are equally wide, and the "
        "highest values of kappa lie outside them."
    ),
    "density_calibration": (
        "Whether the predicted densities mean what they say, for each test set. Left: PIT of "
        "the true direction, the predicted probability of directions with a higher density; it "
        "is uniform (line) if the densities are right. Middle: share of true directions inside "
        "the predicted regions of 68, 90 and 95 %, less these levels. Right: share of events "
        "whose true direction lies in the hemisphere opposite to the predicted one, against "
        "its predicted probability, in bins of this probability, all test sets together. "
        "Errors are those of independent tracks. Numbers are in `tables/calibration`."
    ),
    "events": (
        "Single events of every set in three dimensions, to turn about: those with the largest "
        "angle between true and predicted direction, those near the median angle, and those with "
        "the wrong head-tail, as the first network predicts them; measured events by their "
        "kappa. Lines are the edges of the regions that hold 68 % and 95 % of the density that a "
        "network predicts, seen from the start; a cross is the start of the track that it predicts."
    ),
    "median_p": (
        "p-value of the median experiment against the number of recoils, with the central "
        "68 % of experiments for the statistics without weights. Open markers are upper "
        "limits beyond the reach of the pseudo-experiments, which cannot measure p-values "
        "in the hatched region."
    ),
    "needed_by_signal": (
        "Number of recoils with which the median experiment distinguishes solar neutrinos "
        "from an isotropic background, against the fraction of recoils from the Sun. "
        "Methods are drawn side by side at each fraction. Errors are those of the toys and of the "
        "finite number of test tracks. Open markers with arrows are limits: the number lies "
        "outside the simulated range. A cross at the upper edge "
        "means too few pseudo-experiments for that level."
    ),
    "needed_by_cut": (
        "Number of recoils that the median experiment needs against the share of events "
        "that is cut for their small kappa. The number includes the recoils that are "
        "cut or leave the voxel grid. Methods without kappa have no cut. The right scale is the "
        "exposure in which the Sun "
        "gives its share of them, in recoil energies of this range. Markers as in the figure of "
        "the signal fraction."
    ),
}


def figures(paths: GasPaths) -> list[FigureSpec]:
    """All figures in the order in which they are shown."""
    block = paths.block
    networks, with_kappa = block.networks, paths.with_kappa()
    compared, arrows = block.track_comparison, paths.arrows()
    trained = {name: networks[name] for name in block.trained}
    sets, tested = paths.voxel_sets, bool(block.test_sets)
    stages = [paths.stages(paths.staged_source)] if paths.staged_source else []
    comparison = {name: [paths.table(f"track_{name}.csv")] for name in ("distances", "histograms")}
    fit = {
        "parameters": [paths.table("detector_fit.csv")],
        "moments": [paths.table("fit_moments.csv")],
    }
    errors = {"parameters": fit["parameters"], "correlation": [paths.table("fit_correlation.csv")]}
    gap = {"growth": [paths.table("domain_gap_events.csv")]}
    gains = {"table": [paths.table("gain_map.csv")]}
    looks = {"attention": [paths.table("attention.csv")]}
    decided = {n: [paths.table(f"direction_{n}.csv")] for n in ("stages", "failures")}
    scans = {
        "scans": paths.test_tables("cut_scan.csv"),
        "crossings": paths.test_tables("crossings.csv"),
        "summary": [paths.table("summary.csv")],
    }
    contained = {"table": [paths.table("containment.csv")]}
    published = paths.published_containment()
    angles = {"angles": paths.test_tables("angles.csv")}
    observed = {"directions": [paths.table("observed_directions.csv")]}
    calibration = {
        "histograms": [paths.calibration("_histogram", name) for name in with_kappa],
        "calibrations": [paths.calibration("", name) for name in with_kappa],
    }
    densities = {
        "test_sets": [paths.calibration("_test_sets", name) for name in with_kappa],
        "pits": [paths.calibration("_pit", name) for name in with_kappa],
        "head_tails": [paths.calibration("_head_tail", name) for name in with_kappa],
    }
    energies = {e for test in block.test_sets for e in paths.energies(test)}
    known_gas = [test for test in block.test_sets if not paths.gas_differs_from_paper(test)]
    resolution = {"resolution": paths.test_tables("resolution.csv")}
    losses = {n: LIKELIHOOD if b.predicts_kappa else COSINE_DISTANCE for n, b in trained.items()}
    return [
        *([_figure("track_stages", {"stages": stages})] if stages else []),
        *(_figure("arrow", {"stages": [paths.stages(source)]}) for source in arrows),
        *(
            [_figure("containment", contained, published=published)]
            if sets or block.observed
            else []
        ),
        *([_figure("track_observables", comparison)] if compared else []),
        *(
            [_figure("detector_fit", fit), _figure("fit_corner", errors)]
            if block.detector_fit
            else []
        ),
        *([_figure("gain_map", gains)] if block.gain_map else []),
        *([_figure("domain_gap", gap)] if block.domain_gap else []),
        *(
            [_figure("response_sensitivity", {"table": [paths.table("response_sensitivity.csv")]})]
            if block.response_sensitivity
            else []
        ),
        *(
            [_figure("attention", looks), _figure("direction_stages", decided)]
            if block.attention
            else []
        ),
        *(
            [
                FigureSpec(
                    "loss_curves",
                    "pipeline.figures.loss_curves",
                    {"histories": paths.histories()},
                    CAPTIONS["loss_curves"],
                    {"labels": losses, "published": paths.published_losses()},
                )
            ]
            if trained
            else []
        ),
        *([_figure("cut_scan", scans), _figure("angular_resolution", angles)] if tested else []),
        *([_figure("resolution", resolution, known_gas=known_gas)] if len(energies) > 1 else []),
        *(
            [
                _figure("calibration", calibration, networks=with_kappa),
                _figure("density_calibration", densities, networks=with_kappa),
            ]
            if with_kappa and tested
            else []
        ),
        *([_figure("observed_directions", observed)] if block.predicted else []),
        _events(paths),
        *(figure for test in block.hypothesis_tests for figure in _test_set_figures(paths, test)),
    ]


def _events(paths: GasPaths) -> FigureSpec:
    """The page of single events."""
    networks = paths.block.predictors
    shards = {name: paths.shards(name) for name in (*paths.block.test_sets, *paths.block.predicted)}
    return FigureSpec(
        "events",
        f"{ROOM}.events",
        {
            "shards": [file for files in shards.values() for file in files],
            "predictions": [paths.prediction(s, name) for s in shards for name in networks],
        },
        CAPTIONS["events"],
        {
            "networks": networks,
            "sets": {name: len(files) for name, files in shards.items()},
        },
        interactive=True,
    )


def _test_set_figures(paths: GasPaths, test: str) -> list[FigureSpec]:
    """Figures of the hypothesis test on one test set."""
    settings = paths.block.hypothesis_test
    power = {"power": [paths.test_table("power.parquet", test)]}
    needed = {"needed": [paths.test_table("needed_events.parquet", test)]}
    names, fraction = methods(paths.block.predictors), settings.shown_fraction
    return [
        _figure(
            f"median_p/{test}",
            power,
            names=names,
            test_set=test,
            signal_fraction=fraction,
            levels=settings.levels,
            toys=settings.batches * settings.background_toys,
        ),
        _figure(f"needed_by_signal/{test}", needed, names=names, test_set=test),
        _figure(
            f"needed_by_cut/{test}", needed, names=names, test_set=test, signal_fraction=fraction
        ),
    ]


def _figure(name: str, inputs: dict[str, list[str]], **params: Any) -> FigureSpec:
    stem = name.split("/")[0]
    return FigureSpec(name, f"{ROOM}.{stem}", inputs, CAPTIONS[stem], params)
