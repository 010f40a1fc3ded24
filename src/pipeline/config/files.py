"""Schema of the keys that all blocks share that read event files."""

from typing import Literal

from pipeline.config.model import Block, described
from pipeline.config.paths import InputPath

OnBadEvent = Literal["stop", "skip"]


class EventFiles(Block):
    """Event files, and which of their events are used."""

    files: list[InputPath] = described(
        "Paths or glob patterns, relative to the working directory; `~` and `$VAR` are replaced.",
        min_length=1,
    )
    first_event: int = described("First event used of each file, counted from 0.", 0, ge=0)
    max_events: int | None = described(
        "Maximum number of events used of each file; null: all.", None, gt=0
    )
    on_bad_event: OnBadEvent = described(
        "Treatment of an unusable event: 'stop' with an error, or 'skip' it, count it and report "
        "it. A file without usable events is treated likewise.",
        "stop",
    )
