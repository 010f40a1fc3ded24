"""Tables of the response of an emulsion with a known truth."""

import numpy as np
import pandas as pd

IONS = ("C", "N", "O")


def made_efficiency(low_keV=1.0, high_keV=1000.0, value=1.0, ions=IONS) -> pd.DataFrame:
    """The same efficiency at two energies of each ion."""
    rows = [(ion, energy, value) for ion in ions for energy in (low_keV, high_keV)]
    return pd.DataFrame(rows, columns=["ion", "energy_keV", "efficiency"])


def made_response(rng, kappas, n=2000, ions=IONS) -> pd.DataFrame:
    """Isotropic true axes and measured ones about them; `kappas` by energy, inf: exact."""
    tables = []
    for ion in ions:
        for energy, kappa in kappas.items():
            true = rng.uniform(-90, 90, n)
            exact = np.isinf(kappa)
            turn = np.zeros(n) if exact else np.degrees(rng.vonmises(0, kappa, n)) / 2
            tables.append(
                pd.DataFrame(
                    {
                        "ion": ion,
                        "energy_keV": energy,
                        "true_axis_deg": true,
                        # The same axis, by one end or the other.
                        "measured_axis_deg": (true + turn + 90) % 180 - 90,
                        "kappa": np.nan if exact else kappa,
                        "selected": True,
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)
