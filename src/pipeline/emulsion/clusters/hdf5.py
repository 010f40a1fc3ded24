"""Reader of images of clusters in HDF5 files."""

import fnmatch
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from pipeline.emulsion.clusters.table import BACKGROUND, SIGNAL, UNKNOWN, Clusters
from pipeline.emulsion.config.detector import MIN_PIXELS, PLANES
from pipeline.emulsion.config.samples import Hdf5

BATCH_CLUSTERS = 256
MAX_COUNTS = 255  # of a saturated pixel
# Columns of `pol_ids`.
ID_COLUMNS = {"header": 0, "view": 1}
N_POL, POL_COLUMNS = 12, 13


@dataclass(frozen=True)
class RawClusters:
    """n clusters of a file, and why some of them cannot be used."""

    clusters: Clusters
    problems: np.ndarray  # str [n], empty for usable clusters

    def __len__(self) -> int:
        return len(self.problems)

    def take(self, index: np.ndarray) -> "RawClusters":
        """The clusters `index` (int [m]), in that order."""
        return RawClusters(self.clusters.take(index), self.problems[index])


def read_hdf5(path: str | Path, sample: Hdf5) -> Iterator[RawClusters]:
    """Yield the clusters of all datasets that match, in batches.

    Raises:
        ValueError: the file or one of its datasets cannot be read, or differs from the config.
    """
    first, pixels = 0, set()
    with _reading(path):
        file = h5py.File(path)
    with file:
        for name in _matching(file, path, sample.dataset):
            place = f"{path}: {name}"
            with _reading(place):
                images = file[name]
            pixels.add(_check_images(images, place, sample))
            if len(pixels) > 1:
                raise ValueError(
                    f"{place}: the datasets have images of {sorted(pixels)} px; set `crop_px` of "
                    "this sample, or make a sample for each size"
                )
            axis = sample.axes.index("n")
            n = images.shape[axis]
            labels = _beside(images, sample.labels, place, "labels", (n,))
            pol_ids = _beside(images, sample.pol_ids, place, "pol_ids", (n, POL_COLUMNS))
            for begin in range(0, n, BATCH_CLUSTERS):
                rows = slice(begin, min(begin + BATCH_CLUSTERS, n))
                with _reading(place):
                    raw = images[(slice(None),) * axis + (rows,)]
                    classes = None if labels is None else labels[rows]
                    ids = None if pol_ids is None else pol_ids[rows]
                raw = raw.transpose([sample.axes.index(letter) for letter in "npyx"])
                number = first + np.arange(rows.start, rows.stop)
                batch = _batch(raw, classes, ids, number, Path(path).name, name, sample)
                if classes is not None and sample.label:
                    other = BACKGROUND if sample.label == "signal" else SIGNAL
                    batch = batch.take(np.flatnonzero(batch.clusters.label != other))
                yield batch
            first += n


