"""The simulation of emulsion clusters: speed, and its agreement with published numbers.

One thread; rates by processor time, without compilation. The mixture has, by number kept, 50 % fog,
10 % of each gamma source and of carbon of 30, 60 and 100 keV. Usage: python benchmarks/emulsion.py
[--clusters N], the clusters kept of each sample.
"""

import time
from dataclasses import dataclass

import numpy as np
from machine import describe_machine
from options import parsed

from pipeline.emulsion.clusters.crystals import pack
from pipeline.emulsion.clusters.ions import homogeneous, ion_path
from pipeline.emulsion.clusters.simulate import simulate
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.samples import Fog, Gamma, Ion, read_sample
from pipeline.emulsion.observables.measure import Observables, measure

DETECTOR = Detector()
PATHS = 300
# Lengths from SRIM [nm].
LENGTHS = {("C", 10): 42, ("C", 30): 115, ("C", 60): 220, ("C", 100): 345}
LENGTHS |= {("Br", 156): 104, ("Ag", 144): 73}
# Names of samples, their blocks and their share of the mixture.
SAMPLES = {
    "fog": ({"kind": "fog"}, 0.5),
    "Co60": ({"kind": "gamma", "source": "Co60"}, 0.1),
    "Cs137": ({"kind": "gamma", "source": "Cs137"}, 0.1),
    **{f"C{e} beam": ({"kind": "ion", "energy_keV": e, "beam": {}}, 0.1) for e in (30, 60, 100)},
    # Isotropic: from anywhere, and from where their nuclei are.
    **{
        f"{ion}{energy}{word}": (
            {"kind": "ion", "ion": ion, "energy_keV": energy, "start": start},
            0,
        )
        for ion, energy in [(i, e) for e in (20, 40) for i in "CNO"]
        + [("Br", 40), ("C", 30), ("C", 60), ("C", 100)]
        for start, word in (("beam", ""), ("recoil", " recoil"))
    },
}


@dataclass
class Measured:
    """Totals of a sample and the observables of its clusters."""

    particles: int
    clusters: int
    several: int
    kept: int
    seconds: float
    observables: list[Observables]

    def column(self, name: str) -> np.ndarray:
        """One observable of all clusters."""
        return np.concatenate([getattr(part, name) for part in self.observables])


def main() -> None:
    """Print lengths of ions, then a line for each sample, then the rate of the mixture."""
    arguments = parsed(__doc__, clusters=5000)
    print(describe_machine())
    _lengths()
    print(
        "\nsample           any  two+    kept  kept/s  shift nm: median mean 90 % 95 %  "
        "peak  mod.  area  minor px  ratio  NEWSdm"
    )
    seconds = 0.0
    for name, (block, share) in SAMPLES.items():
        found = _run(read_sample({**block, "clusters": 1}), arguments.clusters)
        _report(name, found)
        seconds += share * found.seconds / found.kept
    print(f"\nmixture: {1 / seconds:,.0f} kept clusters/s with observables")


def _lengths() -> None:
    rng = np.random.default_rng(1)
    packing = pack(DETECTOR.crystals, rng)
    for (ion, energy_keV), srim in LENGTHS.items():
        lengths = []
        for _ in range(PATHS):
            path = ion_path(homogeneous(ion), packing, energy_keV, rng)[::2]
            end = path[np.argmax(np.sum((path - path[0]) ** 2, axis=1))]
            lengths.append(np.sqrt(np.sum((path - end) ** 2, axis=1).max()))
        mean, spread = np.mean(lengths), np.std(lengths)
        print(f"{ion} {energy_keV} keV: {mean:.0f} nm, spread {spread:.0f}; SRIM {srim}")


def _run(sample: Ion | Fog | Gamma, clusters: int) -> Measured:
    batches = simulate(sample, DETECTOR, np.random.default_rng(2))
    measure(next(batches).images, DETECTOR.camera.pixel_nm)  # compiles
    found = Measured(0, 0, 0, 0, 0.0, [])
    start = time.process_time()
    while found.kept < clusters:
        batch = next(batches)
        found.observables.append(measure(batch.images, DETECTOR.camera.pixel_nm))
        found.particles += batch.particles
        found.clusters += batch.clusters
        found.several += batch.several
        found.kept += len(batch.images)
    found.seconds = time.process_time() - start
    return found


def _report(name: str, found: Measured) -> None:
    shift = found.column("shift_nm")
    names = ("peak_counts", "modulation", "area_px", "minor_sigma_nm", "axis_ratio")
    peak, modulation, area, minor, ratio = (np.nanmedian(found.column(n)) for n in names)
    minor /= np.mean(DETECTOR.camera.pixel_nm)
    print(
        f"{name:14} {found.clusters / found.particles:5.3f} {found.several / found.clusters:6.4f} "
        f"{found.kept / found.clusters:6.3f} {found.kept / found.seconds:6.0f}  "
        f"{np.median(shift):15.1f} {shift.mean():5.1f} "
        f"{np.percentile(shift, 90):4.0f} {np.percentile(shift, 95):4.0f}  {peak:6.1f} "
        f"{modulation:5.2f} {area:5.0f} {minor:8.2f} {ratio:7.2f} "
        f"{found.column('newsdm').mean():7.3f}"
    )


if __name__ == "__main__":
    main()
