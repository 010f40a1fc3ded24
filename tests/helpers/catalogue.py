"""What holds for every chain's catalogue of figures."""

from pipeline.core.named import named


def check_catalogue(catalogue, captions):
    """Check that every figure can be drawn from files, and that every caption is used and whole."""
    names = [figure.name for figure in catalogue]
    assert len(set(names)) == len(names)
    assert {name.split("/")[0] for name in names} == captions.keys()
    for figure in catalogue:
        assert callable(named(f"{figure.module}.from_files")), figure.name
        assert figure.inputs, figure.name
        assert all(figure.inputs.values()), figure.name
        assert figure.caption.strip().endswith("."), figure.name
