"""Distributions of the autoencoder's loss, and the exposures at which it gives WIMPs away."""

import logging

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.core.seeds import generator
from pipeline.xenon.config.images import SEARCH_NR, TEST_ER, TEST_WIMP, ImageSearch
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.rates.trigger import Seen
from pipeline.xenon.rates.weighted_scores import search_samples
from pipeline.xenon.xenon1t.excess import find_excess, weighted_losses
from pipeline.xenon.xenon1t.losses import loss_table, s2_only_losses
from pipeline.xenon.xenon1t.scores import read_scores

with job(snakemake):
    block, inputs, output = snakemake.params.block, snakemake.input, snakemake.output
    search, seed = ImageSearch.model_validate(block["search"]), block["seed"]
    er, wimp, nr = map(read_scores, inputs.scores)
    seen = {
        "ER": Seen.read(inputs.er, block["min_s2_photons"]),
        "NR": Seen.read(inputs.nr, block["min_s2_photons"]),
    }
    rates = Rates.model_validate(block["rates"])
    weighted = weighted_losses(er, nr, block["spectra"], seen, rates, search)
    samples = search_samples(weighted)
    drawn = search.wimps[0]
    losses = loss_table(
        *(table.loc[table["triggered"], "loss"].to_numpy() for table in (er, wimp)),
        samples.background,
        samples.signals[drawn.mass_GeV],
        search.shown_exposure_t_yr,
        drawn.cross_section_cm2,
        generator(seed, "xenon", "image pseudo-data"),
    )
    s2_only = s2_only_losses({TEST_ER: er, TEST_WIMP: wimp, SEARCH_NR: nr})
    significance, exposures = find_excess(weighted, search, seed)
    tables = {
        output.losses: losses,
        output.s2_only: s2_only,
        output.significance: significance,
        output.exposures: exposures,
    }
    for path, table in tables.items():
        with written_whole(path) as temporary:
            table.to_csv(temporary, index=False)
    for table in (s2_only, exposures):
        logging.getLogger("pipeline").info(
            "\n%s", table.to_string(index=False, float_format="{:.3g}".format)
        )
