"""Predictions that scatter about the true directions as von Mises-Fisher distributions say."""

import numpy as np
import pandas as pd


def scattered(true_kappa, claimed_kappa, rng):
    """Predictions that scatter with `true_kappa` [n] and claim `claimed_kappa` [n]."""
    u = rng.uniform(size=len(true_kappa))
    # Inverse of the distribution of the cosine (Mardia & Jupp 2000, section 9.3.2).
    cosine = 1 + np.log(u + (1 - u) * np.exp(-2 * true_kappa)) / true_kappa
    columns = {
        "true_x": 0.0,
        "true_y": 0.0,
        "true_z": 1.0,
        "pred_x": np.sqrt(1 - cosine**2),
        "pred_y": 0.0,
        "pred_z": cosine,
        "kappa": claimed_kappa,
    }
    return pd.DataFrame(columns, index=range(len(u))).astype(np.float32)
