"""Collision tables of a gas, which the transport looks up at every step."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import integrate

from pipeline.gas.tracks.simulator import cross_sections as xs
from pipeline.gas.tracks.simulator.gas import Gas, Molecule, Shell

ENERGIES = 542
MIN_ENERGY_EV = 30.0
FAST = 511  # row of 70 keV, whose electrons have the W of fast ones
MAX_ENERGY_EV = MIN_ENERGY_EV * (70e3 / MIN_ENERGY_EV) ** ((ENERGIES - 1) / FAST)  # 110 keV

ELASTIC, IONISATION, EXCITATION = range(3)

# An electron of at most 200 eV spends this factor times the W value of fast electrons on each ion
# pair after the first. Adjusted to Degrad's mean number of electrons in 70 % He : 30 % CO2 at
# 40-50 keV.
SLOW_PAIR_FACTOR = 1.087

Floats = NDArray[np.float64]

NO_CORE = Shell(0.0, 0.0, 0)  # for processes that leave no vacancy


class CollisionTables(NamedTuple):
    """Rows are ENERGIES log-spaced energies, columns the processes, most frequent first."""

    mean_free_path_um: Floats  # [rows]
    ps_per_um: Floats  # [rows]
    four_k_squared: Floats  # [rows] 1/a0^2
    beta_squared: Floats  # [rows]
    csda_range_um: Floats  # [rows]
    cumulative: Floats  # [rows, processes], ends at 1
    eta: Floats  # [rows, processes] Wentzel screening
    sharing_limit: Floats  # [rows, processes] ionisation only
    kind: NDArray[np.int64]  # [processes]
    loss_eV: Floats  # [processes] energy lost besides the secondary's
    sharing_eV: Floats  # [processes] ionisation only
    auger_eV: Floats  # [processes] 0: none
    fluorescence: Floats  # [processes] probability of a photon instead
    photon_eV: Floats  # [processes]
    photon_range_um: Floats  # [processes] its mean free path
    amplitude: Floats  # [processes, 2] elastic only, see `gas.Atom`
    alpha_squared: Floats  # [processes, 2] elastic only
    ionisation_eV: float  # lowest ionisation energy of the gas
    slow_pair_eV: float  # energy that a slow electron spends per further ion pair


@dataclass
class _Process:
    kind: int
    rate: Floats  # 1/cm
    eta: Floats
    loss_eV: float = 0.0
    sharing_eV: float = 1.0
    sharing_limit: Floats = field(default_factory=lambda: np.zeros(ENERGIES))
    mean_loss_eV: Floats = field(default_factory=lambda: np.zeros(ENERGIES))
    core: Shell = NO_CORE
    amplitude: tuple[float, float] = (0.0, 1.0)
    alpha: tuple[float, float] = (1.0, 1.0)


def energies_eV() -> Floats:
    """The kinetic energies of the rows."""
    return np.geomspace(MIN_ENERGY_EV, MAX_ENERGY_EV, ENERGIES)


@lru_cache(maxsize=8)
def collision_tables(gas: Gas) -> CollisionTables:
    """Tabulate every process of `gas` on energies from 30 eV to 110 keV."""
    energy = energies_eV()
    by_molecule = [_processes(molecule, density, energy) for molecule, density in gas.molecules()]
    shares = np.array([_stopping(processes)[FAST] for processes in by_molecule])
    pairs_per_eV = shares / shares.sum() @ [1 / molecule.w_eV for molecule, _ in gas.molecules()]
    processes = [process for processes in by_molecule for process in processes]
    at_10_keV = int(np.searchsorted(energy, 10e3))
    processes.sort(key=lambda process: -process.rate[at_10_keV])

    rates = np.stack([process.rate for process in processes], axis=1)
    cumulative = np.cumsum(rates, axis=1)
    total = cumulative[:, -1]
    # The last sum becomes exactly 1, so a last process with zero rate is never chosen.
    cumulative = cumulative / total[:, None]
    stopping = _stopping(processes)
    below = energy[0] / stopping[0]  # assumes a constant stopping power below the table
    range_cm = below + integrate.cumulative_trapezoid(1 / stopping, energy, initial=0)
    return CollisionTables(
        mean_free_path_um=1e4 / total,
        ps_per_um=1 / (xs.LIGHT_UM_PER_PS * np.sqrt(xs.beta_squared(energy))),
        four_k_squared=4 * xs.wave_number_squared(energy),
        beta_squared=xs.beta_squared(energy),
        csda_range_um=1e4 * range_cm,
        cumulative=cumulative,
        eta=np.stack([process.eta for process in processes], axis=1),
        sharing_limit=np.stack([process.sharing_limit for process in processes], axis=1),
        kind=np.array([process.kind for process in processes]),
        loss_eV=np.array([process.loss_eV for process in processes]),
        sharing_eV=np.array([process.sharing_eV for process in processes]),
        auger_eV=np.array([process.core.auger_eV for process in processes]),
        fluorescence=np.array([process.core.fluorescence for process in processes]),
        photon_eV=np.array([process.core.photon_eV for process in processes]),
        photon_range_um=np.array([_photon_range_um(gas, p.core.photon_eV) for p in processes]),
        amplitude=np.array([process.amplitude for process in processes]),
        alpha_squared=np.array([process.alpha for process in processes]) ** 2,
        ionisation_eV=min(molecule.ions[0][0] for molecule, _ in gas.molecules()),
        slow_pair_eV=SLOW_PAIR_FACTOR / float(pairs_per_eV),
    )


def _processes(molecule: Molecule, density: float, energy: Floats) -> list[_Process]:
    processes = []
    for atom, count in molecule.atoms:
        total, _ = xs.elastic_moments(atom, energy)
        eta = min(atom.alphas) ** 2 / (4 * xs.wave_number_squared(energy))
        rate = density * count * total
        processes.append(_Process(ELASTIC, rate, eta, amplitude=atom.amplitudes, alpha=atom.alphas))
    # Inelastic collisions deflect like elastic ones; see `transport`.
    eta = xs.screening(molecule, energy)
    # A row is used for energies down to the row below, which must all exceed the energy loss.
    lowest = energy * (energy[0] / energy[1])
    valence = xs.valence_ionisation(molecule, energy)
    channels = [(loss, NO_CORE, fraction * valence) for loss, fraction in molecule.ions]
    channels += [(shell.binding_eV, shell, xs.rbeb(shell, energy)) for shell in molecule.core]
    for loss, shell, section in channels:
        mean_secondary = xs.mean_secondary(loss, molecule.sharing_eV, energy)
        processes.append(
            _Process(
                IONISATION,
                density * np.where(lowest > loss, section, 0.0),
                eta,
                loss_eV=loss,
                sharing_eV=molecule.sharing_eV,
                sharing_limit=xs.sharing_limit(loss, molecule.sharing_eV, energy),
                mean_loss_eV=loss + mean_secondary,
                core=shell,
            )
        )
    for state in molecule.excitations:
        section = xs.excitation(state, molecule.ions[0][0], energy)
        processes.append(
            _Process(
                EXCITATION,
                density * section,
                eta,
                loss_eV=state.energy_eV,
                mean_loss_eV=np.full(ENERGIES, state.energy_eV),
            )
        )
    return processes


def _stopping(processes: list[_Process]) -> Floats:
    """Energy lost per path length [eV/cm]."""
    return np.sum([process.rate * process.mean_loss_eV for process in processes], axis=0)


def _photon_range_um(gas: Gas, photon_eV: float) -> float:
    """Mean free path [um] of a photon that an atom of the gas emits; 0 if there is no photon."""
    if photon_eV == 0:
        return 0.0
    per_cm = sum(
        density * dict(molecule.absorption)[photon_eV] for molecule, density in gas.molecules()
    )
    return 1e4 / per_cm
