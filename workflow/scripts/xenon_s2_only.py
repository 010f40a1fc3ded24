"""Count the events of every sample with an S2 and no S1."""

from itertools import groupby
from pathlib import Path

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.xenon.rates.trigger import Seen, s2_only_table

with job(snakemake), written_whole(snakemake.output.table) as temporary:
    by_sample = groupby(snakemake.input.shards, key=lambda path: Path(path).parent.name)
    seen = {
        sample: Seen.read(list(paths), snakemake.params.min_s2_photons)
        for sample, paths in by_sample
    }
    s2_only_table(seen).to_csv(temporary, index=False)
