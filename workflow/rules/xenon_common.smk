# What the rules of the liquid-xenon chain share: samples, their parts and detectors

import re

from pipeline.xenon import paths as xenon_layout

SAMPLES = study.xenon.all_samples
try:
    xenon_layout.event_tables(study, SAMPLES)
except FileNotFoundError as error:
    sys.exit(f"error in {error}")
ANOMALY = study.xenon.anomaly
BETAS = {f"{beta:g}": beta for beta in ANOMALY.betas} if ANOMALY else {}


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


def xenon_shards(sample):
    return xenon_layout.response_shards(study, [sample])


def image_scores(*samples):
    return expand(f"{R}/xenon/image_scores/{{sample}}.parquet", sample=samples)


def score_terms(samples):
    return expand(f"{R}/xenon/score_terms/{{sample}}.parquet", sample=samples)


def learning_block(part, network, **more):
    """What a training depends on besides its shards; how it shares its work does not."""
    return {
        "seed": study.seed,
        "validation_fraction": part.validation_fraction,
        "network": network.on_one_core().plain(),
        **more,
    }


wildcard_constraints:
    sample="|".join(map(re.escape, SAMPLES)),
