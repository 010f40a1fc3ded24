"""Trainings of one linear regression, with a checkpoint each."""

import pytest
from helpers.regression import Study


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path / "network" / "checkpoint.pt")


@pytest.fixture
def other(tmp_path):
    """The same problem with a checkpoint of its own."""
    return Study(tmp_path / "other" / "checkpoint.pt")
