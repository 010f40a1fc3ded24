"""Names in a config that refer to other parts of it."""

import pytest

from pipeline.config.names import check_known


def test_known_names_pass():
    check_known("test", ["a", "b"], {"b": 1, "a": 2})


@pytest.mark.parametrize(
    ("noun", "known", "message"),
    [
        ("", ["fog", "gamma"], "test: no 'fig'; did you mean 'fog'? There are fog, gamma"),
        ("sample", ["fog"], "test: no sample 'fig'; did you mean 'fog'? There are fog"),
        ("sample", [], "test: no sample 'fig'; There are none"),
    ],
)
def test_an_unknown_name_is_told_the_nearest(noun, known, message):
    with pytest.raises(ValueError, match="test: no") as error:
        check_known("test", ["fig"], known, noun)
    assert str(error.value) == message
