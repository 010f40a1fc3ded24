"""ROOT files: the paper's layout, other layouts by name, and files that are something else."""

from functools import partial

import awkward as ak
import numpy as np
import pyarrow.parquet as pq
import pytest
import uproot
from helpers.reading import check_bad_event, check_refused

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sources import Root
from pipeline.gas.tracks.root import read_root

X, Y, Z = [[1.0, 2.0], [3.0], []], [[4.0, 5.0], [6.0], []], [[7.0, 8.0], [9.0], []]


def settings(**keys):
    return Root.model_validate({"kind": "root", "files": ["raw"], **keys})


@pytest.fixture
def raw(tmp_path):
    """(trees as name -> branches) -> path of a ROOT file."""

    def write(**trees):
        path = tmp_path / "raw.root"
        with uproot.recreate(path) as file:
            for name, branches in trees.items():
                file[name] = {
                    k: ak.Array(v) if isinstance(v[0], list) else np.array(v)
                    for k, v in branches.items()
                }
        return path

    return write


def test_genuine_file_holds_degrads_physics(degrad_dir):
    path = degrad_dir / "he_co2_40keV_200events.root"
    batches = list(read_root(path, settings(), BadEvents("root", "stop")))
    assert sum(map(len, batches)) == 200
    with uproot.open(path) as file:
        tree = file["recoils"].arrays(["event_number", "npoints", "y"], library="ak")
    np.testing.assert_array_equal(
        np.concatenate([b.source_event for b in batches]), tree["event_number"]
    )
    lengths = np.concatenate([np.diff(b.offsets) for b in batches])
    np.testing.assert_array_equal(lengths, tree["npoints"])
    np.testing.assert_allclose(
        np.concatenate([b.positions_um for b in batches])[:, 1],
        1e4 * ak.to_numpy(ak.flatten(tree["y"])),
        rtol=1e-6,
    )
    # Other 40 keV events of the same gas: the yield agrees within 4 errors of the mean.
    offsets = pq.read_table(degrad_dir / "he_co2_40keV.parquet")["x_um"].combine_chunks().offsets
    others = np.diff(offsets.to_numpy())
    error = np.hypot(lengths.std() / 200**0.5, others.std() / len(others) ** 0.5)
    assert abs(lengths.mean() - others.mean()) < 4 * error


def test_papers_layout_needs_no_names(raw):
    path = raw(
        events={
            "event_number": [7, 9, 9],
            "npoints": [2, 1, 0],
            "x": X,
            "y": Y,
            "z": Z,
            "t": X,
            "q": [[1.0, 1.0], [1.0], []],
        }
    )
    (batch,) = read_root(path, settings(), BadEvents("raw", "stop"))
    assert batch.source_event.tolist() == [7, 9, 9]
    assert batch.offsets.tolist() == [0, 2, 3, 3]
    expected = 1e4 * np.array([[1, 4, 7], [2, 5, 8], [3, 6, 9]], np.float32)
    np.testing.assert_allclose(batch.positions_um, expected)
    np.testing.assert_allclose(batch.times_ps, [1e3, 2e3, 3e3])
    assert batch.energy_keV is None


def test_tree_branches_and_units_by_name(raw):
    path = raw(hits={"px": X, "py": Y, "pz": Z, "E": [0.04, 0.05, 0.06]}, other={"n": [1]})
    source = settings(
        tree="hits",
        branches={"event": None, "x": "px", "y": "py", "z": "pz", "t": None, "energy": "E"},
        length_unit="mm",
        energy_unit="MeV",
    )
    (batch,) = read_root(path, source, BadEvents("raw", "stop"))
    assert batch.source_event.tolist() == [0, 1, 2]
    np.testing.assert_allclose(batch.positions_um[0], [1e3, 4e3, 7e3])
    np.testing.assert_allclose(batch.energy_keV, [40, 50, 60])
    assert batch.times_ps is None


def test_file_without_times_is_read_with_a_warning(raw, caplog):
    path = raw(t={"event_number": [1, 2, 3], "x": X, "y": Y, "z": Z})
    (batch,) = read_root(path, settings(), BadEvents("raw", "stop"))
    assert batch.times_ps is None
    assert "no branch 't'" in caplog.text


def test_entries_come_in_batches(raw):
    ones = [[1.0]] * 600
    path = raw(t={"event_number": list(range(600)), "x": ones, "y": ones, "z": ones})
    batches = list(read_root(path, settings(), BadEvents("raw", "stop")))
    assert [len(b) for b in batches] == [256, 256, 88]
    assert np.concatenate([b.source_event for b in batches]).tolist() == list(range(600))


@pytest.mark.parametrize("branch", ["y", "t"])
def test_unequal_lengths_are_a_bad_event(raw, branch):
    branches = {"event_number": [4, 5, 6], "x": X, "y": Y, "z": Z, "t": X}
    branches[branch] = [[1.0, 2.0], [3.0, 3.5], []]
    path = raw(t=branches)
    problem = "event 5: its branches have different lengths"
    batch = check_bad_event(read_root, path, settings(), problem)
    assert batch.source_event.tolist() == [4, 6]
    assert batch.offsets.tolist() == [0, 2, 2]


refused = partial(check_refused, read_root)


def test_unknown_branch_lists_the_branches(raw):
    path = raw(t={"event_number": [1, 2, 3], "px": X, "py": Y, "pz": Z})
    refused(path, settings(), r"no branch \['x', 'y', 'z'\]; it has .*'px'.*`branches`")


def test_branch_of_single_numbers_is_no_coordinate(raw):
    path = raw(t={"event_number": [1, 2], "x": [1.0, 2.0], "y": [1.0, 2.0], "z": [1.0, 2.0]})
    refused(path, settings(), r"branch 'x' holds 2 \* float64, expected one list")


def test_unknown_tree_lists_the_trees(raw):
    path = raw(a={"n": [1]}, b={"n": [1]})
    refused(path, settings(tree="c"), r"expected a tree 'c', found \['a', 'b'\]; set `tree`")
    refused(path, settings(), r"expected one tree, found \['a', 'b'\]; set `tree`")


@pytest.mark.parametrize("content", [b"", b"no ROOT file", b"root" + bytes(20)])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "raw.root"
    path.write_bytes(content)
    refused(path, settings(), "not a readable ROOT file")


@pytest.mark.parametrize("kept", [0.001, 0.3, 0.9])
def test_truncated_file_is_refused(tmp_path, degrad_dir, kept):
    whole = (degrad_dir / "he_co2_40keV_200events.root").read_bytes()
    path = tmp_path / "raw.root"
    path.write_bytes(whole[: int(kept * len(whole))])
    refused(path, settings(), "not a readable ROOT file")


def test_flipped_bytes_are_noticed(tmp_path, degrad_dir):
    content = bytearray((degrad_dir / "he_co2_40keV_200events.root").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 100] = bytes(100)
    path = tmp_path / "raw.root"
    path.write_bytes(content)
    refused(path, settings(), "not a readable ROOT file")
