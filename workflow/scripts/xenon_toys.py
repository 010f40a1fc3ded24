"""One batch of pseudo-experiments of the search."""

from pipeline.config.xenon.search import Search
from pipeline.inference.excess_stage import write_toys
from pipeline.scripting import job
from pipeline.xenon.weighted_scores import read_weighted_scores, search_samples, warn_if_few

with job(snakemake):
    block = snakemake.params.block
    search = Search.model_validate(block["search"])
    samples = search_samples(read_weighted_scores(snakemake.input.scores))
    warn_if_few(samples, search)
    write_toys(
        snakemake.output.toys,
        samples,
        search,
        seed=block["seed"],
        identity=("xenon", "toys"),
        batch=int(snakemake.wildcards.batch),
    )
