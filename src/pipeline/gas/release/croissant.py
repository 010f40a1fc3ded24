"""Croissant metadata of a data set (JSON-LD, https://docs.mlcommons.org/croissant, version 1.0)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.gas.paths import GasPaths

# The official one of version 1.0.
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        name: f"cr:{name}"
        for name in (
            *("citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty"),
            *("fileObject", "fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key"),
            *("md5", "parentField", "path", "recordSet", "references", "regex", "repeated"),
            *("replace", "samplingRate", "separator", "source", "subField", "transform"),
        )
    },
}
FORMATS = {
    ".parquet": "application/x-parquet",
    ".csv": "text/csv",
    ".py": "text/x-python",
    ".yaml": "application/yaml",
}


def croissant(paths: GasPaths, splits: pd.DataFrame, digests: Mapping[str, str]) -> dict[str, Any]:
    """The metadata; `digests` are SHA-256 of files by their paths in the release folder.

    A Parquet file is a set of records, named by its split, or by `truth/` and its split.
    """
    settings, grid = paths.block.release, paths.block.grid
    known = {
        "license": settings.licence,
        "citeAs": settings.citation,
        "url": settings.url,
        "datePublished": settings.published,
        "creator": [{"@type": "sc:Organization", "name": name} for name in settings.creators],
    }
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": settings.title,
        "description": f"{splits['events'].sum()} simulated events in grids of "
        f"{grid.bins}^3 voxels of {grid.voxel_text}, and their true directions; splits: "
        f"{', '.join(splits['split'])}.",
        "version": settings.version,
        **{key: value for key, value in known.items() if value},
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file,
                "name": file,
                "contentUrl": file,
                "contentSize": f"{Path(paths.release(file)).stat().st_size} B",
                "encodingFormat": FORMATS[Path(file).suffix],
                "sha256": digest,
            }
            for file, digest in digests.items()
        ],
        "recordSet": [
            _records(file, pq.read_schema(paths.release(file)))
            for file in digests
            if file.endswith(".parquet")
        ],
    }


def record_name(file: str) -> str:
    """Name of the records of a Parquet file: its split, or `truth/` and its split."""
    return file.removeprefix("data/").removesuffix(".parquet")


def _records(file: str, schema: pa.Schema) -> dict[str, Any]:
    name = record_name(file)
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": [{"@id": f"{name}/source"}, {"@id": f"{name}/event_id"}],
        "field": list(_fields(name, file, schema)),
    }


def _fields(name: str, file: str, schema: pa.Schema) -> Iterator[dict[str, Any]]:
    for column in schema:
        ragged = pa.types.is_list(column.type)
        kind = column.type.value_type if ragged else column.type
        number = "sc:Integer" if pa.types.is_integer(kind) else "sc:Float"
        yield {
            "@type": "cr:Field",
            "@id": f"{name}/{column.name}",
            "name": column.name,
            "description": described(column),
            "dataType": "sc:Text" if pa.types.is_dictionary(kind) else number,
            **({"repeated": True} if ragged else {}),
            "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
        }


def described(column: pa.Field) -> str:
    """Meaning and unit of a column."""
    text, unit = (column.metadata.get(key, b"").decode() for key in (b"description", b"unit"))
    return f"{text} [{unit}]" if unit else text
