"""Functions and classes by their dotted names."""

import pytest

from pipeline.core.files import atomic_write
from pipeline.core.named import named


def test_a_function_and_a_class_are_found():
    assert named("pipeline.core.files.atomic_write") is atomic_write
    assert named("pipeline.core.progress.Progress").__name__ == "Progress"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pipeline.core.files.atomic_wrote", "pipeline.core.files has no 'atomic_wrote'"),
        ("pipeline.core.fils.atomic_write", "pipeline.core.fils"),
        ("nowhere.f", "nowhere"),
    ],
)
def test_a_name_of_nothing_is_told(name, told):
    with pytest.raises(ImportError, match=told):
        named(name)
