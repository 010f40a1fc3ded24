"""Weight the scores of simulated events to backgrounds and WIMPs."""

import pandas as pd

from pipeline.config.xenon.rates import Rates
from pipeline.scripting import job
from pipeline.xenon.trigger import efficiencies
from pipeline.xenon.weighted_scores import weighted_scores, write_weighted_scores

with job(snakemake):
    columns = ["recoil", "energy_keV", "triggered", "ts"]
    events = pd.concat(pd.read_parquet(path, columns=columns) for path in snakemake.input.scores)
    table = weighted_scores(
        events[events["triggered"]],
        Rates.model_validate(snakemake.params.block["rates"]),
        snakemake.params.block["masses_GeV"],
        efficiencies(pd.read_csv(snakemake.input.trigger)),
        snakemake.params.block["spectra"],
    )
    write_weighted_scores(snakemake.output.table, table)
