"""A config is read from UTF-8 YAML or JSON in which no block has a key twice."""

import json

import pytest

from pipeline.config.yaml_files import ConfigError, check_unique_keys, read_unique
from pipeline.study import open_study, read_config


def written(folder, text, name="study.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("seed: 1\nresults: a\nseed: 2\n", "seed: twice in one block, in lines 1 and 3"),
        ("gas:\n  test_sets: {}\n  seed: 1\n  'test_sets': {}\n", r"gas\.test_sets: .* 2 and 4"),
        ("a: {b: 1, c: {d: 1,\n d: 2}}\n", r"a\.c\.d: .* 1 and 2"),
        ("a:\n- b: 1\n- {b: 1, b: 2}\n", r"a\.b: .* 3 and 3"),
        ("x: &x {k: 1, k: 1}\ny: *x\n", r"x\.k: .* 1 and 1"),
        ('{\n\t"a": 1,\n\t"a": 2\n}\n', "a: .* 2 and 3"),
    ],
    ids=["top", "quoted", "flow", "list", "anchor", "json with tabs"],
)
def test_a_key_twice_in_a_block_is_told_with_both_lines(tmp_path, text, told):
    path = written(tmp_path, text)
    for read in (check_unique_keys, read_unique, read_config):
        with pytest.raises(ConfigError, match=rf"study\.yaml:\n  {told}"):
            read(path)


def test_all_repeated_keys_are_told(tmp_path):
    with pytest.raises(ConfigError) as caught:
        check_unique_keys(written(tmp_path, "a: 1\nb: 1\na: 2\nb: 2\na: 3\n"))
    told = [line.split("; ")[0] for line in str(caught.value).splitlines()[1:]]
    assert told == [
        f"  {key}: twice in one block, in lines {first} and {again}"
        for key, first, again in (("a", 1, 3), ("b", 2, 4), ("a", 3, 5))
    ]


def test_same_key_in_different_blocks_anchors_and_merges_are_legal(tmp_path):
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: *a\nd: [*a, *a]\ne: {<<: [*a], z: 1}\n"
    content = read_unique(written(tmp_path, text))
    assert content["b"] == {"x": 3, "y": 2}
    assert content["c"] == content["d"][1] == {"x": 1, "y": 2}


@pytest.mark.parametrize("text", ["seed: 3\n", json.dumps({"seed": 3})])
def test_byte_order_mark_is_no_part_of_a_key(tmp_path, text):
    assert read_unique(written(tmp_path, "\ufeff" + text)) == {"seed": 3}


def test_json_numbers_are_read_as_json(tmp_path):
    assert read_unique(written(tmp_path, '{"rate": 1e-3}')) == {"rate": 1e-3}


@pytest.mark.parametrize("text", ["a: [1\n", "a: !unknown 1\n", "[1]: {}\n"])
def test_what_is_not_plain_yaml_is_told_with_the_file(tmp_path, text):
    with pytest.raises(ConfigError, match=r"study\.yaml: not YAML"):
        read_unique(written(tmp_path, text))


def test_other_encodings_are_told(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_bytes("results: é\n".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        read_unique(path)


def test_every_file_of_a_run_is_checked(tmp_path):
    good = written(tmp_path, "seed: 1\n", "good.yaml")
    bad = written(tmp_path, "seed: 1\nseed: 1\n", "bad.yaml")
    assert open_study({"xenon": {}}, [good, good]).seed == 1
    with pytest.raises(ConfigError, match=r"bad\.yaml:\n  seed: twice"):
        open_study({"xenon": {}}, [good, bad])
