"""Schema of what is learned from measured events: the response, and the gap to the simulation."""

from collections.abc import Collection, Mapping
from typing import Self

from pydantic import PositiveInt, model_validator

from pipeline.config.model import Block, described
from pipeline.gas.config.gain_map import GainMap
from pipeline.gas.config.networks import DirectionNetwork
from pipeline.gas.config.response import PARAMETERS, NamesResponse, Response, check_allowed
from pipeline.gas.config.sets import TestSet, VoxelSet
from pipeline.gas.config.simulated_hits import SimulatedHits
from pipeline.gas.config.voxels import Grid


class DetectorFit(NamesResponse):
    """Fit of response parameters to events whose directions are not known, taken as isotropic."""

    data: str = described("Set of measured events, in `observed`; or a test set, as if measured.")
    energy_keV: float | None = described(
        "Energy of the events of an `observed` set [keV], a calibration for example.", None, gt=0
    )
    simulated: list[str] = described(
        "Names of track sources with the same energies, not of the data; three times as many "
        "tracks as data, or more, keep the error of the simulation small.",
        min_length=1,
    )
    response: Response = described(
        "Response with which the fit begins, a name in `responses` or its block; parameters that "
        "are not fitted stay as they are here."
    )
    parameters: dict[str, tuple[float, float]] = described(
        "Parameters to fit, by their dotted names in the response such as `threshold.electrons`, "
        "each with the range [low, high] in which it is looked for.",
        min_length=1,
    )

    @model_validator(mode="after")
    def _begins_within_the_ranges(self) -> Self:
        for name, (low, high) in self.parameters.items():
            if name not in PARAMETERS:
                raise ValueError(
                    f"parameters: '{name}' is no parameter of a response; the parameters are "
                    f"{', '.join(PARAMETERS)}"
                )
            start = self.response.value(name)
            if not 0 <= low < start < high:
                raise ValueError(
                    f"parameters.{name}: expected 0 <= low < {start:g} < high, with the value of "
                    f"the response between; got [{low:g}, {high:g}]"
                )
            check_allowed("parameters", name, high)
        return self


class DomainGap(Block):
    """Comparison of measured with simulated events, and what a difference costs a network."""

    data: str = described("Set of measured events, in `observed`; or a test set, as if measured.")
    simulated: str = described("Test set of the simulated events.")
    network: str = described("Network whose activations and predictions are compared.")
    events: PositiveInt = described(
        "Most events of each set that are compared, spread over all of them.", 3000
    )


def check_detector(
    fit: DetectorFit | None,
    gap: DomainGap | None,
    test_sets: Mapping[str, TestSet],
    observed: Collection[str],
    predicted: Collection[str],
    networks: Mapping[str, DirectionNetwork],
) -> None:
    """Check the names of both blocks, those of sources apart, and of sets to adapt networks to.

    `predicted` are the sets among `observed` that have predictions.

    Raises:
        ValueError: a set or network does not exist, or the data of the fit do not suit it.
    """
    measured = [*observed, *test_sets]
    places = {"detector_fit.data": (fit.data, measured)} if fit else {}
    if gap:
        places["domain_gap.data"] = gap.data, [*predicted, *test_sets]
        places["domain_gap.simulated"] = gap.simulated, [*test_sets]
        places["domain_gap.network"] = gap.network, [*networks]
    for network, block in networks.items():
        if block.adapt:
            places[f"networks.{network}.adapt.to"] = block.adapt.to, measured
    for key, (name, known) in places.items():
        if name not in known:
            raise ValueError(f"{key}: there is no '{name}'; there are {', '.join(known)}")
    if fit and (fit.data in observed) != (fit.energy_keV is not None):
        raise ValueError(
            "detector_fit.energy_keV: give it if `data` is a set under `observed`, and only then; "
            "a test set holds its energies"
        )
    if fit and fit.data in test_sets:
        _check_other_tracks("detector_fit", test_sets, fit.data, fit.simulated)
        if not test_sets[fit.data].rotate:
            raise ValueError(
                f"detector_fit.data: the tracks of test set '{fit.data}' are not rotated, and the "
                "fit takes directions as isotropic"
            )
    if gap and gap.data in test_sets:
        _check_other_tracks("domain_gap", test_sets, gap.data, test_sets[gap.simulated].sources)


def check_energies(
    fit: DetectorFit | None, compared: Mapping[str, tuple[str, Collection[float]]]
) -> None:
    """Check that the data of the fit have the energy of the tracks that they are compared with.

    `compared` has, by its block, the set of the data and the stated energies [keV] of the tracks.

    Raises:
        ValueError: they have another energy; names the block.
    """
    for key, (data, energies_keV) in compared.items():
        known = fit and fit.energy_keV is not None and fit.data == data and energies_keV
        if fit and known and {*energies_keV} != {fit.energy_keV}:
            listed = ", ".join(f"{energy:g}" for energy in sorted(energies_keV))
            raise ValueError(
                f"{key}.simulated: these tracks have {listed} keV, but '{data}' has "
                f"{fit.energy_keV:g} keV in `detector_fit`; both need the same energies"
            )


def check_responses(
    fit: DetectorFit | None,
    sets: Mapping[str, VoxelSet | DetectorFit | GainMap | SimulatedHits | None],
    grid: Grid,
) -> None:
    """Check the responses of sets, of hits and of the fit, by their keys in the config.

    Raises:
        ValueError: a response is of other cells than the grid, or is found by a fit that is not
            there or that needs the set as its data.
    """
    for key, user in sets.items():
        response = user and user.response
        if not response:
            continue
        if response.cell_um not in (None, grid.cell_um):
            raise ValueError(
                f"{key}.response: its numbers are those of cells of {list(response.cell_um)} um, "
                f"and the voxels of `grid` have {grid.voxel_text}; set `grid.voxel_um`, or give "
                "the response numbers for these voxels and leave out its `cell_um`"
            )
        if not response.fitted:
            continue
        if not fit or response.fitted != [*fit.parameters]:
            raise ValueError(
                f"{key}.response.fitted: these are not the parameters of `detector_fit`; write "
                "`response: fitted`, which takes them from there"
            )
        if key == f"test_sets.{fit.data}":
            raise ValueError(f"{key}.response: the fit of this response needs this set as its data")


def _check_other_tracks(
    key: str, test_sets: Mapping[str, TestSet], data: str, simulated: Collection[str]
) -> None:
    """The tests hold for independent events: the same tracks look too much alike."""
    if shared := set(test_sets[data].sources) & set(simulated):
        raise ValueError(
            f"{key}.simulated: '{shared.pop()}' is a source of the data, test set '{data}'; "
            "use other tracks"
        )
