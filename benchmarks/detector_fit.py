"""Errors and chi-squared of `detector_fit` over many sets of simulated events.

Electrons of 50 keV in 70 % He : 30 % CO2 behind the response `hidden` of config/detector.yaml.
Parts:

pulls  --sets sets of 400 events: spread of the fitted values over the quoted error, and p-values
wrong  1,000 events each of detectors that the response cannot describe: 5 % of the electrons lost,
       kinematic tracks, a diffusion that grows with the drift, gains of pixels with an rms of 10 %

One thread. Usage: python benchmarks/detector_fit.py [--part PART] [--sets N] [--simulated N]
    [--seed N of the simulated tracks].
"""

import time

import numpy as np
import pandas as pd
from machine import describe_machine
from options import parsed
from tracks import simulated

from pipeline.gas.config.response import Response
from pipeline.gas.config.voxels import Grid
from pipeline.gas.response.fit import fit_response
from pipeline.gas.response.model import Model, Sample
from pipeline.gas.tracks.table import TrackBatch
from pipeline.study import read_config

ENERGY_KEV, GRID = 50.0, Grid()
RANGES = read_config("config/detector.yaml").paths["gas"].block.detector_fit.parameters
TRUE, START = (300.0, 240.0, 0.7, 1.2), (280.0, 260.0, 0.6, 1.1)
SET_EVENTS, WRONG_EVENTS = 400, 1000
# Detectors of which the fit does not know something.
LOSS = {"drift_cm": 1, "attachment_per_cm": 0.0513}
GROWING = {
    "drift_cm": {"low": 0.5, "high": 12},
    "diffusion": {"transverse": 120, "longitudinal": 96},
}
WRONG: dict[str, tuple[str, dict[str, object]]] = {
    "nothing": ("degrad", {}),
    "5 % of the electrons lost": ("degrad", LOSS),
    "kinematic tracks": ("kinematic", {}),
    "diffusion grows with the drift": ("degrad", GROWING),
    "gains of pixels, rms 10 %": ("degrad", {"gain": {"relative_rms": 0.7, "pixel_spread": 0.1}}),
}


def main() -> None:
    """Print a table for each part."""
    arguments = parsed(__doc__, part="all", sets=20, simulated=4000, seed=0)
    print(describe_machine())
    truth, start = (Response().replaced(dict(zip(RANGES, v, strict=True))) for v in (TRUE, START))
    tracks = simulated(arguments.simulated, ENERGY_KEV, "simulated", arguments.seed)
    model = Model(tracks, start, GRID, seed=1)
    for part in ("pulls", "wrong") if arguments.part == "all" else [arguments.part]:
        began = time.process_time()
        if part == "pulls":
            pulls(model, truth, arguments.sets)
        else:
            wrong(model, truth)
        print(f"{part}: {time.process_time() - began:.0f} s of CPU time", flush=True)


def pulls(model: Model, truth: Response, sets: int) -> None:
    """Print the spread of the fitted values over the mean quoted error, by parameter."""
    values, errors, p = [], [], []
    for number in range(sets):
        tracks = simulated(2 * SET_EVENTS, ENERGY_KEV, "data", number)
        data = measured(tracks, truth, SET_EVENTS, 2 + number)
        fit = fit_response(data, model, RANGES)
        values.append(fit.values)
        errors.append(fit.errors)
        p.append(fit.p_value)
    found, quoted = np.array(values), np.array(errors).mean(axis=0)
    table = pd.DataFrame(
        {
            "true": TRUE,
            "mean": found.mean(axis=0),
            "spread": found.std(axis=0, ddof=1),
            "quoted": quoted,
            "ratio": found.std(axis=0, ddof=1) / quoted,
        },
        list(RANGES),
    )
    print(table.to_string(float_format="{:.4g}".format))
    print(f"p-values of the chi-squared: least {min(p):.3g}, median {np.median(p):.3g}")


def wrong(model: Model, truth: Response) -> None:
    """Print the chi-squared of events of detectors that are another one than the response."""
    rows = []
    for name, (deflection, keys) in WRONG.items():
        response = Response.model_validate({**truth.plain(), **keys})
        tracks = simulated(2 * WRONG_EVENTS, ENERGY_KEV, "wrong", 0, deflection=deflection)
        fit = fit_response(measured(tracks, response, WRONG_EVENTS, 2), model, RANGES)
        row = dict(zip(("sigma_T", "sigma_L", "gain rms", "threshold"), fit.values, strict=True))
        rows.append({"detector": name, **row, "chi2 of 10": fit.chi2, "p": fit.p_value})
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.4g}".format))


def measured(tracks: list[TrackBatch], response: Response, events: int, seed: int) -> Sample:
    """Summaries of the first so many events of these tracks behind a response."""
    sample = Model(tracks, response, GRID, seed).sample({})
    return Sample(sample.values[:events], sample.energy_keV[:events])


if __name__ == "__main__":
    main()
