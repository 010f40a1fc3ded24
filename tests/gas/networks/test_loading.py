"""Weights from a training and from a network folder."""

import pytest
import torch
from helpers.made_networks import UNET, make_folder, write_card

from pipeline.gas.config.card import WEIGHTS
from pipeline.gas.config.networks import read_network
from pipeline.gas.networks.architectures import build_network
from pipeline.gas.networks.loading import check_folders, load_network, with_start
from pipeline.learning.saved import read_tensors, write_saved, write_tensors
from pipeline.study import check_config

SETTINGS = read_network(UNET)


@pytest.fixture
def state():
    """Weights as `make_folder` writes them."""
    torch.manual_seed(1)
    return build_network(SETTINGS).state_dict()


def test_both_kinds_of_file_give_the_same_network(state, tmp_path):
    folder = make_folder(tmp_path / "UNet")
    write_saved(tmp_path / "weights.pt", state)
    for path in (tmp_path / "weights.pt", folder / WEIGHTS):
        model = load_network(path, SETTINGS, 120)
        assert not model.training
        for name, value in model.state_dict().items():
            assert torch.equal(value, state[name]), name


def test_half_precision_rounds_layers_only(state, tmp_path):
    half = make_folder(tmp_path / "half", half=True) / WEIGHTS
    whole = make_folder(tmp_path / "whole") / WEIGHTS
    assert half.stat().st_size < 0.6 * whole.stat().st_size
    for name, value in load_network(half, SETTINGS, 120).state_dict().items():
        assert value.dtype == state[name].dtype
        rounded = value.ndim > 1 and value.is_floating_point()
        torch.testing.assert_close(value, state[name], rtol=2**-11 * rounded, atol=2**-24 * rounded)


def test_a_card_of_other_widths_than_its_weights_names_a_layer(tmp_path):
    folder = make_folder(tmp_path / "UNet")
    wider = {**UNET, "widths": [4, 6, 10]}
    write_card(folder, wider)
    with pytest.raises(
        ValueError, match=r"not the weights of .* widths \[4, 6, 10\], .*: '.*' has shape \("
    ):
        load_network(folder / WEIGHTS, read_network(wider), 120)


def test_weights_for_another_grid_name_it(tmp_path):
    path = tmp_path / "weights.pt"
    hcn = read_network({"architecture": "hcn"})
    write_saved(path, build_network(hcn, 40).state_dict())
    with pytest.raises(ValueError, match=r"'hcn', normalise False for a grid of 60\^3 voxels: 'sh"):
        load_network(path, hcn, 60)


def test_damaged_weights_are_refused(tmp_path):
    path = make_folder(tmp_path / "UNet") / WEIGHTS
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="digest"):
        load_network(path, SETTINGS, 120)


def test_a_file_of_another_program_is_refused(tmp_path):
    folder = make_folder(tmp_path / "UNet")
    (folder / WEIGHTS).write_bytes(b"weights")
    write_card(folder)
    with pytest.raises(ValueError, match=r"weights\.safetensors: not a file of safetensors"):
        load_network(folder / WEIGHTS, SETTINGS, 120)


def test_an_rcn_begins_with_all_of_an_hcn_but_its_kappa(tmp_path):
    hcn, rcn = (read_network({"architecture": name}) for name in ("hcn", "rcn"))
    folder = make_folder(tmp_path / "HCN", {"architecture": "hcn"})
    trained = load_network(folder / WEIGHTS, hcn, 120)
    begun = with_start(build_network(rcn, 120), folder / WEIGHTS, rcn, 120)
    assert begun.kappa_head is None
    for name, value in begun.state_dict().items():
        assert torch.equal(value, trained.state_dict()[name]), name
    with pytest.raises(ValueError, match=r"not the weights of .* 'rcn'"):
        load_network(folder / WEIGHTS, rcn, 120)


def test_weights_that_are_no_numbers_are_refused(state, tmp_path):
    name = next(iter(state))
    write_saved(tmp_path / "weights.pt", {**state, name: torch.full_like(state[name], torch.nan)})
    with pytest.raises(ValueError, match=rf"weights\.pt: '{name}' has values that are not finite"):
        load_network(tmp_path / "weights.pt", SETTINGS, 120)


@pytest.mark.parametrize("key", ["weights", "start"])
def test_folders_are_checked_before_a_run(tmp_path, key):
    folder = make_folder(tmp_path / "UNet")
    networks = {"mine": read_network({**UNET, key: str(folder)})}
    check_folders(networks, {"mine": str(folder)}, 120)
    wider = {**UNET, "widths": [4, 6, 10]}
    write_card(folder, wider)
    networks = {"mine": read_network({**wider, key: str(folder)})}
    with pytest.raises(ValueError, match=rf"^gas\.networks\.mine\.{key}: .*: '.*' has shape \("):
        check_folders(networks, {"mine": str(folder)}, 120)


def test_a_run_checks_the_folders_that_its_jobs_use(plain, tmp_path):
    folder = make_folder(tmp_path / "UNet")
    weights = read_tensors(folder / WEIGHTS)
    write_tensors(folder / WEIGHTS, {name: value * torch.nan for name, value in weights.items()})
    write_card(folder)
    plain["gas"] |= {"networks": {"mine": {"weights": str(folder)}}}
    study = check_config(plain)
    study.check_weights({"results/else"})
    with pytest.raises(ValueError, match=r"^gas\.networks\.mine\.weights: .* not finite"):
        study.check_weights({study.paths["gas"].weights("mine")})
