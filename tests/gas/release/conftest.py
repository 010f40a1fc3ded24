"""A data set made of a finished study of made-up shards."""

import copy

import pytest
from helpers.made_release import STUDY, finish_study

from pipeline.gas.release.build import build_release


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A folder with `study.yaml`, its results and the data set."""
    folder = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build_release(finish_study(STUDY), "study.yaml")
    return folder


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """(change of the plain gas block) -> paths of a finished study in the working folder."""
    monkeypatch.chdir(tmp_path)

    def finish(change=lambda gas: None):
        study = copy.deepcopy(STUDY)
        change(study["gas"])
        return finish_study(study)

    return finish
