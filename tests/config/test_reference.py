"""config/README.md is generated; it must not drift from the schema."""

from pipeline.config.reference import reference


def test_reference_is_up_to_date(repository):
    written = (repository / "config" / "README.md").read_text()
    assert written == reference(), "run `make reference`"


def test_every_key_has_a_description():
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    bare = [row for row in rows if row.endswith("|  |") and "`kind`" not in row]
    assert not bare
