"""config/README.md and config/schema.json are generated; they must not drift from the schema."""

import json
import subprocess
import sys

import jsonschema
import pytest
import yaml

from pipeline.reference import HEAD, markdown, schema


@pytest.mark.parametrize(
    ("what", "name", "content"),
    [("markdown", "README.md", markdown), ("schema", "schema.json", schema)],
)
def test_generated_file_is_up_to_date(repository, what, name, content):
    command = [sys.executable, "-m", "pipeline.reference", what]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed == content()
    assert (repository / "config" / name).read_text() == printed, "run `make reference`"


def test_every_key_has_a_description():
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]
    assert len(rows) > 300
    assert not [row for row in rows if row.endswith("|  |")]


def test_every_block_has_a_section_of_its_own():
    titles = [line for line in markdown().splitlines() if line.startswith("## ")]
    assert len(titles) == len(set(titles))


def test_every_shipped_config_is_listed(repository):
    for path in (repository / "config").glob("*.yaml"):
        assert f"| `{path.name}` |" in HEAD


@pytest.fixture(scope="module")
def validator():
    content = json.loads(schema())
    jsonschema.Draft202012Validator.check_schema(content)
    return jsonschema.Draft202012Validator(content)


def test_schema_accepts_every_shipped_config(repository, validator):
    for path in sorted((repository / "config").glob("*.yaml")):
        errors = [
            f"{error.json_path}: {error.message}"
            for error in validator.iter_errors(yaml.safe_load(path.read_text()))
        ]
        assert not errors, path.name


def test_schema_accepts_an_empty_block(validator):
    assert validator.is_valid({"xenon": None})


@pytest.mark.parametrize(
    ("key", "value"),
    [("sed", 1), ("seed", "one"), ("chains", ["gas"]), ("grid", {"bins": 120})],
)
def test_schema_refuses_unknown_keys_and_wrong_types(plain, validator, key, value):
    assert validator.is_valid(plain)
    assert not validator.is_valid({**plain, key: value})


def test_schema_of_a_detector_asks_for_its_base_only(validator):
    def valid(**block):
        return validator.is_valid({"xenon": {"detectors": {"own": block}}})

    assert valid(base="darwin", s1={"g1": 0.1}, arrays={"top": {"kind": "hexagonal"}})
    assert not valid(s1={"g1": 0.1})
    assert not valid(base="darwin", s1={"g3": 0.1})
