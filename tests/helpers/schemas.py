"""What holds for the schema of every Parquet table."""

UNITS = ("um", "ps", "keV", "cm")


def check_schema(schema, **metadata):
    """Check metadata of the file, and the description and the unit of every column."""
    for key, value in metadata.items():
        assert schema.metadata[key.encode()].decode() == value
    for field in schema:
        assert field.metadata[b"description"], field.name
        for unit in UNITS:
            if field.name.endswith(f"_{unit}"):
                assert field.metadata[b"unit"].decode() == unit
