"""An edit of one chain's code reruns nothing of another chain."""

import pytest


@pytest.fixture
def whole(finished_chains, tmp_path):
    """A finished study of all chains, of one's own."""
    return finished_chains.twin(tmp_path / "copy")


def chains_of(files):
    """First folder below results/ of each file."""
    return {file.split("/")[1] for file in files}


def test_registry_of_the_chains_reruns_nothing(whole):
    assert whole.pending() == set()
    whole.append("chains.py")
    assert whole.pending() == set()


@pytest.mark.parametrize(
    ("module", "chain"),
    [
        ("gas/voxels/binning.py", "gas"),
        ("xenon/response/shards.py", "xenon"),
        ("emulsion/clusters/light.py", "emulsion"),
    ],
)
def test_code_of_one_chain_reruns_that_chain_and_what_shows_it(whole, module, chain):
    whole.append(module)
    assert chains_of(whole.pending()) == {chain, "figures", "provenance.json", "provenance.html"}
