"""Accuracy of the CNN on images that it has not learnt from."""

import logging

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.xenon.xenon1t.accuracy import classifier_table
from pipeline.xenon.xenon1t.scores import read_scores

with job(snakemake), written_whole(snakemake.output.table) as temporary:
    er, wimp = (
        read_scores(path).query("triggered")["logit"].to_numpy()
        for path in (snakemake.input.er[0], snakemake.input.wimp[0])
    )
    table = classifier_table(er, wimp, snakemake.params.shares)
    table.to_csv(temporary, index=False)
    logging.getLogger("pipeline").info(
        "classifier of images\n%s", table.to_string(index=False, float_format="{:.4g}".format)
    )
