"""Evaluate all methods on one test set."""

import pandas as pd

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.gas.config.evaluation import Evaluation
from pipeline.gas.evaluation.evaluate import evaluate_test_set, training_of
from pipeline.statistics.directional.predictions import read_predictions

with job(snakemake):
    params, test = snakemake.params, snakemake.wildcards.test
    shown = params.methods.values()
    histories = zip(params.architectures, snakemake.input.histories, strict=True)
    tables = evaluate_test_set(
        test,
        {
            name: read_predictions(path)
            for name, path in zip(shown, snakemake.input.predictions, strict=True)
        },
        {name: architecture.upper() for name, architecture in params.architectures.items()},
        {name: training_of(pd.read_csv(path)) for name, path in histories},
        Evaluation.model_validate(params.block["evaluation"]),
        generator(params.block["seed"], "evaluation", test),
    )
    for name, path in snakemake.output.items():
        with written_whole(path) as temporary:
            getattr(tables, name).to_csv(temporary, index=False)
