"""What happens to events that cannot be used: stop with a clear error, or skip and count."""

import logging
from dataclasses import dataclass, field
from typing import Literal

logger = logging.getLogger(__name__)


class BadEventError(ValueError):
    """An event of an input file cannot be used."""


@dataclass
class BadEvents:
    """The policy for one input file and the events it met there."""

    file: str
    policy: Literal["stop", "skip"]
    reasons: dict[str, str] = field(default_factory=dict)

    def found(self, event: int | str, reason: str) -> None:
        """Report event number `event` of the file as unusable.

        Raises:
            BadEventError: the policy is to stop.
        """
        if self.policy == "stop":
            raise BadEventError(
                f"{self.file}, event {event}: {reason}. Repair the file, or set "
                "`on_bad_event: skip` for this source to leave such events out and count them"
            )
        logger.warning("%s, event %s skipped: %s", self.file, event, reason)
        # Event numbers may repeat in a file; every bad event counts.
        self.reasons[f"{len(self.reasons)}:{event}"] = reason

    def __len__(self) -> int:
        return len(self.reasons)
