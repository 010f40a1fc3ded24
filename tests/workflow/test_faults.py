"""Full disks, damaged shards, read-only folders, a second run: told, and nothing is lost."""

import os
import random
import resource
import shutil
import subprocess
import time

import pytest

VOXELS = "results/gas/voxels/train/train/0000_50keV.parquet"
RESPONSE = "results/xenon/response/train_er/0000_nest.parquet"
WEIGHTS = {
    VOXELS: "results/gas/networks/RCN/weights.pt",
    RESPONSE: "results/xenon/networks/classifier/weights.pt",
}
FILE_BYTES = 50_000  # less than either shard, more than any other file of their jobs


@pytest.fixture(scope="module")
def runs(pristine, tmp_path_factory):
    """A copy with one shard of each chain, and what a second run said while they were made."""
    copy = pristine.twin(tmp_path_factory.mktemp("faults") / "copy")
    copy.configure(
        gas__sources__train__energies_keV=[50],
        gas__sources__train__events_per_energy=200,
        xenon__samples__train_er__events=100,
        xenon__samples__train_nr__events=100,
    )
    first = subprocess.Popen(
        copy.command(VOXELS, RESPONSE, RESPONSE.replace("_er", "_nr")),
        cwd=copy.folder,
        env=copy.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lock = copy.folder / "results" / ".lock"
    while first.poll() is None and not lock.exists():
        time.sleep(0.05)
    second = copy.fail(VOXELS)
    assert first.wait() == 0, "the second run disturbed the first"
    return copy, second


@pytest.fixture
def made(runs, tmp_path):
    """A copy of one's own of the finished first run."""
    return runs[0].twin(tmp_path / "copy")


def shards(copy):
    """The contents of both shards."""
    return {file: (copy.folder / file).read_bytes() for file in WEIGHTS}


def fail(command, copy, **options):
    """Run a command in the copy, expect it to fail and return what it said."""
    done = subprocess.run(
        command, cwd=copy.folder, env=copy.environment(), capture_output=True, text=True, **options
    )
    assert done.returncode != 0, done.stdout
    return done.stdout + done.stderr


@pytest.mark.slow
def test_second_run_says_why_it_stops(runs):
    copy, second = runs
    assert "error: results: another run is at work on these results" in second
    assert "wait for its end" in second
    assert "Traceback" not in second
    assert "Nothing to be done" in copy.run("-n", *WEIGHTS)


@pytest.mark.slow
def test_full_disk_names_the_shard_and_the_next_run_makes_it(made):
    expected = shards(made)
    for file in expected:
        (made.folder / file).unlink()
    told = fail(
        made.command(*expected),
        made,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES)),
    )
    for file in expected:
        assert f"no room to write {file} (File too large); make room on this disk" in told
        assert not (made.folder / file).exists()
    assert not list((made.folder / "results").rglob("*.partial"))
    made.run(*expected)
    assert shards(made) == expected


@pytest.mark.slow
@pytest.mark.parametrize("place", ["pages", "footer"])
def test_flipped_byte_stops_the_training_and_the_shard_can_be_made_again(made, place):
    expected, rng = shards(made), random.Random(1)
    for file, whole in expected.items():
        path, data = made.folder / file, bytearray(whole)
        before = path.stat()
        footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
        data[rng.randrange(footer, len(whole)) if place == "footer" else footer // 2] ^= 1
        path.write_bytes(data)
        # As a failing disk does it: unknown to the file system.
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    told = made.fail(*WEIGHTS.values())
    for file, weights in WEIGHTS.items():
        assert f"error: {file}: damaged" in told
        assert "delete it and rerun" in told
        assert not list((made.folder / weights).parent.glob("*.pt")), "nothing was learnt from it"
        (made.folder / file).unlink()
    made.run(*expected)
    assert shards(made) == expected


def test_read_only_results_are_told_before_any_job(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    results = copy.folder / "results"
    results.mkdir(mode=0o555)
    command = copy.command("results/gas/tracks/train/0000_40keV.parquet")
    if os.access(results, os.W_OK):
        # For root without this capability permissions count.
        if not shutil.which("setpriv"):
            pytest.skip("permissions do not bind this user, and there is no setpriv")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    told = fail(command, copy)
    assert f"error: results: cannot write to {results}" in told
    assert "Traceback" not in told
    assert list(results.iterdir()) == []
