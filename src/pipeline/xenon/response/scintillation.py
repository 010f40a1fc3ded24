"""S1: how many photons the PMTs detect, and when."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.config.xenon.detector import Detector, NestTimes
from pipeline.xenon.response.quanta import NR

_LEAST_KEV = 0.0137  # NEST's work function: below, its times are those of a gas


class Light(NamedTuple):
    """The constants of S1, times in ns."""

    g1: float
    collection: NDArray[np.float64]
    height_cm: float
    field: float
    nest: bool
    singlet: float  # of the one decay if not NEST's
    triplet: float
    longest: float
    direct: float
    transport: float
    spread: float
    bin_ns: float
    photons: int
    window: float


def light_constants(detector: Detector) -> Light:
    """The constants of S1 from a detector's block."""
    s1, times = detector.s1, detector.s1.times
    nest = isinstance(times, NestTimes)
    return Light(
        g1=s1.g1,
        collection=np.array(s1.collection, np.float64),
        height_cm=detector.geometry.height_cm,
        field=detector.liquid.field_V_per_cm,
        nest=nest,
        singlet=times.singlet_ns if isinstance(times, NestTimes) else times.decay_ns,
        triplet=times.triplet_ns if isinstance(times, NestTimes) else times.decay_ns,
        longest=times.max_recombination_ns if isinstance(times, NestTimes) else 0.0,
        direct=s1.direct_fraction,
        transport=s1.transport_ns,
        spread=detector.pmts.transit_spread_ns,
        bin_ns=detector.waveforms.bin_ns,
        photons=detector.trigger.photons,
        window=detector.trigger.window_ns,
    )


@njit(cache=True, error_model="numpy")
def collection_share(light, depth_cm):  # type: ignore[no-untyped-def]
    """Light collection at a depth relative to g1, a polynomial of the height."""
    height = 1 - depth_cm / light.height_cm
    share = 0.0
    for power in range(len(light.collection) - 1, -1, -1):
        share = share * height + light.collection[power]
    return share


@njit(cache=True, error_model="numpy")
def fill_emission_times(rng, light, recoil, energy_keV, exciton_share, times):  # type: ignore[no-untyped-def]
    """Fill `times` [n] with emission times [ns] of photons after the recoil.

    NEST's `PhotonTime` for liquid xenon, whose recombination time t has the probability density
    tau / (t + tau)^2; here it ends at `light.longest`.
    """
    if not light.nest:
        for i in range(len(times)):
            times[i] = light.singlet * rng.standard_exponential()
        return
    energy = max(energy_keV, _LEAST_KEV)
    nuclear = recoil == NR
    if nuclear:
        power = 0.21 - 0.0001 * light.field
        ratio = power * energy**power
        recombination, share, direct_ratio = 0.0, 1.0, ratio
    else:
        energy = min(energy, 1e3)
        rise = 7.3138 + 3.8431 * math.log10(energy)
        recombination = max(math.exp(-0.009 * light.field) * rise, 3.5)
        ratio = energy ** (-0.45 + 0.0005 * min(light.field, 800.0))
        share, direct_ratio = exciton_share, 0.2 * energy ** (-0.45 + 0.0005 * light.field)
    least = recombination / (recombination + light.longest)
    for i in range(len(times)):
        time, of_singlets = 0.0, direct_ratio
        if rng.random() >= share:
            time = recombination * (1 / (least + (1 - least) * (1 - rng.random())) - 1)
            of_singlets = ratio
        if rng.random() * (1 + of_singlets) < of_singlets:
            time += light.singlet * rng.standard_exponential()
        else:
            time += light.triplet * rng.standard_exponential()
        times[i] = time


@njit(cache=True, error_model="numpy")
def detect_light(  # type: ignore[no-untyped-def]
    rng, light, recoil, energy_keV, photons, exciton_share, depth_cm, waveform
):
    """Fill an event's S1 `waveform` [bins] with detected photons.

    Returns how many there are, and whether any `light.photons` of them lie within the window of
    the trigger. The waveform starts with the first photon; what comes after its end is lost.
    """
    waveform[:] = 0
    probability = light.g1 * collection_share(light, depth_cm)
    times = np.empty(rng.binomial(photons, probability))
    if len(times) == 0:
        return 0, False
    fill_emission_times(rng, light, recoil, energy_keV, exciton_share, times)
    for i in range(len(times)):
        if rng.random() >= light.direct:
            times[i] += light.transport * rng.standard_exponential()
        times[i] += light.spread * rng.standard_normal()
    times.sort()
    detected, coincident = 0, False
    for i in range(len(times)):
        bin_ = int((times[i] - times[0]) / light.bin_ns)
        if bin_ >= len(waveform):
            break
        waveform[bin_] += 1
        detected += 1
        first = i - light.photons + 1
        if first >= 0 and times[i] - times[first] <= light.window:
            coincident = True
    return detected, coincident
