"""Made-up prediction tables: true directions along +z, predicted directions around them."""

import numpy as np
import pandas as pd

from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    TRUE,
    completed,
    with_density,
)


def around_z(
    cosine,
    kappa=np.nan,
    energy_keV=40.0,
    sigma_um=443.0,
    electrons=1000.0,
    occupied_voxels=400.0,
) -> pd.DataFrame:
    """A prediction table with these cosines [n] to the true direction; NaN: event omitted."""
    columns = {
        "energy_keV": energy_keV,
        "sigma_um": sigma_um,
        "electrons": electrons,
        "occupied_voxels": occupied_voxels,
        "true_x": 0.0,
        "true_y": 0.0,
        "true_z": 1.0,
        "pred_x": np.sqrt(1 - cosine**2),
        "pred_y": 0.0,
        "pred_z": cosine,
        "kappa": kappa,
    }
    frame = pd.DataFrame(columns, index=range(len(cosine))).astype(np.float32)
    frame = frame.assign(source="made", event_id=np.arange(len(cosine)))
    return completed(frame if np.isnan(kappa).all() else stated(frame, frame["kappa"]))


def stated(predictions, kappa) -> pd.DataFrame:
    """The same directions with another kappa [n]."""
    direction = predictions[PREDICTED].to_numpy("float64")
    return with_density(predictions, Density.single(direction, np.asarray(kappa, "float64")))


def mixtures(events: int, rng: np.random.Generator) -> Density:
    """Densities about random directions: a core, its antipode, and a broad part off its axis."""
    core, aside = rng.standard_normal((2, events, 3))
    core /= np.linalg.norm(core, axis=1, keepdims=True)
    broad = core + 0.3 * aside / np.linalg.norm(aside, axis=1, keepdims=True)
    broad /= np.linalg.norm(broad, axis=1, keepdims=True)
    kappa = spread_kappas(events, least=2.0)[:, None] * [1.0, 0.6, 0.2]
    weight = rng.dirichlet([8.0, 0.6, 2.0], events)
    return Density(np.stack([core, -core, broad], axis=1), kappa, weight)


def drawn(density: Density, rng: np.random.Generator) -> np.ndarray:
    """A direction [n, 3] from each density."""
    n = len(density)
    chosen = (rng.uniform(size=(n, 1)) > np.cumsum(density.weight, axis=1)).sum(1)
    chosen = np.minimum(chosen, density.components - 1)
    pole = density.direction[np.arange(n), chosen]
    cosine = scattered_cosines(density.kappa[np.arange(n), chosen], rng)
    across = rng.standard_normal((n, 3))
    across -= (across * pole).sum(1, keepdims=True) * pole
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    return cosine[:, None] * pole + np.sqrt(1 - cosine**2)[:, None] * across


def of_mixtures(said: Density, true: np.ndarray, **columns) -> pd.DataFrame:
    """A prediction table of these densities for true directions [n, 3]."""
    n = len(said)
    events = {"source": "made", "event_id": np.arange(n), "energy_keV": 40.0, "sigma_um": 443.0}
    frame = pd.DataFrame(
        {
            **events,
            "electrons": 1000.0,
            "occupied_voxels": 400,
            **dict(zip(TRUE, true.astype(np.float32).T, strict=True)),
            **columns,
        }
    )
    return completed(with_density(frame, said))


def scattered_cosines(kappa, rng: np.random.Generator) -> np.ndarray:
    """Draw cosines [n] from von Mises-Fisher distributions with `kappa` [n].

    Inverse of the distribution function (Mardia & Jupp 2000, section 9.3.2).
    """
    u = rng.uniform(size=len(kappa))
    return 1 + np.log(u + (1 - u) * np.exp(-2 * kappa)) / kappa


def scattered(true_kappa, claimed_kappa, rng: np.random.Generator, **columns) -> pd.DataFrame:
    """Predictions that scatter with `true_kappa` [n] but state `claimed_kappa` [n]."""
    return around_z(scattered_cosines(true_kappa, rng), claimed_kappa, **columns)


def spread_kappas(events: int, least: float) -> np.ndarray:
    """Kappas of the usual size and spread."""
    return np.random.default_rng(1).gamma(4.0, 5.0, events) + least
