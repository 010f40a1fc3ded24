"""Every configuration that comes with the project is valid."""

import pytest

from pipeline.study import ConfigError, read_config


def test_shipped_configurations_are_valid(repository):
    shipped = sorted((repository / "config").glob("*.yaml"))
    assert "test.yaml" in [path.name for path in shipped]
    for path in shipped:
        assert read_config(path).test_sets, path


def test_broken_yaml_is_a_config_error_with_its_file_and_line(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("seed: 1\ngrid: {bins: 120\nresults: here\n")
    with pytest.raises(ConfigError, match=r"study\.yaml: not YAML.*\n?.*line") as caught:
        read_config(path)
    assert "line 3" in str(caught.value)


@pytest.mark.parametrize("content", ["", "- seed\n- grid\n", "seed\n"])
def test_yaml_that_holds_no_blocks_is_a_config_error(tmp_path, content):
    path = tmp_path / "study.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=r"study\.yaml"):
        read_config(path)
