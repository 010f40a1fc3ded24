"""Schema of the systematic errors that follow from the fitted response."""

from collections.abc import Mapping

from pydantic import PositiveInt

from pipeline.config.model import Block, described
from pipeline.gas.config.sets import TestSet


class ResponseSensitivity(Block):
    """Slopes of the mean cosine distance with the fitted parameters of the response."""

    test_set: str = described("Test set with `response: fitted`, whose tracks are used.")
    events: PositiveInt = described("Most tracks, spread over all of the set.", 1000)
    relative_step: float = described(
        "Each parameter is changed up and down by this share of its fitted value.", 0.1, gt=0, lt=1
    )


def check_sensitivity(block: ResponseSensitivity | None, test_sets: Mapping[str, TestSet]) -> None:
    """Check the name of the test set.

    Raises:
        ValueError: there is no such set, or its response is not the fitted one.
    """
    if not block:
        return
    response = test_sets[block.test_set].response if block.test_set in test_sets else None
    if not (response and response.fitted):
        raise ValueError(
            f"response_sensitivity.test_set: '{block.test_set}' must be a test set with "
            "`response: fitted`"
        )
