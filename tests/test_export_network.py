"""The command that exports a network: its errors are one line."""

import pytest
import yaml

from pipeline import export_network


@pytest.fixture
def fail(tmp_path, monkeypatch):
    """(plain study, name of the network) -> what the command says."""

    def run(study, name="RCN"):
        config = tmp_path / "study.yaml"
        config.write_text(yaml.safe_dump(study))
        arguments = ["export_network", name, str(config), str(tmp_path / "folder")]
        monkeypatch.setattr("sys.argv", arguments)
        with pytest.raises(SystemExit) as caught:
            export_network.main()
        assert not (tmp_path / "folder").exists()
        return str(caught.value)

    return run


def test_a_study_without_results_names_what_to_do(fail, plain):
    plain["results"] = "nowhere"
    told = fail(plain)
    assert told.startswith("error: nowhere/provenance.json: there is no such file; finish")
    assert "make figures CONFIG=" in told


def test_a_network_that_is_not_there_is_named_with_those_that_are(fail, plain):
    assert "this study trains no network 'UNet'; it trains: RCN" in fail(plain, "UNet")


def test_a_study_of_another_chain_is_told(fail):
    assert "no `gas:` block" in fail({"xenon": {}})
