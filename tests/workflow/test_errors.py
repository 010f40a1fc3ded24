"""Mistakes a user makes, seen from the command line."""


def test_unknown_key_names_the_nearest(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    copy.configure(gas__training_set__smaering_um=300)
    message = copy.fail("-n")
    assert "unknown key 'smaering_um'" in message
    assert "did you mean 'smearing_um'" in message
    assert "Traceback" not in message


def test_missing_input_files_are_named(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    copy.configure(
        gas__sources__test_40keV={"kind": "degrad", "files": ["nowhere/*.OUT"], "energy_keV": 40}
    )
    message = copy.fail("-n")
    assert "error in gas.sources.test_40keV.files: nothing matches 'nowhere/*.OUT'" in message
    assert "Traceback" not in message
    assert "workflow/rules" not in message


def test_missing_degrad_executable_is_named(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    copy.only("gas")
    copy.configure(
        gas__sources__test_40keV={
            "kind": "degrad_run",
            "executable": "no-such-degrad",
            "energy_keV": 40,
            "jobs": 1,
            "events_per_job": 5,
        }
    )
    message = copy.fail("results/gas/tracks/test_40keV/0000_run.parquet")
    assert "no-such-degrad" in message
    assert "executable" in message
    assert not (copy.folder / "results/gas/tracks/test_40keV/0000_run.parquet").exists()


def test_key_that_is_twice_in_the_config_is_told_with_its_lines(pristine, tmp_path):
    copy = pristine.twin(tmp_path / "copy")
    path = copy.folder / "config" / "test.yaml"
    lines = len(path.read_text().splitlines())
    path.write_text(path.read_text() + "results: others\n")
    message = copy.fail("-n")
    assert f"results: twice in one block, in lines 2 and {lines + 1}" in message
    assert "Traceback" not in message
