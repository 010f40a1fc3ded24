"""What tests of readers share."""

import pytest

from pipeline.core.ingestion import BadEventError, BadEvents


def check_refused(read, path, source, problem):
    """Check that a reader refuses a file whatever its policy, with its path and the problem."""
    with pytest.raises(ValueError, match=problem) as caught:
        list(read(path, source, BadEvents("raw", "skip")))
    assert str(caught.value).startswith(str(path))


def check_bad_event(read, path, source, problem):
    """Check that one event stops the reader, or is skipped and counted; return the other events."""
    with pytest.raises(BadEventError, match=f"raw, {problem}"):
        list(read(path, source, BadEvents("raw", "stop")))
    bad = BadEvents("raw", "skip")
    (batch,) = read(path, source, bad)
    assert len(bad) == 1
    return batch