@contextmanager
def _reading(place: str | Path) -> Iterator[None]:
    """Raise one clear error for the many errors that damaged or other files cause."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, RuntimeError, KeyError) as error:
        raise ValueError(
            f"{place}: not readable as HDF5 ({error}). The file is damaged or incomplete, or "
            "compressed with a filter that h5py lacks; copy or repack it"
        ) from error


def _matching(file: h5py.File, path: str | Path, pattern: str) -> list[str]:
    """Paths of the datasets that match, in order."""
    found: list[str] = []

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            found.append(name)

    with _reading(path):
        file.visititems(visit)
    levels = pattern.strip("/").split("/")
    matching = [
        name
        for name in found
        if len(parts := name.split("/")) == len(levels)
        and all(map(fnmatch.fnmatchcase, parts, levels))
    ]
    if not matching:
        raise ValueError(
            f"{path}: no dataset matches '{pattern}'; it has {sorted(found)[:10]}. Set `dataset` "
            "of this sample"
        )
    return sorted(matching)


def _check_images(images: h5py.Dataset, place: str, sample: Hdf5) -> int:
    """Check type and shape of a dataset of images; return the rows that are kept of each."""
    if images.ndim != 4:
        raise ValueError(f"{place}: shape {images.shape}, expected four axes, '{sample.axes}'")
    size = dict(zip(sample.axes, images.shape, strict=True))
    planes = PLANES + sample.drop_copy
    if size["p"] != planes:
        raise ValueError(
            f"{place}: shape {images.shape} has {size['p']} planes in the order '{sample.axes}', "
            f"expected {planes}; set `axes` and `drop_copy` of this sample"
        )
    if size["y"] != size["x"]:
        raise ValueError(f"{place}: images of {size['y']} x {size['x']} px, expected a square")
    pixels = sample.crop_px or size["x"]
    if pixels < MIN_PIXELS or size["x"] % 2 or pixels > size["x"]:
        raise ValueError(
            f"{place}: images of {size['x']} px, expected an even number of "
            f"{max(pixels, MIN_PIXELS)} px or more"
        )
    if images.dtype != np.uint8 and not (sample.counts_per_unit and images.dtype.kind in "fiu"):
        raise ValueError(
            f"{place}: images of type {images.dtype}, expected uint8; for other numbers set "
            "`counts_per_unit` of this sample"
        )
    return pixels


def _beside(
    images: h5py.Dataset, name: str | None, place: str, key: str, shape: tuple[int, ...]
) -> h5py.Dataset | None:
    """The dataset `name` in the group of the images; None without a name."""
    if name is None:
        return None
    if name not in images.parent:
        raise ValueError(
            f"{place}: no dataset '{name}' beside it; it has {list(images.parent)}. Set `{key}` of "
            "this sample"
        )
    found = images.parent[name]
    if found.shape != shape:
        raise ValueError(f"{place}: '{name}' beside it has shape {found.shape}, expected {shape}")
    return found


def _batch(
    raw: np.ndarray,
    labels: np.ndarray | None,
    pol_ids: np.ndarray | None,
    number: np.ndarray,
    file: str,
    dataset: str,
    sample: Hdf5,
) -> RawClusters:
    """Clusters from images [n, planes, rows, columns] as they are in the file."""
    n = len(number)
    problems = np.full(n, "", object)

    def check(good: np.ndarray, problem: str) -> None:
        problems[~good & (problems == "")] = f"{problem} ({dataset})"

    images, found = _images(raw, sample, check)
    plate = file if sample.plate == "file" else dataset.rpartition("/")[0]
    plates = np.full(n, plate, object)
    if pol_ids is not None:
        check(found >= pol_ids[:, N_POL], "it has fewer planes than its n_pol in `pol_ids`")
        if sample.plate in ID_COLUMNS:
            ids = pol_ids[:, ID_COLUMNS[sample.plate]]
            plates[:] = [f"{sample.plate} {i}" for i in ids]
    label = np.full(n, SIGNAL if sample.label == "signal" else BACKGROUND)
    if labels is not None:
        check(np.isin(labels, (BACKGROUND, SIGNAL)), "its label is neither 0 nor 1")
        label = labels
    energy_keV = np.nan if sample.energy_keV is None else sample.energy_keV
    direction = (np.nan,) * 3 if sample.beam is None else sample.beam.direction
    clusters = Clusters(
        event_id=number,
        source_event=number,
        plate=plates,
        label=label,
        particle=np.full(n, sample.particle, object),
        energy_keV=np.full(n, energy_keV),
        direction=np.tile(direction, (n, 1)),
        grains=np.full(n, UNKNOWN),
        focus_nm=np.full(n, np.nan),
        images=images,
    )
    return RawClusters(clusters, problems)


def _images(
    raw: np.ndarray, sample: Hdf5, check: Callable[[np.ndarray, str], None]
) -> tuple[np.ndarray, np.ndarray]:
    """Images in counts, uint8 [n, 8, pixels, pixels], and the number of planes with light [n].

    `check` takes the clusters that are good, and what is wrong with the others.
    """
    check(np.all(np.isfinite(raw), axis=(1, 2, 3)), "it has pixels that are not finite numbers")
    if sample.drop_copy:
        same = np.all(raw[:, -1] == raw[:, 0], axis=(1, 2))
        check(same, "its last plane is not a copy of the first; see `drop_copy`")
        raw = raw[:, :PLANES]
    if sample.crop_px:
        edge = (raw.shape[-1] - sample.crop_px) // 2
        raw = raw[..., edge : edge + sample.crop_px, edge : edge + sample.crop_px]
    seen: np.ndarray = np.any(raw, axis=(2, 3))
    counts = raw
    if raw.dtype != np.uint8:
        counts = np.rint(np.nan_to_num(raw) * sample.counts_per_unit + sample.offset_counts)
        # A missing plane stays zero, whatever the offset.
        counts = np.where(seen[:, :, None, None], counts, 0)
    low: np.ndarray = np.min(counts, axis=(2, 3))
    high: np.ndarray = np.max(counts, axis=(2, 3))
    check(np.all(low >= 0, axis=1), "it has pixels below 0 counts; see `offset_counts`")
    check(np.all(high < MAX_COUNTS, axis=1), f"it has pixels of {MAX_COUNTS} counts or more")
    if sample.missing is None:
        check(np.all(seen, axis=1), "it has planes that are zero; see `missing`")
    found = np.sum(seen, axis=1)
    check(found >= sample.min_planes, f"fewer than {sample.min_planes} of its planes have light")
    check(np.all((low < high) | ~seen, axis=1), "it has planes in which all pixels are the same")
    return np.clip(counts, 0, MAX_COUNTS).astype(np.uint8), found
