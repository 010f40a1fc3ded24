"""Networks with weights from a network folder: what the card gives, what cannot be."""

import shutil

import pytest
from helpers.made_networks import UNET, make_folder

from pipeline.gas.config import given
from pipeline.gas.config.networks import read_network
from pipeline.study import ConfigError, check_config


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "nets" / "UNet")


@pytest.fixture
def gas_of(plain):
    """(keys of the one network UNet, keys of the chain) -> the checked block of the chain."""

    def check(network, **keys):
        plain["gas"] |= {"networks": {"UNet": network}, **keys}
        return check_config(plain).gas

    return check


def test_the_card_gives_what_is_left_out(gas_of, folder):
    network = gas_of({"weights": str(folder)}).networks["UNet"]
    assert (network.architecture, network.widths) == ("unet", [4, 6, 8])
    assert (network.frames, network.temperature) == (2, True)


def test_a_network_without_kappa_gets_no_temperature(gas_of, tmp_path):
    without = {"temperature": None}
    folder = make_folder(tmp_path / "RCN", {"architecture": "rcn", "frames": 4}, **without)
    network = gas_of({"weights": str(folder)}).networks["UNet"]
    assert (network.architecture, network.frames) == ("rcn", 4)


def test_settings_of_the_prediction_may_differ_from_the_card(gas_of, folder):
    block = {"weights": str(folder), "frames": 8, "temperature": False, "widths": [4, 6, 8]}
    network = gas_of(block).networks["UNet"]
    assert (network.frames, network.temperature) == (8, False)


def test_a_start_gives_the_architecture_alone(gas_of, folder):
    network = gas_of({"start": str(folder)}).networks["UNet"]
    assert (network.widths, network.frames, network.temperature) == ([4, 6, 8], 1, False)


@pytest.mark.parametrize("key", ["weights", "start"])
@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"widths": [4, 6, 9]}, r"UNet\.widths: \[4, 6, 9\] here, but \[4, 6, 8\] in .*card\.yaml"),
        ({"architecture": "hcn"}, r"UNet\.architecture: hcn here, but unet in .*card\.yaml"),
    ],
)
def test_another_architecture_than_the_cards_is_named_with_both(gas_of, folder, key, own, told):
    with pytest.raises(ConfigError, match=told):
        gas_of({key: str(folder), **own})


def test_a_start_may_grow_and_weights_may_not(gas_of, folder):
    more = {"components": 3, "start_of_track": True}
    network = gas_of({"start": str(folder), **more}).networks["UNet"]
    assert (network.widths, network.components, network.start_of_track) == ([4, 6, 8], 3, True)
    with pytest.raises(ConfigError, match=r"UNet\.components: 3 here, but 1 in .*card\.yaml"):
        gas_of({"weights": str(folder), **more})


def test_fixed_moments_are_those_of_a_start(gas_of, folder):
    assert gas_of({"start": str(folder), "fixed_moments": True}).networks["UNet"].fixed_moments
    with pytest.raises(ConfigError, match="fixed_moments: needs `start`"):
        gas_of({**UNET, "fixed_moments": True})


def test_an_rcn_may_begin_with_an_hcn_and_nothing_else(gas_of, tmp_path):
    hcn = make_folder(tmp_path / "HCN", {"architecture": "hcn"})
    assert gas_of({"start": str(hcn), "architecture": "rcn"}).networks["UNet"].architecture == "rcn"
    for refused in ({"weights": str(hcn), "architecture": "rcn"}, {"start": str(hcn)} | UNET):
        with pytest.raises(ConfigError, match=r"architecture: \w+ here, but hcn in .*card\.yaml"):
            gas_of(refused)


def test_a_start_of_several_components_keeps_their_number(gas_of, tmp_path):
    block = {"architecture": "unet", "widths": [4, 6, 8], "components": 3}
    folder = make_folder(tmp_path / "three", block)
    assert gas_of({"start": str(folder)}).networks["UNet"].components == 3
    with pytest.raises(ConfigError, match=r"UNet\.components: 2 here, but 3 in .*card\.yaml"):
        gas_of({"start": str(folder), "components": 2})


def test_the_weight_of_the_start_of_the_track_may_differ(gas_of, folder):
    network = gas_of({"start": str(folder), "start_loss_weight": 0.5}).networks["UNet"]
    assert network.start_loss_weight == 0.5


def test_weights_and_start_exclude_each_other(gas_of, folder):
    with pytest.raises(ConfigError, match=r"networks\.UNet: `weights` uses .*leave one of them"):
        gas_of({"weights": str(folder), "start": str(folder)})


@pytest.mark.parametrize("key", ["weights", "start"])
@pytest.mark.parametrize("where", [3, ["a"], "", False])
def test_a_place_that_is_no_path_is_told(gas_of, key, where):
    told = rf"networks\.UNet\.{key}: must be 'shipped' or the path of a network folder, got "
    with pytest.raises(ConfigError, match=told):
        gas_of({key: where})


