"""The gas of the simulated drift volume: composition, temperature, pressure and its molecules."""

import math
from dataclasses import dataclass

from scipy import constants


@dataclass(frozen=True)
class Atom:
    """Screening of an atom's Coulomb field, phi(r) = sum_i A_i exp(-alpha_i r).

    Amplitudes (sum 1) and alphas [1/a0] are the two-term entries of table I of Salvat, Martinez,
    Mayol & Parellada, Phys. Rev. A 36 (1987) 467.
    """

    z: int
    amplitudes: tuple[float, float]
    alphas: tuple[float, float]


@dataclass(frozen=True)
class Shell:
    """An orbital of the binary-encounter-Bethe model.

    `auger_eV` is the energy of the Auger electron emitted after an ionisation (0: none). With
    probability `fluorescence`, a photon of energy `photon_eV` is emitted instead.
    """

    binding_eV: float
    kinetic_eV: float
    electrons: int
    auger_eV: float = 0.0
    fluorescence: float = 0.0
    photon_eV: float = 0.0


@dataclass(frozen=True)
class Excitation:
    """Several excited states treated as one: oscillator strength and mean energy loss.

    Above `falls_above_eV` the strength falls with the electron's energy T as T^-1/2.
    """

    strength: float
    energy_eV: float
    falls_above_eV: float = math.inf


@dataclass(frozen=True)
class Molecule:
    """Data of one gas component for the transport.

    `shells`: valence shells determine the ionisation cross section at low energy; each core shell
    (a shell with an Auger electron) is a separate process.
    `ions`: energy lost for each state of the ion and the fraction of the valence ionisations that
    lead to it.
    `bethe`: dipole strength M^2 and constant C of the ionisation cross section at high energy.
    `sharing_eV`: width of the secondary-electron spectrum.
    `w_eV`: mean energy that a fast electron spends per ion pair.
    `absorption`: energy [eV] and absorption cross section [cm^2] of the photons that atoms of the
    gas emit.
    """

    atoms: tuple[tuple[Atom, int], ...]
    shells: tuple[Shell, ...]
    ions: tuple[tuple[float, float], ...]
    bethe: tuple[float, float]
    sharing_eV: float
    excitations: tuple[Excitation, ...]
    w_eV: float
    absorption: tuple[tuple[float, float], ...]

    @property
    def valence(self) -> tuple[Shell, ...]:
        return tuple(shell for shell in self.shells if not shell.auger_eV)

    @property
    def core(self) -> tuple[Shell, ...]:
        return tuple(shell for shell in self.shells if shell.auger_eV)


HELIUM = Atom(2, (-0.2259, 1.2259), (5.5272, 2.3992))
CARBON = Atom(6, (0.1537, 0.8463), (8.0404, 1.4913))
OXYGEN = Atom(8, (0.0625, 0.9375), (14.823, 2.0403))

