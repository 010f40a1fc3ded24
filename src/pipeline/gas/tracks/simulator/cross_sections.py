"""Cross sections of electrons in gases, on arrays of kinetic energy.

Kinetic energies are in eV, cross sections in cm^2, stopping powers per molecule in eV cm^2.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from pipeline.gas.tracks.simulator.gas import Atom, Excitation, Molecule, Shell

Array = NDArray[np.float64]

ALPHA = constants.alpha
BOHR_CM = constants.value("Bohr radius") * 100
RYDBERG_EV = constants.value("Rydberg constant times hc in eV")
ELECTRON_EV = constants.value("electron mass energy equivalent in MeV") * 1e6
LIGHT_UM_PER_PS = constants.c * 1e6 * 1e-12
BETHE_CM2 = 4 * np.pi * BOHR_CM**2 * ALPHA**2  # 1.874e-20 cm^2

SHARING_POWER = 1 / 1.05
# Below this energy the Bethe asymptote crosses the true ionisation cross section a second time.
BETHE_FROM_EV = 500.0

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)


def beta_squared(energy_eV: Array) -> Array:
    """(v/c)^2 of an electron of kinetic energy T."""
    tau = energy_eV / ELECTRON_EV
    return tau * (tau + 2) / (tau + 1) ** 2


def wave_number_squared(energy_eV: Array) -> Array:
    """Squared electron wave number [1/a0^2], (p / alpha m c)^2."""
    tau = energy_eV / ELECTRON_EV
    return tau * (tau + 2) / ALPHA**2


def elastic_density(atom: Atom, energy_eV: Array, mu: Array) -> Array:
    """dsigma/dmu [cm^2] of elastic scattering by an atom, mu = (1 - cos theta)/2.

    First Born approximation in the field of Salvat et al. 1987 with the Mott spin factor:
    4 pi a0^2 [2 Z (tau+1) sum_i A_i/(q^2 + alpha_i^2)]^2 (1 - beta^2 mu), q^2 = 4 k^2 mu.
    """
    tau = energy_eV / ELECTRON_EV
    q_squared = 4 * wave_number_squared(energy_eV) * mu
    (a1, a2), (alpha1, alpha2) = atom.amplitudes, atom.alphas
    field = a1 / (q_squared + alpha1**2) + a2 / (q_squared + alpha2**2)
    amplitude = 2 * atom.z * (tau + 1) * field
    return 4 * np.pi * BOHR_CM**2 * amplitude**2 * (1 - beta_squared(energy_eV) * mu)


def elastic_moments(atom: Atom, energy_eV: Array) -> tuple[Array, Array]:
    """Total and momentum-transfer elastic cross sections [cm^2] of an atom.

    Integrals of `elastic_density` and of 2 mu times it over mu in 0..1, by Gauss-Legendre in
    ln(mu + eta), the variable in which the screened forward peak is smooth.
    """
    energy = np.asarray(energy_eV, dtype=float)[..., None]
    eta = min(atom.alphas) ** 2 / (4 * wave_number_squared(energy))
    low, high = np.log(eta), np.log(1 + eta)
    shifted = np.exp(low + (high - low) * (_NODES + 1) / 2)
    mu = shifted - eta
    measure = elastic_density(atom, energy, mu) * shifted * _WEIGHTS * (high - low) / 2
    return np.sum(measure, axis=-1), np.sum(2 * mu * measure, axis=-1)


def screening(molecule: Molecule, energy_eV: Array) -> Array:
    """Wentzel screening eta that represents the elastic scattering of a molecule.

    If mu = eta r / (1 + eta - r) with r uniform in 0..1, the mean of 2 mu is
    2 eta [(1 + eta) ln(1 + 1/eta) - 1]. eta is chosen so that this equals the ratio of
    momentum-transfer to total elastic cross section, as in Okhrimovskyy, Bogaerts & Gijbels, Phys.
    Rev. E 65 (2002) 037402. The result agrees with Degrad's evaluated screening of He and CO2
    within 8 % above 2 keV, and within 35 % down to 200 eV, where the Born approximation fails.
    """
    moments = [(count, elastic_moments(atom, energy_eV)) for atom, count in molecule.atoms]
    total = sum(count * moment[0] for count, moment in moments)
    transfer = sum(count * moment[1] for count, moment in moments)
    ln_eta = np.linspace(-20, 5, 5001)
    eta = np.exp(ln_eta)
    ln_mean = np.log(2 * eta * ((1 + eta) * np.log1p(1 / eta) - 1))
    return np.exp(np.interp(np.log(transfer / total), ln_mean, ln_eta))


def rbeb(shell: Shell, energy_eV: Array) -> Array:
    """Relativistic binary-encounter-Bethe ionisation cross section [cm^2] of a shell.

    Kim, Santos & Parente, Phys. Rev. A 62 (2000) 052710, with t = T/B, b' = B/mc^2, t' = T/mc^2:
    4 pi a0^2 alpha^4 N / [(beta_t^2 + beta_u^2 + beta_b^2) 2 b'] times
    L/2 (1 - 1/t^2) + 1 - 1/t - ln t/(t+1) (1 + 2t')/(1 + t'/2)^2 + b'^2/(1 + t'/2)^2 (t-1)/2,
    L = ln(beta_t^2/(1-beta_t^2)) - beta_t^2 - ln 2b'. Near threshold, where the relativistic
    bracket L is negative, the ln t of the non-relativistic model replaces it.

    For core shells the result is the mean of RBEB and of its Born limit (without beta_u^2 +
    beta_b^2). RBEB alone is 25-50 % below the evaluated carbon K-shell cross section in Degrad at
    0.3-1 keV; the mean agrees with it within 5 % from 0.3 to 60 keV.
    """
    t = np.maximum(energy_eV / shell.binding_eV, 1.0)
    tau = energy_eV / ELECTRON_EV
    b = shell.binding_eV / ELECTRON_EV
    beta2 = beta_squared(energy_eV)
    shift = beta_squared(np.array([shell.kinetic_eV, shell.binding_eV])).sum()
    acceleration = 1 / (beta2 + shift)
    if shell.auger_eV:
        acceleration = (acceleration + 1 / beta2) / 2
    bracket = np.log(beta2 / (1 - beta2)) - beta2 - np.log(2 * b)
    dipole = np.where(bracket > 0, bracket, np.log(t))
    close = 1 - 1 / t - np.log(t) / (t + 1) * (1 + 2 * tau) / (1 + tau / 2) ** 2
    close = close + (b / (1 + tau / 2)) ** 2 * (t - 1) / 2
    prefactor = 4 * np.pi * BOHR_CM**2 * ALPHA**4 * shell.electrons / (2 * b)
    return prefactor * acceleration * (dipole / 2 * (1 - 1 / t**2) + close)


def valence_ionisation(molecule: Molecule, energy_eV: Array) -> Array:
    """Cross section [cm^2] for ionising a molecule's valence shells.

    RBEB at low energy. At high energy, where it is smaller (from about 1 keV), the Bethe asymptote
    with measured constants, 4 pi a0^2 alpha^2/beta^2 {M^2 [ln(beta^2/(1-beta^2)) - beta^2] + C}
    (Rieke & Prepejchal 1972).
    """
    beta2 = beta_squared(energy_eV)
    dipole, constant = molecule.bethe
    bethe = dipole * (np.log(beta2 / (1 - beta2)) - beta2) + constant
    binary = sum((rbeb(shell, energy_eV) for shell in molecule.valence), np.float64(0))
    asymptote = np.where(energy_eV > BETHE_FROM_EV, BETHE_CM2 / beta2 * bethe, np.inf)
    return np.minimum(binary, asymptote)


def excitation(state: Excitation, ionisation_eV: float, energy_eV: Array) -> Array:
    """Bethe cross section [cm^2] for exciting optically allowed states, BEF-scaled.

    4 pi a0^2 alpha^2/beta^2 (R f/E) [ln(mc^2 beta^2/(2 E (1-beta^2))) - beta^2] T/(T + E + I), with
    f the oscillator strength, E the energy loss, R the Rydberg energy and I the ionisation energy:
    Inokuti, Rev. Mod. Phys. 43 (1971) 297, scaled as in Kim, Phys. Rev. A 64 (2001) 032713.
    """
    beta2 = beta_squared(energy_eV)
    loss = state.energy_eV
    logarithm = np.log(ELECTRON_EV * beta2 / (2 * loss * (1 - beta2))) - beta2
    scaling = energy_eV / (energy_eV + loss + ionisation_eV)
    strength = state.strength * np.sqrt(np.minimum(1, state.falls_above_eV / energy_eV))
    return BETHE_CM2 / beta2 * RYDBERG_EV * strength / loss * np.maximum(logarithm, 0) * scaling


def sharing_limit(binding_eV: float, width_eV: float, energy_eV: Array) -> Array:
    """atan of the largest secondary energy, (T - B)/2, in widths; see `mean_secondary`."""
    return np.arctan(np.maximum(energy_eV - binding_eV, 0) / (2 * width_eV))


def mean_secondary(binding_eV: float, width_eV: float, energy_eV: Array) -> Array:
    """Mean energy [eV] of the slower electron after an ionisation.

    Opal, Peterson & Beaty, J. Chem. Phys. 55 (1971) 4100: a spectrum 1/(1 + (E/w)^2.1), sampled as
    in Degrad: E = w tan(r theta)^(1/1.05), r uniform in 0..1, theta = `sharing_limit`. The integral
    of x^(1/1.05)/(1+x^2) is computed with the trapezoidal rule in ln x.
    """
    theta = sharing_limit(binding_eV, width_eV, energy_eV)
    ln_x = np.log(np.maximum(np.tan(theta), 1e-9))[..., None] + np.linspace(-30, 0, 1501)
    integrand = np.exp((1 + SHARING_POWER) * ln_x) / (1 + np.exp(2 * ln_x))
    integral = np.trapezoid(integrand, ln_x, axis=-1)
    return width_eV * integral / np.maximum(theta, 1e-9)
