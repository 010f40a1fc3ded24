"""Draw an image of an electronic recoil and one of a WIMP."""

from pipeline.core.job import job
from pipeline.figures.style import save
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.figures.images import draw_images
from pipeline.xenon.xenon1t.images import Display, shown_event

with job(snakemake):
    block = snakemake.params.block
    display = Display.of(Detector.model_validate(block["detector"]), block["size"])
    events = {
        name: shown_event(path, display)
        for name, path in (
            ("electronic recoil", snakemake.input.er),
            (f"WIMP of {block['mass_GeV']:g} GeV", snakemake.input.wimp),
        )
    }
    save(draw_images(events), snakemake.output)
