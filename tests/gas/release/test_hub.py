"""The block of a data card that hubs read."""

import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.gas.config.release import Release
from pipeline.gas.release.hub import hub_block


def read(text):
    dashes, block, rest = text.split("---\n", 2)
    assert dashes == ""
    return yaml.safe_load(block), rest


def test_every_table_of_events_is_a_configuration(released):
    folder = released / "results/release"
    block, _ = read((folder / "README.md").read_text())
    files = {each["config_name"]: each["data_files"] for each in block["configs"]}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}
    assert set(files.values()) == there
    assert {files["train"], files["truth_like"]} < there
    assert "license" not in block
    events = sum(pq.read_metadata(path).num_rows for path in folder.glob("data/*.parquet"))
    assert events < 1_000
    assert block["size_categories"] == ["n<1K"]


@pytest.mark.parametrize(
    ("licence", "keys"),
    [
        ("CC-BY-4.0", {"license": "cc-by-4.0"}),
        ("https://example.org/l", {"license": "other", "license_link": "https://example.org/l"}),
    ],
)
def test_the_licence_is_one_that_hubs_know(licence, keys):
    block, rest = read(hub_block(Release(licence=licence), [], 1_000))
    assert keys.items() <= block.items()
    assert block["size_categories"] == ["1K<n<10K"]
    assert rest == ""
