"""The command that writes a data set: its errors are one line."""

import pytest
import yaml
from helpers.made_release import STUDY, finish_study

from pipeline import release


def test_a_finished_study_becomes_a_data_set(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    finish_study(STUDY)
    release.main("study.yaml")
    assert capsys.readouterr().out == "data set: results/release/README.md\n"


@pytest.mark.parametrize(
    ("study", "told"),
    [
        (STUDY, r"^error: results/provenance\.json: there is no such file; finish the study"),
        ({"xenon": {}}, r"^error: study\.yaml: no `gas:` block"),
    ],
)
def test_what_cannot_be_released_is_told(tmp_path, monkeypatch, study, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(study))
    (tmp_path / "made.OUT").touch()
    with pytest.raises(SystemExit, match=told):
        release.main("study.yaml")


def test_the_block_is_no_part_of_the_study(plain):
    from pipeline.study import check_config

    asked = {**plain, "gas": {**plain["gas"], "release": {"licence": "CC0-1.0"}}}
    assert check_config(asked).gas.release.licence == "CC0-1.0"
    assert check_config(asked).plain() == check_config(plain).plain()
    assert "release" not in check_config(asked).plain()["gas"]
