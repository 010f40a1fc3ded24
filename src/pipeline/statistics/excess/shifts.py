"""How far a wrong response moves the significances of a search that does not know of it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.statistics.excess.config import Wimp
from pipeline.statistics.excess.moments import event_gains, spread
from pipeline.statistics.excess.samples import Samples

Array = NDArray[np.float64]


def shifts(
    samples: Samples, wimp: Wimp, exposure_t_yr: float, ratios: Mapping[tuple[str, float], Array]
) -> pd.DataFrame:
    """Shift of the significance of each test if simulated events stood for more or fewer.

    Columns source, change, test, shift and shift_err (of background alone: a spurious excess where
    it is positive), signal_shift and signal_shift_err (of the experiment with the WIMP), exposure
    and WIMP. The search has the densities and rates of `samples`, and fits their response where it
    is uncertain. A significance is that of moments: the mean change of a sum of gains over its
    spread without signal in the simulated response, see `moments`. Errors come from the number of
    simulated events.

    Args:
        samples: simulated scores.
        wimp: the model of the likelihood ratio and of the signal.
        exposure_t_yr: exposure [t yr].
        ratios: weights over those of `samples`, by source and relative change, (events,), by number
            of the event.
    """
    background, signal = samples.background, samples.signals[wimp.mass_GeV]
    s = exposure_t_yr * wimp.cross_section_cm2 * signal.expected
    of_background, of_signal = event_gains(samples, wimp, exposure_t_yr)
    components, own = exposure_t_yr * background.components, exposure_t_yr * background.weight
    events = 1 + max(background.event.max(), signal.event.max())
    rows = []
    for test, gain in of_background.items():
        width = float(spread(gain[:, None], components, own, samples)[0])
        added = np.bincount(background.event, own * gain, events) / width
        expected = s / signal.expected * signal.weight
        with_signal = added + np.bincount(signal.event, expected * of_signal[test], events) / width
        for (source, change), ratio in ratios.items():
            moved = (ratio[:events] - 1) * np.array([added, with_signal])
            (shift, signal_shift), (error, signal_error) = (
                moved.sum(axis=1),
                np.sqrt((moved**2).sum(axis=1)),
            )
            rows.append(
                {"source": source, "change": change, "test": test}
                | {"shift": shift, "shift_err": error}
                | {"signal_shift": signal_shift, "signal_shift_err": signal_error}
                | {"exposure_t_yr": exposure_t_yr, **wimp.plain()}
            )
    return pd.DataFrame(rows).sort_values(["source", "change", "test"], ignore_index=True)
