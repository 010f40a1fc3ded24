"""A user's images in HDF5 files: the layouts of golovart/Napoli_emulsion and others."""

import h5py
import numpy as np
import pytest
from helpers.made_clusters import joined

from pipeline.core.ingestion import BadEventError, BadEvents
from pipeline.emulsion.clusters.hdf5 import read_hdf5
from pipeline.emulsion.clusters.ingest import ingest
from pipeline.emulsion.clusters.table import read_clusters, read_pixel_nm
from pipeline.emulsion.config.samples import read_sample

RAW = {"kind": "hdf5", "files": ["a"], "label": "signal"}
PREPARED = {
    "kind": "hdf5",
    "files": ["a"],
    "dataset": "train/images",
    "labels": "labels",
    "pol_ids": None,
    "plate": "dataset",
    "counts_per_unit": 128,
    "offset_counts": 14,
}


def raw_images(n, pixels=80):
    """uint8 [n, pixels, pixels, 9] of noise, plane 8 a copy of plane 0."""
    images = np.random.default_rng(n).integers(10, 60, (n, pixels, pixels, 9), np.uint8)
    images[..., 8] = images[..., 0]
    return images


def pol_ids(n, header=7):
    ids = np.zeros((n, 13), int)
    ids[:, 0], ids[:, 1], ids[:, 12] = header, np.arange(n), 8
    return ids


@pytest.fixture
def made(tmp_path):
    """({path: array}) -> an HDF5 file with these datasets."""

    def file(datasets):
        path = tmp_path / "mine.h5"
        with h5py.File(path, "w") as out:
            for name, values in datasets.items():
                out[name] = values
        return path

    return file


@pytest.fixture
def write(made, tmp_path):
    """(datasets, block, policy) -> the clusters of the shard, and the bad ones."""

    def shard(datasets, block, policy="stop"):
        path = made(datasets)
        sample, bad = read_sample(block), BadEvents(path.name, policy)
        out, counts = tmp_path / "shard.parquet", tmp_path / "shard.json"
        ingest(read_hdf5(path, sample), sample, bad, 2, out, counts)
        assert read_pixel_nm(out) == (27.47, 27.42)
        return joined(read_clusters(out)), bad

    return shard


def raw_part(n, group="C100keV/0/part1", **changes):
    datasets = {"images": raw_images(n), "pol_ids": pol_ids(n), **changes}
    return {f"{group}/{name}": values for name, values in datasets.items()}


def test_the_raw_layout_is_the_default(write):
    datasets = raw_part(3) | raw_part(2, "C100keV/45/part1", pol_ids=pol_ids(2, 9))
    clusters, _ = write(datasets, {**RAW, "particle": "C", "energy_keV": 100, "beam": {}})
    assert clusters.images.shape == (5, 8, 80, 80)
    expected = raw_images(3)[..., :8].transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(clusters.images[:3], expected)
    assert clusters.event_id.tolist() == [20_000_000 + i for i in range(5)]
    assert clusters.source_event.tolist() == list(range(5))
    assert clusters.plate.tolist() == ["header 7"] * 3 + ["header 9"] * 2
    assert set(clusters.label) == {1}
    assert set(clusters.particle) == {"C"}
    assert set(clusters.energy_keV) == {100}
    assert set(clusters.grains) == {-1}
    np.testing.assert_allclose(clusters.direction[0], [0.984808, 0, 0.173648], rtol=1e-5)
    assert np.isnan(clusters.focus_nm).all()


def test_some_groups_of_a_file(write):
    datasets = raw_part(3, "fog/0/part1") | raw_part(2, "C100keV/45/part1")
    block = {**RAW, "dataset": "fog/*/part?/images", "label": "background", "plate": "dataset"}
    clusters, _ = write(datasets, block)
    assert clusters.label.tolist() == [0, 0, 0]
    assert set(clusters.plate) == {"fog/0/part1"}


def test_the_prepared_layout_comes_back_in_counts(write):
    counts = np.random.default_rng(1).integers(5, 100, (4, 40, 40, 9)).astype(np.float32)
    counts[..., 8] = counts[..., 0]
    prepared = (counts - 14) / 128
    prepared[1, ..., 3] = 0  # missing
    datasets = {"train/images": prepared, "train/labels": [1, 0, 0, 1]}
    clusters, _ = write(datasets, PREPARED)
    assert clusters.label.tolist() == [1, 0, 0, 1]
    expected = counts[..., :8].transpose(0, 3, 1, 2).astype(np.uint8)
    expected[1, 3] = 0
    np.testing.assert_array_equal(clusters.images, expected)
    assert np.isnan(clusters.direction).all()


def test_other_axes_without_a_copy_cropped(write):
    images = raw_images(3)[..., :8]
    block = {**RAW, "dataset": "x", "axes": "pynx", "drop_copy": False, "crop_px": 40}
    block |= {"pol_ids": None, "plate": "file"}
    clusters, _ = write({"x": images.transpose(3, 1, 0, 2)}, block)
    expected = images[:, 20:60, 20:60].transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(clusters.images, expected)
    assert set(clusters.plate) == {"mine.h5"}


def test_a_range_of_events(write):
    clusters, _ = write(raw_part(5), {**RAW, "first_event": 1, "max_events": 2, "plate": "view"})
    assert clusters.source_event.tolist() == [1, 2]
    assert clusters.plate.tolist() == ["view 1", "view 2"]


def spoilt(change):
    images = raw_images(3).copy()
    change(images[1])
    return images


def planes(value, *numbers):
    def change(image):
        image[..., list(numbers)] = value

    return change