@pytest.mark.parametrize("block", ["shipped", 3, None, ["unet"]])
def test_a_network_that_is_no_block_is_told(gas_of, block):
    told = r"gas: networks\.UNet: must be a block of keys, such as \{weights: shipped\} .*, got "
    with pytest.raises(ConfigError, match=told):
        gas_of(block)


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"frames": 99}, r"gas\.networks\.UNet\.frames: "),
        ({"optimiser": {"learning_rate": -1}}, r"gas\.networks\.UNet\.optimiser\.learning_rate: "),
        ({"fraems": 8}, r"gas\.networks\.UNet: unknown key 'fraems'"),
    ],
)
def test_a_wrong_key_beside_weights_is_named_as_it_stands_in_the_file(gas_of, folder, own, told):
    with pytest.raises(ConfigError, match=rf"  {told}"):
        gas_of({"weights": str(folder), **own})


@pytest.mark.parametrize("key", ["weights", "start"])
def test_errors_of_the_folder_name_the_key(gas_of, tmp_path, key):
    with pytest.raises(ConfigError, match=rf"networks\.UNet\.{key}: .*card\.yaml: there is no"):
        gas_of({key: str(tmp_path)})


def test_shipped_networks_go_by_their_names(gas_of, folder, monkeypatch):
    monkeypatch.setattr(given, "SHIPPED", folder.parent)
    gas = gas_of({"weights": "shipped"})
    assert gas.networks["UNet"].widths == [4, 6, 8]
    assert given.read_card(gas.folders["UNet"]).views == 123_000


@pytest.mark.parametrize("names", [[], ["A", "B"]])
def test_what_is_shipped_is_listed_where_a_name_is_not(gas_of, tmp_path, monkeypatch, names):
    for name in names:
        make_folder(tmp_path / name)
    monkeypatch.setattr(given, "SHIPPED", tmp_path)
    told = rf"UNet\.weights: no network 'UNet' is shipped .*shipped: {', '.join(names) or 'none'}"
    with pytest.raises(ConfigError, match=told):
        gas_of({"weights": "shipped"})


def test_only_some_architectures_take_another_number_of_bins(gas_of, folder, tmp_path):
    grid = {"bins": 60, "voxel_um": 1000}
    assert gas_of({"weights": str(folder)}, grid=grid).grid.bins == 60
    hcn = make_folder(tmp_path / "HCN", {"architecture": "hcn"})
    with pytest.raises(ConfigError, match=r"networks\.UNet: .*120\^3 .*'hcn' .*60\^3; set"):
        gas_of({"weights": str(hcn)}, grid=grid)
    assert gas_of({"weights": str(hcn)}, grid={"voxel_um": 400}).grid.voxel_um == 400


def test_a_temperature_that_the_card_has_not_is_told(gas_of, tmp_path):
    folder = make_folder(tmp_path / "cold", temperature=None)
    assert not gas_of({"weights": str(folder)}).networks["UNet"].temperature
    with pytest.raises(ConfigError, match=r"UNet\.temperature: the card .* has none"):
        gas_of({"weights": str(folder), "temperature": True})


def test_a_training_set_is_needed_where_a_network_is_trained(gas_of, folder, plain):
    del plain["gas"]["training_set"]
    gas = gas_of({"weights": str(folder)})
    assert gas.trained == gas.hypothesis_tests == []
    with pytest.raises(ConfigError, match="training_set: needed to train the network 'UNet'"):
        gas_of({"start": str(folder)})


def test_plain_content_gives_the_same_study_again(gas_of, folder, plain):
    gas_of({"weights": str(folder), "temperature": False})
    study = check_config(plain)
    assert check_config(study.plain()) == study


def test_what_a_study_has_recorded_needs_no_folder(gas_of, folder, plain):
    gas_of({"weights": str(folder)})
    study = check_config(plain)
    record = study.plain()
    shutil.rmtree(folder)
    again = check_config(record, recorded=True)
    assert again.paths["gas"].block.networks == study.gas.networks
    with pytest.raises(ConfigError, match="there is no such file"):
        check_config(record)


def test_without_a_folder_no_job_sees_the_keys(plain):
    """A new key in a job's parameters would rerun finished trainings."""
    network = read_network({"architecture": "unet", "widths": [4, 6, 8], "weights": None})
    for block in (network.plain(), network.training_block(), network.identity()):
        assert not {"weights", "start"} & block.keys()


def test_a_training_depends_on_the_content_of_its_start_and_not_on_its_place(folder):
    block = {"architecture": "unet", "widths": [4, 6, 8]}
    network, started = read_network(block), read_network({**block, "start": str(folder)})
    assert started.plain()["start"] == str(folder)
    assert started.training_block() == network.training_block()
    assert started.identity() == network.identity()
