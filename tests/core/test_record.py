"""The record of what tables were made with."""

import json
import shutil

import pytest

from pipeline.core import digests
from pipeline.core.digests import file_digest
from pipeline.core.hardware import hardware
from pipeline.core.record import record, scripts_digest


@pytest.fixture
def scripts(tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "a.py").write_text("from pipeline.core.files import atomic_write\n\nA = 1\n")
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


def test_digest_of_scripts_sees_the_functions_that_rules_name(scripts, monkeypatch):
    before = scripts_digest(scripts)
    normalised = digests._normalised

    def edited(path, mtime_ns):
        return normalised(path, mtime_ns) + ("edited" if path.name == "hcn.py" else "")

    monkeypatch.setattr(digests, "_normalised", edited)
    assert scripts_digest(scripts) != before
