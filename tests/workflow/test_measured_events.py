"""A study of measured events with a trained network: nothing needs a truth."""

import re

from helpers.made_networks import make_folder


def test_a_study_without_any_truth_is_a_study(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    folder = make_folder(copy.folder / "nets" / "UNet")
    (copy.folder / "run7.h5").touch()
    copy.write_config(
        {
            "results": "results",
            "gas": {
                "sources": {"run7": {"kind": "hits", "files": ["run7.h5"]}},
                "observed": {"run7": {"sources": ["run7"]}},
                "networks": {"UNet": {"weights": str(folder)}},
            },
        }
    )
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", copy.run("-n"), re.M))
    assert {name for name in jobs if name.startswith("gas_")} == {
        *("gas_hits", "gas_predict", "gas_observed")
    }
    assert jobs["figure"] == "1"
