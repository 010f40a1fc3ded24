"""The table of all checks, from prediction files."""

import pytest
from helpers.made_scores import made_predictions, write_made

from pipeline.emulsion.config.analysis import Leaks, Transfer
from pipeline.emulsion.leaks.stage import from_files

SETTINGS = Leaks(errors=4, bins=10, transfer=Transfer(beam="beam", isotropic="C", bins=2))


@pytest.fixture
def inputs(rng, tmp_path):
    """Predictions of a data set without leaks."""

    def write(name, mean):
        return [
            write_made(
                tmp_path / f"{name}.parquet",
                made_predictions(rng, "C", 2000, 1, mean),
                made_predictions(rng, "beam", 1000, 1, mean, angle_rad=0.3),
                made_predictions(rng, "fog", 2000, 0),
            )
        ]

    return {
        "border": write("border", 0.0),
        "brightness": write("brightness", 0.0),
        "network": write("network", 2.0),
        "others": write("other", 1.0),
        "shuffled": write("shuffled", 0.0),
    }


def run(inputs):
    names = ["mine", "other"]
    return from_files(inputs, {"leaks": SETTINGS.plain(), "seed": 1, "networks": names})


def test_a_clean_data_set_passes_all_checks(inputs):
    tables = run(inputs)
    leaks = tables["leaks"]
    assert not leaks["leak"].any()
    # Five of each pair, one of all, one of directions.
    assert len(leaks) == 2 * 5 + 2
    assert tables["transfer"]["network"].to_list() == ["mine", "mine", "other", "other"]


def test_a_leak_is_named_in_words(inputs, rng, tmp_path, caplog):
    inputs["border"] = [
        write_made(
            tmp_path / "leak.parquet",
            made_predictions(rng, "C", 2000, 1, 0.5),
            made_predictions(rng, "beam", 1000, 1),
            made_predictions(rng, "fog", 2000, 0),
        )
    ]
    leaks = run(inputs)["leaks"]
    (found,) = leaks[leaks["leak"]].to_dict("records")
    assert (found["check"], found["signal"], found["background"]) == ("border", "C", "fog")
    assert "border of C and fog: the border of the images tells the samples apart" in caplog.text


def test_a_sample_without_predictions_is_named(inputs, rng, tmp_path):
    few = [made_predictions(rng, "C", 9, 1), made_predictions(rng, "fog", 9, 0)]
    inputs["brightness"] = [write_made(tmp_path / "few.parquet", *few)]
    with pytest.raises(ValueError, match="no predictions of sample 'beam', only of C, fog"):
        run(inputs)
