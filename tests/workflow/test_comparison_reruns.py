"""The comparison of simulated with reference tracks is made where the config asks for it."""

import pytest

pytestmark = pytest.mark.slow

TABLE = "results/gas/tables/voxel_classifier.csv"
COMPARISON = {"simulated": ["test_40keV"], "reference": ["test_50keV"]}
CLASSIFIER = {"widths": [4, 4, 4], "smearing_um": 200}


@pytest.fixture
def compared(study):
    """A finished workflow with a comparison and its classifier."""
    study.configure(gas__track_comparison={**COMPARISON, "voxel_classifier": CLASSIFIER})
    for file in study.pending():
        path = study.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    study.run("--touch", "--forceall")
    return study


def test_classifier_adds_its_tables_only(study):
    study.configure(gas__track_comparison=COMPARISON)
    without = study.pending()
    assert "results/gas/tables/track_classifier.csv" in without
    assert TABLE not in without
    study.configure(gas__track_comparison__voxel_classifier=CLASSIFIER)
    history = "results/gas/tables/voxel_classifier_history.csv"
    assert study.pending() - without == {TABLE, history}


def test_classifier_is_trained_anew_after_its_own_settings(compared):
    assert compared.pending() == set()
    compared.configure(gas__track_comparison__voxel_classifier__loader_threads=2)
    assert TABLE not in compared.pending()
    compared.configure(gas__track_comparison__voxel_classifier__max_epochs=3)
    pending = compared.pending()
    assert TABLE in pending
    assert "results/gas/tables/track_distances.csv" not in pending
