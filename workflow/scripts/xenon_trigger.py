"""How often the detector triggers on recoils of the region of interest."""

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.xenon.rates.trigger import Seen, trigger_table

with job(snakemake):
    block = snakemake.params.block
    seen = {
        "ER": Seen.read(snakemake.input.er, block["min_s2_photons"]),
        "NR": Seen.read(snakemake.input.nr, block["min_s2_photons"]),
    }
    table = trigger_table(seen, {"ER": tuple(block["er_keV"]), "NR": tuple(block["nr_keV"])})
    with written_whole(snakemake.output.table) as temporary:
        table.to_csv(temporary, index=False)
