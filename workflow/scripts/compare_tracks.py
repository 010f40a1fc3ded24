"""Compare simulated with reference tracks."""

from pathlib import Path

from pipeline.files import written_whole
from pipeline.provenance import generator
from pipeline.scripting import job
from pipeline.tracks.comparison import compare_tracks

with job(snakemake):
    tables = compare_tracks(
        [Path(path) for path in snakemake.input.simulated],
        [Path(path) for path in snakemake.input.reference],
        generator(snakemake.params.seed, "track comparison"),
    )
    for name, path in snakemake.output.items():
        with written_whole(path) as temporary:
            getattr(tables, name).to_csv(temporary, index=False)
