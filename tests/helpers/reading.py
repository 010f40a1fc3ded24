"""What tests of readers share."""

import pytest

from pipeline.core.ingestion import BadEvents


def check_refused(read, path, source, problem):
    """Check that a reader refuses a file whatever its policy, with its path and the problem."""
    with pytest.raises(ValueError, match=problem) as caught:
        list(read(path, source, BadEvents("raw", "skip")))
    assert str(caught.value).startswith(str(path))
