"""S2: drift and extraction of electrons, and the times at which their light is detected."""

import math
from typing import NamedTuple

from numba import njit

from pipeline.xenon.config.detector import Detector


class Charge(NamedTuple):
    """Constants of S2; times in us."""

    velocity_cm: float  # cm/us
    longitudinal: float  # cm2/us
    transverse: float  # cm2/us
    lifetime: float
    extraction: float
    gain: float
    extra_variance: float  # of the gain per electron, beyond the Poisson variance
    trapping: float
    bin_us: float
    before: float
    gap_bins: int
    singlet_share: float
    singlet_decay: float  # remaining share after one bin
    triplet_decay: float


def charge_constants(detector: Detector) -> Charge:
    """Constants of S2 from the config block of a detector."""
    drift, s2, waveforms = detector.drift, detector.s2, detector.waveforms
    bin_us = waveforms.bin_ns / 1e3
    return Charge(
        velocity_cm=drift.velocity_mm_per_us / 10,
        longitudinal=drift.longitudinal_cm2_per_s / 1e6,
        transverse=drift.transverse_cm2_per_s / 1e6,
        lifetime=drift.lifetime_us,
        extraction=s2.extraction,
        gain=s2.photons_per_electron,
        extra_variance=(s2.fano - 1) * s2.photons_per_electron,
        trapping=s2.trapping_us,
        bin_us=bin_us,
        before=waveforms.s2_before_us,
        gap_bins=max(round(s2.luminescence_us / bin_us), 1),
        singlet_share=s2.gas_singlet_fraction,
        singlet_decay=_left_after(waveforms.bin_ns, s2.gas_singlet_ns),
        triplet_decay=_left_after(waveforms.bin_ns, s2.gas_triplet_ns),
    )


def _left_after(time: float, decay_time: float) -> float:
    return math.exp(-time / decay_time) if decay_time > 0 else 0.0


@njit(cache=True, error_model="numpy")
def extract(rng, charge, electrons, drift_us):  # type: ignore[no-untyped-def]
    """Draw how many of the `electrons` leave the liquid after the drift time `drift_us`."""
    survival = math.exp(-drift_us / charge.lifetime)
    return rng.binomial(electrons, survival * charge.extraction)


@njit(cache=True, error_model="numpy")
def luminesce(rng, charge, extracted, drift_us, light, waveform):  # type: ignore[no-untyped-def]
    """Fill the S2 `waveform` [bins] of an event with detected photons; return their number.

    Electrons arrive around the drift time, spread by diffusion and delayed by trapping. The gain
    of the electrons in a bin is normal. The light is spread uniformly over the time in which the
    electrons cross the gas, and then by the decays of the singlet and triplet states. The number
    of photons detected in a bin is a Poisson number. Light outside the window is lost. `light`
    [bins] is workspace.
    """
    bins = len(waveform)
    light[:] = 0
    spread = math.sqrt(2 * charge.longitudinal * drift_us) / charge.velocity_cm
    for _ in range(extracted):
        late = spread * rng.standard_normal() + charge.trapping * rng.standard_exponential()
        bin_ = math.floor((late + charge.before) / charge.bin_us)
        if 0 <= bin_ < bins:
            light[bin_] += 1
    for bin_ in range(bins):
        if light[bin_] > 0:
            noise = math.sqrt(light[bin_] * charge.extra_variance) * rng.standard_normal()
            light[bin_] = max(charge.gain * light[bin_] + noise, 0.0)
    # From the last bin backwards, because the sum over a crossing time needs the original light
    # of earlier bins.
    crossing = light[max(bins - charge.gap_bins, 0) :].sum()
    for bin_ in range(bins - 1, -1, -1):
        leaves, enters = light[bin_], bin_ - charge.gap_bins
        light[bin_] = crossing / charge.gap_bins
        crossing += (light[enters] if enters >= 0 else 0.0) - leaves
    total, singlets, triplets = 0, 0.0, 0.0
    s, t = charge.singlet_decay, charge.triplet_decay
    for bin_ in range(bins):
        singlets = s * singlets + (1 - s) * charge.singlet_share * light[bin_]
        triplets = t * triplets + (1 - t) * (1 - charge.singlet_share) * light[bin_]
        waveform[bin_] = rng.poisson(max(singlets + triplets, 0.0))
        total += waveform[bin_]
    return total
