"""Table of all samples, and what shows only where their clusters are seen together.

A sample without clusters, one class only, clusters that occur in two files, and a plate from which
a network learns and is tested: each would spoil the tests, so each stops the study before training.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.core.parquet_io import read_row_groups
from pipeline.core.tables import Inputs, Params
from pipeline.emulsion.clusters.table import SIGNAL, UNKNOWN

SAMPLES = {
    "sample": "name of the sample",
    "particle": "chemical symbol of the ion, fog, or name of the gamma source",
    "energy_keV": "initial energy; empty where there are several or none",
    "made": "particles simulated, or clusters read from files",
    "with_grain": "share of the particles with a grain; empty for files",
    "two_or_more_grains": "share of the clusters with two grains or more; empty for files",
    "kept": "share of the clusters, or of those read, that can be used",
    "clusters": "clusters in use",
    "signal": "of these signal",
    "mean_grains": "mean number of their grains; empty for files",
    "plates": "plates or scans of the whole sample",
    "repeated": "clusters whose images were in the same file before; not looked for in simulations",
}
_READ = ["event_id", "plate", "label", "particle", "energy_keV", "grains"]


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table with the columns of `SAMPLES`: a row for each sample, or each energy of its recoils.

    `inputs` are the `shards`, in folders named after their samples, with the `counts` beside them.
    `params` are the names of the `samples`, of those `from_files` and of those in `test`, and the
    samples that each network is `trained_on`.

    Raises:
        ValueError: a sample cannot be used; says why, and what to do.
    """
    parts = [
        (Path(shard).parent.name, Path(shard), json.loads(Path(count).read_text()))
        for shard, count in zip(inputs["shards"], inputs["counts"], strict=True)
    ]
    clusters = {
        sample: [
            _read(shard, sample in params["from_files"])
            for name, shard, _ in parts
            if name == sample
        ]
        for sample in params["samples"]
    }
    counts = {sample: [c for name, _, c in parts if name == sample] for sample in clusters}
    together = {sample: pd.concat(tables) for sample, tables in clusters.items()}
    check_clusters(together)
    for network, samples in params["trained_on"].items():
        check_classes({sample: together[sample] for sample in samples}, f"networks.{network}")
        check_plates(together, samples, params["test"])
    check_repeated(
        {
            f"part {i} of sample '{sample}'": table
            for sample in params["from_files"]
            for i, table in enumerate(clusters[sample])
        }
    )
    rows = [row for sample in clusters for row in _rows(sample, together[sample], counts[sample])]
    return {"table": pd.DataFrame(rows, columns=list(SAMPLES))}


def check_clusters(samples: Mapping[str, pd.DataFrame]) -> None:
    """Raise ValueError if a sample has no cluster."""
    for sample, clusters in samples.items():
        if not len(clusters):
            raise ValueError(
                f"sample '{sample}' has no cluster; the logs of the rule emulsion_clusters tell "
                "what was skipped"
            )


def check_classes(samples: Mapping[str, pd.DataFrame], key: str) -> None:
    """Raise ValueError if all clusters of the samples together are of one class."""
    labels = {int(label) for clusters in samples.values() for label in clusters["label"].unique()}
    if len(labels) < 2:
        kind = "signal" if SIGNAL in labels else "background"
        raise ValueError(
            f"{key}.samples: all clusters of {', '.join(samples)} are {kind}; add samples of the "
            "other kind"
        )


def check_plates(
    samples: Mapping[str, pd.DataFrame], training: Sequence[str], test: Sequence[str]
) -> None:
    """Raise ValueError if training and test samples share a plate."""
    plates = {sample: set(samples[sample]["plate"]) for sample in {*training, *test}}
    for first in training:
        for second in test:
            shared = sorted(plates[first] & plates[second])
            if shared:
                raise ValueError(
                    f"plate '{shared[0]}' is in training sample '{first}' and in test sample "
                    f"'{second}'; clusters of one plate are too alike for a test. Divide the "
                    "samples by plate; if it is only the number that is equal, set `plate: file` "
                    "or `plate: dataset`"
                )


def check_repeated(parts: Mapping[str, pd.DataFrame]) -> None:
    """Raise ValueError if two parts share clusters; their images are compared by digest."""
    seen: dict[int, tuple[str, int]] = {}
    for name, clusters in parts.items():
        for digest, event in zip(clusters["digest"], clusters["source_event"], strict=True):
            before, number = seen.setdefault(digest, (name, event))
            if before != name:
                raise ValueError(
                    f"cluster {event} in {name} has the same images as cluster {number} in "
                    f"{before}: it would count twice, or test a network that learnt from it. "
                    "Leave one file out, or divide them by `first_event` and `max_events`"
                )


def _read(shard: Path, from_file: bool) -> pd.DataFrame:
    """What is known of the clusters of a shard; with digests of the images of a user's file."""
    columns = [*_READ, *(["source_event", "images"] if from_file else [])]
    groups = []
    for rows in read_row_groups(shard, "cluster shard", columns):
        table = rows.drop_columns(["images"] if from_file else []).to_pandas()
        if from_file:
            table["digest"] = [_digest(image.as_buffer()) for image in rows["images"]]
        groups.append(table)
    return pd.concat(groups, ignore_index=True) if groups else pd.DataFrame(columns=columns)


def _digest(image: Any) -> int:
    return int.from_bytes(hashlib.blake2b(image, digest_size=8).digest())


def _rows(sample: str, clusters: pd.DataFrame, counts: Sequence[Any]) -> Iterator[dict[str, Any]]:
    plates = clusters["plate"].nunique()
    if isinstance(counts[0], dict):
        digests = clusters.get("digest", pd.Series(dtype=float))
        read, kept = (sum(part[key] for part in counts) for key in ("read", "kept"))
        yield {
            **_described(sample, clusters, plates),
            "made": read,
            "kept": kept / read,
            "repeated": int(digests.duplicated().sum()),
        }
        return
    made = pd.DataFrame([row for part in counts for row in part])
    for _, rows in made.groupby("energy_keV", dropna=False, sort=False):
        energy = rows["energy_keV"].iloc[0]
        total = rows.drop(columns="energy_keV").sum()
        own = clusters if made["energy_keV"].nunique(dropna=False) == 1 else _near(clusters, energy)
        grains = total["with_grain"]
        yield {
            **_described(sample, own, plates),
            "particle": clusters["particle"].iloc[0],
            "energy_keV": energy,
            "made": int(total["made"]),
            "with_grain": grains / total["made"],
            "two_or_more_grains": total["two_or_more_grains"] / grains if grains else np.nan,
            "kept": total["kept"] / grains if grains else np.nan,
        }


def _near(clusters: pd.DataFrame, energy_keV: float) -> pd.DataFrame:
    """Clusters of an energy, which shards have in single precision."""
    return clusters[clusters["energy_keV"] == np.float32(energy_keV)]


def _described(sample: str, clusters: pd.DataFrame, plates: int) -> dict[str, Any]:
    """What the clusters themselves say."""
    energies = clusters["energy_keV"].unique()
    grains = clusters["grains"]
    return {
        "sample": sample,
        "particle": ", ".join(clusters["particle"].unique()),
        "energy_keV": float(energies[0]) if len(energies) == 1 else np.nan,
        "clusters": len(clusters),
        "signal": int((clusters["label"] == SIGNAL).sum()),
        "mean_grains": grains.mean() if len(grains) and (grains != UNKNOWN).all() else np.nan,
        "plates": plates,
    }