@pytest.mark.parametrize(
    ("images", "keys", "problem"),
    [
        (spoilt(planes(0, 8)), {}, "its last plane is not a copy of the first"),
        (spoilt(planes(0, 2)), {"missing": None}, "it has planes that are zero; see `missing`"),
        (spoilt(planes(0, 2)), {}, "it has fewer planes than its n_pol"),
        (spoilt(planes(0, *range(9))), {}, "fewer than 2 of its planes have light"),
        (spoilt(planes(33, 4)), {}, "it has planes in which all pixels are the same"),
        (spoilt(lambda i: planes(255, 4)(i[:2])), {}, "it has pixels of 255 counts or more"),
        (
            spoilt(lambda i: planes(5, 4)(i[:2])) * 1.0 - 10,
            {"counts_per_unit": 1},
            "it has pixels below 0 counts; see `offset_counts`",
        ),
        (
            np.where(np.arange(3)[:, None, None, None] == 1, np.nan, raw_images(3)),
            {"counts_per_unit": 1},
            "it has pixels that are not finite",
        ),
    ],
)
def test_bad_clusters_stop_or_are_counted(write, images, keys, problem):
    datasets = raw_part(3, images=images)
    with pytest.raises(BadEventError, match=rf"mine\.h5, event 1: {problem}.*C100keV/0/part1"):
        write(datasets, {**RAW, **keys})
    clusters, bad = write(datasets, {**RAW, **keys}, "skip")
    assert clusters.source_event.tolist() == [0, 2]
    assert len(bad) == 1


def test_other_labels_are_bad_clusters(write):
    images = raw_images(3, 40).astype(np.float32) / 128
    datasets = {"train/images": images, "train/labels": [0, 2, 1]}
    with pytest.raises(BadEventError, match="event 1: its label is neither 0 nor 1"):
        write(datasets, PREPARED)


@pytest.mark.parametrize(
    ("datasets", "keys", "problem"),
    [
        ({"a": [1]}, {}, r"no dataset matches '\*/\*/\*/images'; it has \['a'\]"),
        (raw_part(2, images=raw_images(2)[..., :8]), {}, "8 planes .* expected 9; set `axes`"),
        (raw_part(2, images=raw_images(2)[..., :7]), {}, "7 planes .* expected 9"),
        (raw_part(2), {"drop_copy": False}, "9 planes .* expected 8; set `axes` and `drop_copy`"),
        (raw_part(2), {"axes": "npyx"}, "80 planes in the order 'npyx'"),
        (raw_part(2, images=raw_images(2)[:, :40]), {}, "40 x 80 px, expected a square"),
        (raw_part(2, images=raw_images(2, 30)), {}, "30 px, expected an even number of 32 px"),
        (raw_part(2, images=raw_images(2, 41)), {}, "41 px, expected an even number"),
        (raw_part(2, images=raw_images(2, 40)), {"crop_px": 60}, "an even number of 60 px or more"),
        (raw_part(2, images=raw_images(2)[0]), {}, "expected four axes"),
        (raw_part(2, images=raw_images(2) / 128), {}, "type float64, expected uint8; .*counts_per"),
        (raw_part(2, images=raw_images(2).astype("u2")), {}, "type uint16, expected uint8"),
        (raw_part(2, images=raw_images(2) > 20), {"counts_per_unit": 1}, "type bool"),
        (raw_part(2, pol_ids=pol_ids(3)), {}, r"'pol_ids' beside it has shape \(3, 13\)"),
        ({"a/b/c/images": raw_images(2)}, {}, "no dataset 'pol_ids' beside it; .*Set `pol_ids`"),
        (
            raw_part(2) | raw_part(2, "a/b/c", images=raw_images(2, 40)),
            {},
            r"images of \[40, 80\] px; set `crop_px`",
        ),
    ],
)
def test_files_that_do_not_fit_are_refused(made, datasets, keys, problem):
    path = made(datasets)
    with pytest.raises(ValueError, match=problem) as caught:
        list(read_hdf5(path, read_sample({**RAW, **keys})))
    assert str(caught.value).startswith(str(path))


def test_an_empty_dataset_is_an_error(write):
    with pytest.raises(ValueError, match=r"mine\.h5: no usable event among 0"):
        write(raw_part(0), RAW)


def test_other_and_damaged_files_are_refused(tmp_path, made):
    text = tmp_path / "text.h5"
    text.write_text("no HDF5 here")
    whole = made(raw_part(5)).read_bytes()
    half = tmp_path / "half.h5"
    half.write_bytes(whole[: len(whole) // 2])
    for path in (text, half):
        with pytest.raises(ValueError, match="not readable as HDF5") as caught:
            list(read_hdf5(path, read_sample(RAW)))
        assert str(caught.value).startswith(str(path))
    with pytest.raises(FileNotFoundError):
        list(read_hdf5(tmp_path / "none.h5", read_sample(RAW)))


def test_an_unknown_filter_is_named(tmp_path):
    path = tmp_path / "packed.h5"
    with h5py.File(path, "w") as out:
        made = out.create_dataset(
            "x", data=raw_images(3), chunks=(1, 80, 80, 9), compression="gzip"
        )
        assert made.id.get_create_plist().get_filter(0)[0] == 1
    # The filter's number, 1 for gzip, stands before the length of its name in the object header.
    content = path.read_bytes()
    place = content.index(b"deflate") - 8
    path.write_bytes(content[:place] + (32015).to_bytes(2, "little") + content[place + 2 :])
    block = {**RAW, "dataset": "x", "pol_ids": None, "plate": "file"}
    with pytest.raises(ValueError, match=r"packed\.h5: x: not readable .* filter that h5py lacks"):
        list(read_hdf5(path, read_sample(block)))
