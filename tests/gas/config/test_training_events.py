"""Where a network's training events come from: which combinations make sense."""

import pytest

from pipeline.core.named import named
from pipeline.gas.config.networks import TRAINING_EVENTS, read_network
from pipeline.study import ConfigError, check_config


def network_of(plain, **keys):
    plain["gas"]["networks"]["RCN"] |= keys
    return check_config(plain).gas.networks["RCN"]


def test_networks_learn_from_shards_unless_told_otherwise(plain):
    assert network_of(plain).training_events == "shards"


@pytest.mark.parametrize("kind", TRAINING_EVENTS)
def test_plain_content_of_a_network_gives_it_again(plain, kind):
    network = network_of(plain, training_events=kind)
    assert network.training_events == kind
    assert read_network(network.plain()) == network


@pytest.mark.parametrize("kind", TRAINING_EVENTS)
def test_every_kind_of_events_names_a_function(plain, kind):
    assert callable(named(network_of(plain, training_events=kind).events_function))


def test_other_kinds_of_events_are_refused_with_the_known_ones(plain):
    with pytest.raises(
        ConfigError, match=r"training_events: .*'shards', 'fresh_views' or 'stream'"
    ):
        network_of(plain, training_events="views")


@pytest.mark.parametrize("old", [{"views": "fresh"}, {"tracks": "stream"}, {"tracks": "stored"}])
def test_keys_of_older_configs_name_the_new_one(plain, old):
    (key,) = old
    message = rf"gas\.networks\.RCN: {key}: .*`training_events`.*'fresh_views'.*'stream'"
    with pytest.raises(ConfigError, match=message):
        network_of(plain, **old)


def test_stream_needs_simulations(plain):
    gas = plain["gas"]
    gas["sources"]["tested"] = gas["sources"]["made"]
    gas["test_sets"]["50keV"]["sources"] = ["tested"]
    gas["training_set"]["sources"] = ["made", "read"]
    message = r"networks\.RCN\.training_events: .*'read' is of kind 'degrad'"
    with pytest.raises(ConfigError, match=message):
        network_of(plain, training_events="stream")
    assert network_of(plain, training_events="fresh_views").training_events == "fresh_views"


def test_threads_and_how_to_predict_leave_the_weights_alone(plain):
    few = network_of(plain, architecture="hcn", slices=4)
    many = network_of(plain, threads=2, loader_threads=8, frames=8, temperature=True, processes=2)
    assert few.identity() == many.identity()
    assert many.identity() != network_of(plain, slices=5).identity()
    assert many.identity() != network_of(plain, training_events="fresh_views").identity()


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
