"""S1: number of detected photons and their times."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.xenon.config.detector import Detector, NestTimes
from pipeline.xenon.response.quanta import NR

# NEST's work function. At lower energies the recombination time is that at this energy, almost 0.
_LEAST_KEV = 0.0137
# Scale of the delay in nuclear recoils. NEST in nestpy 2.1.3 delays the photons from excitons, not
# those from recombination.
_NR_EXCITON_NS = 0.5


class Light(NamedTuple):
    """Constants of S1; times in ns."""

    g1: float
    collection: NDArray[np.float64]
    height_cm: float
    field: float
    singlet: float
    triplet: tuple[float, float]  # of ER, NR
    singlet_share: tuple[float, float]  # of ER, NR
    longest: float  # recombination time; 0 without a delay by recombination
    direct: float
    transport: float
    spread: float
    bin_ns: float
    photons: int
    window: float


def light_constants(detector: Detector) -> Light:
    """Constants of S1 from the config block of a detector."""
    s1, times = detector.s1, detector.s1.times
    if isinstance(times, NestTimes):
        singlet, triplet = times.singlet_ns, (times.er_triplet_ns, times.nr_triplet_ns)
        ratios = times.er_singlets_per_triplet, times.nr_singlets_per_triplet
        longest = times.max_recombination_ns
    else:
        singlet, triplet, ratios, longest = times.decay_ns, (times.decay_ns,) * 2, (0.0, 0.0), 0.0
    return Light(
        g1=s1.g1,
        collection=np.array(s1.collection, np.float64),
        height_cm=detector.geometry.height_cm,
        field=detector.liquid.field_V_per_cm,
        singlet=singlet,
        triplet=triplet,
        singlet_share=(ratios[0] / (1 + ratios[0]), ratios[1] / (1 + ratios[1])),
        longest=longest,
        direct=s1.direct_fraction,
        transport=s1.transport_ns,
        spread=detector.pmts.transit_spread_ns,
        bin_ns=detector.waveforms.bin_ns,
        photons=detector.trigger.photons,
        window=detector.trigger.window_ns,
    )


def light_collection(detector: Detector, depth_cm: NDArray[np.float32]) -> NDArray[np.float64]:
    """Light collection (n,) at depths (n,) relative to g1, as `collection_share`."""
    height = 1 - depth_cm.astype(np.float64) / detector.geometry.height_cm
    return np.asarray(np.polynomial.Polynomial(detector.s1.collection)(height), np.float64)


@njit(cache=True, error_model="numpy")
def collection_share(light, depth_cm):  # type: ignore[no-untyped-def]
    """Light collection at a depth relative to g1, a polynomial in the height."""
    height = 1 - depth_cm / light.height_cm
    share = 0.0
    for power in range(len(light.collection) - 1, -1, -1):
        share = share * height + light.collection[power]
    return share


@njit(cache=True, error_model="numpy")
def fill_emission_times(rng, light, recoil, energy_keV, exciton_share, times):  # type: ignore[no-untyped-def]
    """Fill `times` [n] with emission times [ns] of photons after the recoil.

    This is NEST's `PhotonTime` for liquid xenon: the decay of a singlet or triplet state. In ER,
    photons from recombination are delayed by the recombination time t, which has the probability
    density tau / (t + tau)^2 with tau = exp(-0.009 F) (7.3138 + 3.8431 log10 E) ns at F V/cm and
    E keV, cut off at `longest`.
    """
    if recoil == NR:
        delayed, tau = exciton_share, _NR_EXCITON_NS
    else:
        rise = 7.3138 + 3.8431 * math.log10(min(max(energy_keV, _LEAST_KEV), 1e3))
        delayed, tau = 1 - exciton_share, max(math.exp(-0.009 * light.field) * rise, 0.0)
    least = tau / (tau + light.longest) if tau > 0 else 1.0
    singlets, triplet = light.singlet_share[recoil], light.triplet[recoil]
    for i in range(len(times)):
        times[i] = 0.0
        if rng.random() < delayed:
            times[i] = tau * (1 / (1 - (1 - least) * rng.random()) - 1)
        decay = light.singlet if rng.random() < singlets else triplet
        times[i] += decay * rng.standard_exponential()


@njit(cache=True, error_model="numpy")
def detect_light(  # type: ignore[no-untyped-def]
    rng, light, recoil, energy_keV, photons, exciton_share, depth_cm, waveform
):
    """Fill the S1 `waveform` [bins] of an event with detected photons.

    Returns the number of photons and whether any `light.photons` of them lie within the
    coincidence window of the trigger. The waveform starts at the first photon; photons after its
    end are lost.
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
