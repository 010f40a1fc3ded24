"""The record of what tables were made with."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline import record as module
from pipeline.provenance import file_digest
from pipeline.record import hardware, record, scripts_digest


@pytest.fixture
def scripts(tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "a.py").write_text("from pipeline.files import written_whole\n\nA = 1\n")
    (folder / "b.py").write_text("B = 1\n")
    return folder


def test_a_record_holds_all_that_a_result_depends_on(tmp_path, scripts):
    table = tmp_path / "table.csv"
    table.write_text("a\n1\n")
    config = {"seed": 7, "grid": {"bins": 120}}
    made = record(config, [str(table)], scripts)
    assert made["seed"] == 7
    assert made["config"] == config
    assert made["tables"] == {str(table): file_digest(table)}
    assert made["code"] == scripts_digest(scripts)
    assert {"python", "snakemake", "torch", "numpy"} <= set(made["versions"])
    assert made["hardware"] == hardware()
    assert json.loads(json.dumps(made)) == made


def test_the_same_work_leaves_the_same_record(tmp_path, scripts):
    table = tmp_path / "table.csv"
    table.write_text("a\n1\n")
    assert record({"seed": 1}, [table], scripts) == record({"seed": 1}, [table], scripts)


def test_digest_of_scripts_sees_code_and_neither_comments_nor_the_place(tmp_path, scripts):
    before = scripts_digest(scripts)
    (scripts / "b.py").write_text("# a comment\nB = 1\n")
    assert scripts_digest(shutil.copytree(scripts, tmp_path / "elsewhere")) == before
    (scripts / "b.py").write_text("B = 2\n")
    assert scripts_digest(scripts) != before


def test_hardware_is_that_of_this_machine():
    found = hardware()
    meminfo = Path("/proc/meminfo").read_text().split()
    assert meminfo[0] == "MemTotal:"
    assert found["memory_GiB"] == pytest.approx(int(meminfo[1]) / 2**20, abs=0.06)
    assert found["cores"] >= 1
    assert found["processor"]


def test_processor_without_a_name_is_called_by_its_architecture(monkeypatch):
    monkeypatch.setattr(module.platform, "machine", lambda: "aarch64")
    assert module._processor("processor\t: 0\nBogoMIPS\t: 50.00\n") == "aarch64"
    named = "processor\t: 0\nmodel name\t: Some CPU: 2 GHz\n\nmodel name\t: another\n"
    assert module._processor(named) == "Some CPU: 2 GHz"
