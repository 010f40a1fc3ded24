"""Compare simulated with reference tracks."""

from pathlib import Path

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.gas.comparison.tracks import compare_tracks

with job(snakemake):
    tables = compare_tracks(
        [Path(path) for path in snakemake.input.simulated],
        [Path(path) for path in snakemake.input.reference],
        generator(snakemake.params.seed, "track comparison"),
    )
    for name, path in snakemake.output.items():
        with written_whole(path) as temporary:
            getattr(tables, name).to_csv(temporary, index=False)
