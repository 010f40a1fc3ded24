"""Random numbers of a job belong to its source, part, set or sample, by name.

They must not follow the order or the number of a rule's wildcards: both may change, and every
result of every user would change with them.
"""

import logging
import runpy
import sys
from types import SimpleNamespace

import pytest

from pipeline.core import seeds
from pipeline.core.by_hand import Named
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.samples import read_sample
from pipeline.xenon.response import stage


class Asked(Exception):
    """Random numbers were asked for."""


@pytest.fixture
def identity(repository, tmp_path, monkeypatch):
    """(script, wildcards, params, inputs) -> seed and identity of its random numbers."""
    root, ours = logging.getLogger(), logging.getLogger("pipeline")
    before = root.handlers[:], root.level, ours.level
    asked = []

    def ask(*words):
        asked.append(words)
        raise Asked

    for module, name in ((seeds, "generator"), (seeds, "seed_words"), (stage, "generator")):
        monkeypatch.setattr(module, name, ask)

    def run(script, wildcards, params, inputs=()):
        # One more wildcard, and all in another order than in the rule.
        shuffled = {"extra": "other", **dict(reversed(wildcards.items()))}
        job = SimpleNamespace(
            rule="made",
            input=Named(
                list(inputs),
                {"tracks": "tracks.parquet", "fitted": [], "events": "events.parquet"},
            ),
            output=Named([], dict.fromkeys(("table", "counts", "shard", "output", "degrad_log"))),
            params=Named([], params),
            wildcards=Named(list(shuffled.values()), shuffled),
            log=[str(tmp_path / "made.log")],
        )
        path = repository / "workflow" / "scripts" / script
        monkeypatch.setattr(sys, "argv", [str(path)])
        with pytest.raises(SystemExit):
            runpy.run_path(str(path), {"snakemake": job})
        assert "Asked" in (tmp_path / "made.log").read_text()
        (words,) = asked
        return words

    yield run
    for handler in set(root.handlers) - set(before[0]):
        handler.close()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


@pytest.fixture
def plain_detector():
    return Detector(base="darwin").plain()


@pytest.mark.parametrize(
    "block",
    [
        {"kind": "simulation", "energies_keV": [40], "events_per_energy": 10},
        {"kind": "arrows", "events": 4},
    ],
    ids=["simulation", "arrows"],
)
def test_tracks(identity, block):
    wildcards = {"source": "made", "part": "0000_40keV"}
    params = {"part": {"seed": 7, "index": 0, "block": block}}
    assert identity("gas_tracks.py", wildcards, params) == (7, "tracks", "made", "0000_40keV")


def test_degrad(identity):
    wildcards = {"source": "own", "part": "0003_run"}
    params = {"part": {"seed": 7, "block": {}}}
    assert identity("gas_run_degrad.py", wildcards, params) == (7, "degrad", "own", "0003_run")


def test_voxels(identity):
    wildcards = {"voxels": "train", "source": "made", "part": "0000_40keV"}
    params = {"block": {"seed": 7, "grid": {}, "smearing": 200}}
    expected = (7, "voxels", "train", "made", "0000_40keV")
    assert identity("gas_voxels.py", wildcards, params) == expected


NEST = {
    "kind": "nest",
    "recoil": "er",
    "spectrum": {"kind": "uniform", "low_keV": 1, "high_keV": 100},
    "events": 10,
}
FILES = {"kind": "instructions", "files": ["events.csv"]}


@pytest.mark.parametrize(("block", "inputs"), [(NEST, []), (FILES, ["events.csv"])])
def test_xenon_events(identity, plain_detector, block, inputs):
    wildcards = {"sample": "train_er", "part": "0001_nest"}
    own = {name: plain_detector[name] for name in ("geometry", "liquid")}
    params = {"part": {"seed": 7, "index": 1, "block": read_sample(block).plain(), **own}}
    expected = (7, "xenon", "events", "train_er", "0001_nest")
    assert identity("xenon_events.py", wildcards, params, inputs) == expected


def test_xenon_response(identity, plain_detector):
    wildcards = {"sample": "train_er", "part": "0001_nest"}
    params = {"block": {"seed": 7, "detector": plain_detector, "candidates": 1}}
    expected = (7, "xenon", "response", "train_er", "0001_nest")
    assert identity("xenon_response.py", wildcards, params) == expected
