"""The headline numbers of a study, in a form in which studies can be compared."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Headline:
    """One number of a study's result.

    `events` are the values of single events whose mean is `value`, with an index that names an
    event and how it was seen. Two studies with the same index saw the same events: their
    difference is that of pairs.
    """

    quantity: str  # what it is, with its unit
    subject: str  # what it is of: test set and method, for example
    value: float
    low: float  # 68 % interval; NaN: no error is known
    high: float
    events: pd.Series | None = None


def with_error(
    quantity: str, subject: str, value: float, error: float, events: pd.Series | None = None
) -> Headline:
    """A number with a symmetric error."""
    return Headline(quantity, subject, value, value - error, value + error, events)
