"""Make a data set with an injected signal: python -m pipeline.inject_signal CONFIG FILE.

It is one experiment of the config, at `xenon.data.exposure_t_yr`, with the benchmark WIMP, and is
written as a Parquet table of events, or of their records if `xenon.data.events` is of that kind.
"""

import argparse
from pathlib import Path

from pyarrow.parquet import ParquetWriter

from pipeline.core.files import atomic_write
from pipeline.core.seeds import generator
from pipeline.study import ConfigError, read_config
from pipeline.xenon.config.chain import Xenon
from pipeline.xenon.injected import injected, recorded


def main() -> None:
    """Read the arguments and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path, help="config with a block xenon.data")
    parser.add_argument("file", type=Path, help="Parquet file to write")
    parser.add_argument("--seed", type=int, default=1, help="seed of the experiment")
    parser.add_argument(
        "--cross-section", type=float, help="in cm2; the default is that of the benchmark"
    )
    arguments = parser.parse_args()
    try:
        paths = read_config(arguments.config).paths.get("xenon")
    except (ConfigError, FileNotFoundError) as error:
        parser.exit(1, f"error in {error}\n")
    block: Xenon | None = paths.block if paths else None
    if block is None or block.data is None:
        parser.exit(1, f"error: {arguments.config} has no block xenon.data\n")
    benchmark, cross_section = block.search.benchmark, arguments.cross_section
    detector, rng = (
        block.detectors[block.data.events.detector],
        generator(arguments.seed, "xenon", "injected"),
    )
    table = injected(
        block.rates,
        detector,
        block.data.exposure_t_yr,
        benchmark.mass_GeV,
        benchmark.cross_section_cm2 if cross_section is None else cross_section,
        rng,
    )
    with atomic_write(arguments.file) as temporary:
        if block.data.events.kind != "recorded":
            table.to_parquet(temporary)
            return
        first, *others = recorded(table, detector, rng)
        with ParquetWriter(temporary, first.schema, compression="zstd") as writer:
            for batch in (first, *others):
                writer.write_table(batch)


if __name__ == "__main__":
    main()
