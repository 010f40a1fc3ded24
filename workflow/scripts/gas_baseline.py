"""Predict a test set with a classical method, by the function that the rule names."""

from pipeline.core.job import job
from pipeline.core.named import named
from pipeline.core.tables import write_tables
from pipeline.statistics.directional.predictions import write_predictions

with job(snakemake):
    predict = named(snakemake.params.function)
    tables = predict(dict(snakemake.input.items()), snakemake.params.settings)
    outputs = dict(snakemake.output.items())
    write_tables({"scan": outputs.pop("scan")}, tables)
    for method, path in outputs.items():
        write_predictions(path, tables[method])
