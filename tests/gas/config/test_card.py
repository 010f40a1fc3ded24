"""The card of a network folder: valid, and that of the weights beside it."""

import pytest
import yaml
from helpers.made_networks import card_of, make_folder, write_card

from pipeline.gas.config.card import CARD, WEIGHTS, Card, read_card


@pytest.fixture
def folder(tmp_path):
    return make_folder(tmp_path / "UNet")


def test_plain_content_gives_the_same_card_again(folder):
    card = read_card(folder)
    assert card.network.widths == [4, 6, 8]
    (folder / CARD).write_text(yaml.safe_dump(card.plain()))
    assert read_card(folder) == card


@pytest.mark.parametrize("file", [CARD, WEIGHTS])
def test_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(ValueError, match=rf"{folder}/{file}: there is no such file"):
        read_card(folder)


@pytest.mark.parametrize("place", [0, 1000, -1])
def test_damaged_weights_are_told(folder, place):
    path = folder / WEIGHTS
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"{path}: its digest is not the one in card\.yaml"):
        read_card(folder)


def test_card_of_other_weights_is_told(folder, tmp_path):
    other = make_folder(tmp_path / "other", {"architecture": "unet", "widths": [4, 6, 10]})
    (folder / CARD).write_bytes((other / CARD).read_bytes())
    with pytest.raises(ValueError, match="the card is that of other weights"):
        read_card(folder)


def test_wrong_keys_of_a_card_are_named_in_one_line(folder):
    write_card(folder, views=0, hours="long")
    with pytest.raises(ValueError, match=r"card\.yaml: not the card of a network: ") as caught:
        read_card(folder)
    assert "views: " in str(caught.value)
    assert "hours: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_card_that_is_no_yaml_is_named(folder):
    (folder / CARD).write_text("name: [")
    with pytest.raises(ValueError, match=r"card\.yaml: not YAML"):
        read_card(folder)


def test_only_networks_with_kappa_have_a_factor(folder):
    content = card_of(folder, {"architecture": "rcn"})
    with pytest.raises(ValueError, match="'rcn' predicts no kappa"):
        Card.model_validate(content)
    assert Card.model_validate({**content, "temperature": None}).temperature is None


@pytest.mark.parametrize(
    ("key", "block", "told"),
    [
        ("energy", {"low_keV": 50, "high_keV": 40}, r"low_keV 50 is above high_keV 40"),
        ("electrons", {"low": 2, "high": 1}, r"low 2 is above high 1"),
    ],
)
def test_ranges_that_are_upside_down_are_refused(folder, key, block, told):
    conditions = card_of(folder)["conditions"]
    write_card(folder, conditions={**conditions, key: block})
    with pytest.raises(ValueError, match=rf"card\.yaml: .*conditions\.{key}: .*{told}"):
        read_card(folder)
