"""The block at the head of a data card that hubs of data sets read, as YAML.

Keys as in https://huggingface.co/docs/hub/datasets-cards.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from pipeline.gas.config.release import Release
from pipeline.gas.release.croissant import record_name

SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
LARGER = "n>1M"


def hub_block(settings: Release, files: Iterable[str], events: int) -> str:
    """The block between its two lines of dashes; each Parquet file is a configuration.

    The files of a data set do not have the same columns, which those of one configuration must.
    """
    size = next((text for limit, text in SIZES.items() if events < limit), LARGER)
    block = {
        "pretty_name": settings.title,
        **_licence(settings.licence),
        "size_categories": [size],
        "tags": ["physics", "dark matter", "time projection chamber"],
        "configs": [
            {"config_name": record_name(file).replace("/", "_"), "data_files": file}
            for file in sorted(files)
            if file.endswith(".parquet")
        ],
    }
    return f"---\n{yaml.safe_dump(block, sort_keys=False)}---\n"


def _licence(licence: str | None) -> Mapping[str, Any]:
    if licence is None:
        return {}
    if "://" in licence:
        return {"license": "other", "license_link": licence}
    return {"license": licence.lower()}
