"""An edit of one chain's code reruns nothing of another chain."""

import pytest


@pytest.fixture
def both(finished_chains, tmp_path):
    """A finished study of both chains, of one's own."""
    return finished_chains.twin(tmp_path / "copy")


def chains_of(files):
    """First folder below results/ of each file."""
    return {file.split("/")[1] for file in files}


def test_registry_of_the_chains_reruns_nothing(both):
    assert both.pending() == set()
    both.append("chains.py")
    assert both.pending() == set()


@pytest.mark.parametrize(
    ("module", "chain"),
    [("gas/voxels/binning.py", "gas"), ("xenon/response/shards.py", "xenon")],
)
def test_code_of_one_chain_reruns_that_chain_and_what_shows_it(both, module, chain):
    both.append(module)
    assert chains_of(both.pending()) == {chain, "figures", "provenance.json", "provenance.html"}
