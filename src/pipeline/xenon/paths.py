"""Where every result of the liquid-xenon chain lies, and which parts its samples have."""

from collections.abc import Sequence
from typing import Any

from pipeline.core.parts import Part, chunks, file_word, matching_files
from pipeline.study import Config
from pipeline.xenon.config.samples import Nest, TableSpectrum


def sample_parts(config: Config, sample: str) -> list[Part]:
    """The parts of a sample, in their fixed order; as `layout.parts` for the track sources.

    Raises:
        FileNotFoundError: a pattern of a sample of files matches nothing.
    """
    block = config.xenon.all_samples[sample]
    pieces: list[tuple[str, dict[str, Any]]]
    if isinstance(block, Nest):
        pieces = [
            ("nest", {"events": n, "events_per_part": n})
            for n in chunks(block.events, block.events_per_part)
        ]
    else:
        files = matching_files(block.files, f"xenon.samples.{sample}.files")
        pieces = [(file_word(file), {"files": [file]}) for file in files]
    return [
        Part(i, f"{i:04d}_{name}", block.model_copy(update=update))
        for i, (name, update) in enumerate(pieces)
    ]


def part_input(part: Part) -> list[str]:
    """The user's file that a part is read from, or that holds its spectrum; none if generated."""
    if not isinstance(part.block, Nest):
        return list(getattr(part.block, "files", []))
    spectrum = part.block.spectrum
    return [spectrum.file] if isinstance(spectrum, TableSpectrum) else []


def event_tables(config: Config, samples: Sequence[str]) -> list[str]:
    """Event tables of the samples."""
    return _part_files(config, "events", samples)


def response_shards(config: Config, samples: Sequence[str]) -> list[str]:
    """Response shards of the samples."""
    return _part_files(config, "response", samples)


def _part_files(config: Config, stage: str, samples: Sequence[str]) -> list[str]:
    return [
        f"{config.results}/xenon/{stage}/{sample}/{part.name}.parquet"
        for sample in samples
        for part in sample_parts(config, sample)
    ]


def scored_samples(config: Config) -> list[str]:
    """Samples of the detector that the anomaly search learns from; none without a search."""
    anomaly, samples = config.xenon.anomaly, config.xenon.all_samples
    if anomaly is None:
        return []
    detector = samples[anomaly.train.er].detector
    return [name for name, sample in samples.items() if sample.detector == detector]


def anomaly_results(config: Config) -> list[str]:
    """Scores of every sample of the anomaly search, and its tables."""
    scores = [
        f"{config.results}/xenon/scores/{sample}.parquet" for sample in scored_samples(config)
    ]
    tables = [f"{config.results}/xenon/tables/{name}.csv" for name in ("score_scan", "classifier")]
    return [*scores, *tables] if scores else []


def search_results(config: Config) -> list[str]:
    """Tables of the search for an excess."""
    if config.xenon.anomaly is None:
        return []
    csv = [f"{name}.csv" for name in ("trigger", "backgrounds", "s2_only", "roc")]
    parquet = [f"{name}.parquet" for name in ("significance", "exposure_needed")]
    return [f"{config.results}/xenon/tables/{name}" for name in (*csv, *parquet)]


def shown_tables(config: Config) -> list[str]:
    """Tables on the page of figures."""
    return [file for file in search_results(config) if file.endswith("backgrounds.csv")]
