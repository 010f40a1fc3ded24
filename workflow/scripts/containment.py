"""One table of how many events were read, kept, not contained or rejected."""

from pathlib import Path

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.gas.voxels.containment import containment_table

with job(snakemake):
    table = containment_table(
        [Path(p) for p in snakemake.input.tracks], [Path(p) for p in snakemake.input.voxels]
    )
    with written_whole(snakemake.output.table) as temporary:
        table.to_csv(temporary, index=False)