# Sources. Valence shells: Kim & Rudd, Phys. Rev. A 50 (1994) 3954 (He) and Hwang, Kim & Rudd, J.
# Chem. Phys. 104 (1996) 2956 (CO2; its kinetic energies agree within 6 % with the Hartree-Fock
# orbitals of the ALeCS database). Bethe constants: Rieke & Prepejchal, Phys. Rev. A 6 (1972) 1507;
# the constants of CO2 as revised in Degrad 3.4, which changes its cross section by less than 1 %
# above 10 keV. W values: ICRU Report 31 (1979). All other values are the evaluation in Degrad 3.4
# (S. F. Biagi): K edges, Auger, fluorescence and photon energies, states of the ion and their
# fractions, oscillator strengths below ionisation, the states combined near 25 eV, and the widths
# of energy sharing (the width of CO2 is from Opal, Peterson & Beaty, J. Chem. Phys. 55 (1971)
# 4100). The fluorescence yield of oxygen is adjusted to Degrad's number of clusters away from the
# track; the evaluated yield of 0.0069 gives only 57 % of them. Photon absorption: sums over the
# atoms, between the tables of Chantler (J. Phys. Chem. Ref. Data 24 (1995) 71) and of Elam, Ravel &
# Sieber (Radiat. Phys. Chem. 63 (2002) 121), which differ by up to 15 %. Exception: the absorption
# of oxygen's photons in CO2, 3.1e-19 in the tables, is adjusted to the distances of the clusters
# in Degrad.
MOLECULES: dict[str, Molecule] = {
    "He": Molecule(
        atoms=((HELIUM, 1),),
        shells=(Shell(24.587, 39.51, 2),),
        ions=((24.587, 0.995), (79.005, 0.005)),
        bethe=(0.489, 5.50),
        sharing_eV=12.0,
        excitations=(Excitation(0.424, 21.8),),
        w_eV=41.3,
        absorption=((273.0, 2.1e-20), (518.0, 3.2e-21)),
    ),
    "CO2": Molecule(
        atoms=((CARBON, 1), (OXYGEN, 2)),
        shells=(
            Shell(13.77, 64.4, 4),
            Shell(19.7, 49.9, 4),
            Shell(20.3, 74.7, 2),
            Shell(21.6, 75.7, 2),
            Shell(40.6, 79.0, 2),
            Shell(41.6, 74.9, 2),
            Shell(285.0, 436.0, 2, auger_eV=253.0, fluorescence=0.0026, photon_eV=273.0),
            Shell(532.0, 794.0, 4, auger_eV=485.0, fluorescence=0.012, photon_eV=518.0),
        ),
        ions=(
            (13.776, 0.2675),
            (17.314, 0.2607),
            (18.077, 0.1490),
            (19.07, 0.1616),
            (19.47, 0.0796),
            (27.82, 0.0745),
            (37.4, 0.0056),
            (73.0, 0.0015),
        ),
        bethe=(5.38, 57.0),
        sharing_eV=13.8,
        excitations=(Excitation(1.604, 13.2), Excitation(3.6, 25.0, falls_above_eV=60.0)),
        w_eV=33.0,
        absorption=((273.0, 3.6e-19), (518.0, 2.6e-19)),
    ),
}


@dataclass(frozen=True)
class Gas:
    """A mixture; `components` are (name, volume fraction) with fractions summing to 1.

    Raises ValueError for an unknown or repeated component, fractions that are not positive or do
    not sum to 1, and temperatures or pressures that are not positive.
    """

    components: tuple[tuple[str, float], ...]
    temperature_K: float
    pressure_torr: float

    def __post_init__(self) -> None:
        names = [name for name, _ in self.components]
        for name in names:
            if name not in MOLECULES:
                raise ValueError(
                    f"gas component {name!r} is not known to the track simulator; "
                    f"known components: {', '.join(sorted(MOLECULES))}"
                )
        if len(set(names)) != len(names):
            raise ValueError(f"gas components {names} repeat a name; give each once")
        total = math.fsum(fraction for _, fraction in self.components)
        if any(fraction <= 0 for _, fraction in self.components) or abs(total - 1) > 1e-6:
            raise ValueError(
                f"gas fractions {dict(self.components)} must be positive and sum to 1, "
                f"but they sum to {total:g}"
            )
        for key in ("temperature_K", "pressure_torr"):
            if not getattr(self, key) > 0:
                raise ValueError(f"gas {key} must be positive, got {getattr(self, key)}")

    @property
    def molecules_per_cm3(self) -> float:
        """Number density from the ideal gas law, p / (k T)."""
        pressure_Pa = self.pressure_torr * constants.torr
        return pressure_Pa / (constants.k * self.temperature_K) * 1e-6

    def molecules(self) -> list[tuple[Molecule, float]]:
        """Each molecule with its number density [1/cm^3]."""
        density = self.molecules_per_cm3
        return [(MOLECULES[name], fraction * density) for name, fraction in self.components]
