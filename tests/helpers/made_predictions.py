"""Made-up prediction tables: true directions along +z, predicted directions around them."""

import numpy as np
import pandas as pd


def around_z(cosine, kappa=np.nan, energy_keV=40.0, sigma_um=443.0) -> pd.DataFrame:
    """A prediction table with these cosines [n] to the true direction; NaN: event omitted."""
    columns = {
        "energy_keV": energy_keV,
        "sigma_um": sigma_um,
        "true_x": 0.0,
        "true_y": 0.0,
        "true_z": 1.0,
        "pred_x": np.sqrt(1 - cosine**2),
        "pred_y": 0.0,
        "pred_z": cosine,
        "kappa": kappa,
    }
    frame = pd.DataFrame(columns, index=range(len(cosine))).astype(np.float32)
    return frame.assign(source="made", event_id=np.arange(len(cosine)))


def scattered_cosines(kappa, rng: np.random.Generator) -> np.ndarray:
    """Draw cosines [n] from von Mises-Fisher distributions with `kappa` [n].

    Inverse of the distribution function (Mardia & Jupp 2000, section 9.3.2).
    """
    u = rng.uniform(size=len(kappa))
    return 1 + np.log(u + (1 - u) * np.exp(-2 * kappa)) / kappa


def scattered(true_kappa, claimed_kappa, rng: np.random.Generator) -> pd.DataFrame:
    """Predictions that scatter with `true_kappa` [n] but state `claimed_kappa` [n]."""
    return around_z(scattered_cosines(true_kappa, rng), claimed_kappa)


def spread_kappas(events: int, least: float) -> np.ndarray:
    """Kappas of the usual size and spread."""
    return np.random.default_rng(1).gamma(4.0, 5.0, events) + least
