"""A config is either wholly understood or refused, with the place and a way out."""

import pytest

from pipeline.config.model import Block, described
from pipeline.study import ConfigError, check_config


def spoil(plain, place, value):
    """Set the key at dotted `place`."""
    *path, last = place.split(".")
    block = plain
    for key in path:
        block = block.setdefault(key, {})
    block[last] = value
    return plain


def test_minimal_config_is_valid_and_has_the_papers_defaults(plain):
    config = check_config(plain).gas
    assert (config.grid.bins, config.grid.voxel_um) == (120, 500)
    network = config.networks["RCN"]
    assert (network.batch_size, network.patience) == (256, 5)
    adam = network.optimiser
    assert (adam.learning_rate, adam.betas, adam.eps) == (1e-4, (0.94, 0.999), 1e-7)
    smearing = config.training_set.smearing_um
    assert (smearing.low_um, smearing.high_um) == (160, 466)


@pytest.mark.parametrize(
    ("place", "nearest"),
    [
        ("sed", "seed"),
        ("gas.grid.voxel_size_um", "voxel_um"),
        ("gas.networks.RCN.optimiser.learning_rte", "learning_rate"),
        ("gas.sources.made.event_per_energy", "events_per_energy"),
        ("gas.sources.made.gas.presure_torr", "pressure_torr"),
        ("gas.test_sets.50keV.smearing", "smearing_um"),
    ],
)
def test_unknown_key_names_its_place_and_the_nearest_key(plain, place, nearest):
    *above, key = place.split(".")
    with pytest.raises(ConfigError) as caught:
        check_config(spoil(plain, place, 1), "study.yaml")
    message = str(caught.value)
    assert f"  {'.'.join(above) or 'top level'}: unknown key '{key}'" in message
    assert f"did you mean '{nearest}'?" in message
    assert message.startswith("study.yaml:")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("seed", "one"),
        ("seed", -1),
        ("gas.grid.bins", 120.5),
        ("gas.grid.bins", [120]),
        ("gas.grid.voxel_um", 0),
        ("gas.grid.voxel_um", float("nan")),
        ("gas.networks.RCN.max_epochs", "many"),
        ("gas.networks.RCN.architecture", "cnn"),
        ("gas.networks.RCN.optimiser.betas", [0.9]),
        ("gas.sources.made.events_per_energy", {}),
        ("gas.sources.made.energies_keV", []),
        ("gas.sources.read.on_bad_event", "ignore"),
        ("gas.training_set.validation_fraction", 1),
    ],
)
def test_wrong_value_is_refused_at_its_place(plain, place, value):
    with pytest.raises(ConfigError, match=rf"  {place}(\.\d)?: "):
        check_config(spoil(plain, place, value))


@pytest.mark.parametrize(
    "place", ["seed", "gas.networks.RCN.max_gradient_norm", "gas.grid.voxel_um"]
)
def test_yes_is_no_number(plain, place):
    with pytest.raises(ConfigError, match="must be a number or text, not true/false"):
        check_config(spoil(plain, place, True))


def test_yes_is_a_truth_value():
    class Switch(Block):
        on: bool = described("A switch.", False)
        maybe: bool | None = described("A switch, or undecided.", None)

    assert Switch.model_validate({"on": True, "maybe": True}).on


def test_all_problems_are_reported_together(plain):
    spoil(plain, "gas.grid.bins", 0)
    spoil(plain, "gas.networks.RCN.patience", 0)
    with pytest.raises(ConfigError) as caught:
        check_config(plain)
    assert "gas.grid.bins: " in str(caught.value)
    assert "gas.networks.RCN.patience: " in str(caught.value)


@pytest.mark.parametrize("key", ["sources", "networks"])
def test_missing_block_is_named(plain, key):
    del plain["gas"][key]
    with pytest.raises(ConfigError, match=rf"  gas\.{key}: Field required"):
        check_config(plain)


def test_config_is_immutable(plain):
    with pytest.raises(ValueError, match="frozen"):
        check_config(plain).seed = 2


def test_plain_content_gives_the_same_config_again(plain):
    config = check_config(plain)
    assert check_config(config.plain()) == config
