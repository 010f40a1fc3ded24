"""Tables of observables with known distributions, no physics."""

import pandas as pd

from pipeline.emulsion.rejection.dense import FEATURES


def made_observables(rng, n, label, sample, apart=1.0) -> pd.DataFrame:
    """Log-normal observables; those of signal have means `apart` standard deviations higher."""
    values = rng.lognormal(apart * label, 1.0, (n, len(FEATURES)))
    table = pd.DataFrame(values, columns=list(FEATURES))
    return table.assign(label=label, sample=sample, newsdm=table["shift_nm"] > 2)
