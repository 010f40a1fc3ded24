"""Every configuration that comes with the project is valid."""

import pytest
from helpers.made_networks import make_folder
from snakemake.utils import update_config

from pipeline.chains import CHAINS
from pipeline.config.yaml_files import read_unique
from pipeline.gas.config import given
from pipeline.study import ConfigError, check_config, read_config


def test_shipped_configurations_are_valid(repository, tmp_path, monkeypatch):
    if not given.shipped_networks():
        make_folder(tmp_path / "UNet")
        monkeypatch.setattr(given, "SHIPPED", tmp_path)
    shipped = sorted((repository / "config").glob("*.yaml"))
    assert {"config.yaml", "test.yaml", "xenon.yaml"} <= {path.name for path in shipped}
    for path in shipped:
        study = read_config(path)
        assert study.chains, path
        assert study.gas is None or study.gas.test_sets, path


def test_miniature_has_all_chains(repository):
    """It is what CI runs."""
    assert read_config(repository / "config" / "test.yaml").chains == list(CHAINS)


def test_broken_yaml_is_a_config_error_with_its_file_and_line(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("seed: 1\ngas: {grid: {bins: 120\nresults: here\n")
    with pytest.raises(ConfigError, match=r"study\.yaml: not YAML.*\n?.*line") as caught:
        read_config(path)
    assert "line 3" in str(caught.value)


@pytest.mark.parametrize("content", ["", "- seed\n- grid\n", "seed\n"])
def test_yaml_that_holds_no_blocks_is_a_config_error(tmp_path, content):
    path = tmp_path / "study.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"study\.yaml"):
        read_config(path)


def test_every_remedy_is_a_valid_addition_to_its_study(repository):
    config = repository / "config"
    additions = sorted((config / "remedies").glob("*.yaml"))
    results = {str(read_config(config / "remedies.yaml").results)}
    for path in additions:
        study = read_unique(config / "remedies.yaml")
        update_config(study, read_unique(path))
        checked = check_config(study, str(path))
        assert checked.gas.trained == ["UNet"]
        results.add(str(checked.results))
    assert len(results) == len(additions) + 1 == 8
