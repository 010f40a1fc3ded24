"""Where a network's training events come from: which combinations make sense."""

import pytest

from pipeline.study import ConfigError, check_config


def network_of(plain, **keys):
    plain["networks"]["RCN"] |= keys
    return check_config(plain).networks["RCN"]


def test_networks_learn_from_shards_unless_told_otherwise(plain):
    network = network_of(plain)
    assert (network.views, network.tracks) == ("shards", "stored")


@pytest.mark.parametrize("given", [{}, {"views": "fresh"}])
def test_stream_has_fresh_views(plain, given):
    network = network_of(plain, tracks="stream", **given)
    assert network.views == "fresh"
    assert type(network).model_validate(network.plain()) == network


def test_stream_has_no_shards(plain):
    with pytest.raises(ConfigError, match=r"networks\.RCN: views: a stream .* no shards"):
        network_of(plain, tracks="stream", views="shards")


def test_stream_needs_simulations(plain):
    plain["sources"]["tested"] = plain["sources"]["made"]
    plain["test_sets"]["50keV"]["sources"] = ["tested"]
    plain["training_set"]["sources"] = ["made", "read"]
    with pytest.raises(ConfigError, match=r"networks\.RCN\.tracks: .*'read' is of kind 'degrad'"):
        network_of(plain, tracks="stream")
    assert network_of(plain, tracks="stored", views="fresh").views == "fresh"


def test_threads_and_how_to_predict_leave_the_weights_alone(plain):
    few = network_of(plain, architecture="hcn", slices=4)
    many = network_of(plain, threads=2, loader_threads=8, frames=8, temperature=True, processes=2)
    assert few.identity() == many.identity()
    assert many.identity() != network_of(plain, slices=5).identity()
    assert many.identity() != network_of(plain, views="fresh").identity()


def test_loader_threads_beyond_the_first_need_cores(plain):
    assert network_of(plain, slices=4, threads=4).cores == 4
    assert network_of(plain, threads=4, loader_threads=3).cores == 6
    assert network_of(plain, processes=2, threads=2).cores == 8
    assert network_of(plain).without_parallelism().cores == 1


def test_a_thread_needs_a_slice(plain):
    with pytest.raises(ConfigError, match=r"networks\.RCN: threads: 3, but a batch has 2 slice"):
        network_of(plain, slices=2, threads=3)


def test_a_process_needs_a_slice_for_each_of_its_threads(plain):
    assert network_of(plain, slices=4, processes=2, threads=2).processes == 2
    message = r"networks\.RCN: threads: 3 in each of 2 processes, but a batch has 4 slice"
    with pytest.raises(ConfigError, match=message):
        network_of(plain, slices=4, processes=2, threads=3)


def test_a_gpu_has_one_thread(plain):
    with pytest.raises(ConfigError, match=r"RCN: threads: 2, but a GPU works on one slice after"):
        network_of(plain, slices=2, threads=2, device="cuda")
    assert network_of(plain, slices=2, threads=1, processes=2, device="cuda").gpus == 2
    assert network_of(plain, device="cpu").gpus == 0
