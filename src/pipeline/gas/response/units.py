"""Wrong units and other energies of measured events, found by comparison with the simulation."""

import numpy as np

from pipeline.gas.response.moments import SUMMARIES

# Responses change the median charge and the median number of voxels by less than this factor, a
# wrong unit by more.
LARGEST_RATIO = 4.0
_CAUSES = {
    "ln_charge": ("the charge", "`electrons_per_charge` and `columns.charge`"),
    "ln_voxels": ("the voxels", "`length_unit`, `drift_velocity_um_per_ns`"),
}


def check_units(data: np.ndarray, simulated: np.ndarray, key: str) -> None:
    """Compare medians of the `SUMMARIES` [n, 14] of measured and of simulated events.

    `key` is the block of the config that has both. Without events nothing is compared.

    Raises:
        ValueError: charges or numbers of voxels differ by more than `LARGEST_RATIO`.
    """
    if not (len(data) and len(simulated)):
        return
    for name, (what, cause) in _CAUSES.items():
        place = SUMMARIES.index(name)
        ratio = np.exp(np.median(data[:, place]) - np.median(simulated[:, place]))
        if not 1 / LARGEST_RATIO <= ratio <= LARGEST_RATIO:
            raise ValueError(
                f"{key}: a measured event has {ratio:.3g} times {what} of a simulated one "
                f"(medians); check {cause} of the measured source, and whether the energies and "
                "the gas are the same"
            )


def check_energies(data_keV: np.ndarray, simulated_keV: np.ndarray, key: str) -> None:
    """Check that both samples have events of the same energies [keV], where the data's are known.

    Raises:
        ValueError: an energy is in one sample only; names the block `key` that has both.
    """
    measured, simulated = np.unique(data_keV[~np.isnan(data_keV)]), np.unique(simulated_keV)
    if len(measured) and not np.array_equal(measured, simulated):
        raise ValueError(
            f"{key}: the data have {_listed(measured)} keV and the simulated tracks "
            f"{_listed(simulated)} keV; both need the same energies"
        )


def _listed(energies_keV: np.ndarray) -> str:
    return ", ".join(f"{energy:g}" for energy in energies_keV)
