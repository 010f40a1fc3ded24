# What the rules of the liquid-xenon chain share: samples, their parts and detectors

import re

from pipeline.xenon import layout as xenon_layout

SAMPLES = study.xenon.all_samples


@cache
def xenon_parts(sample):
    return {part.name: part for part in xenon_layout.sample_parts(study, sample)}


def xenon_part(wildcards):
    return xenon_parts(wildcards.sample)[wildcards.part]


def detector_of(sample):
    return study.xenon.detectors[SAMPLES[sample].detector]


def xenon_events_params(wildcards):
    """The part's own block, and what events depend on of their detector."""
    part, detector = xenon_part(wildcards), detector_of(wildcards.sample)
    return {
        "seed": study.seed,
        "index": part.index,
        "block": part.block.plain(),
        "geometry": detector.geometry.plain(),
        "liquid": detector.liquid.plain(),
    }


def xenon_scores(*samples):
    return expand(f"{R}/xenon/scores/{{sample}}.parquet", sample=samples)


wildcard_constraints:
    sample="|".join(map(re.escape, SAMPLES)),
