"""Schema of what all blocks have in common that read files of events."""

from typing import Literal

from pipeline.config.model import Block, described


class EventFiles(Block):
    """Files of events, and which of these events are taken."""

    files: list[str] = described(
        "Paths or glob patterns, relative to the working directory.", min_length=1
    )
    first_event: int = described("First event taken from each file, counted from 0.", 0, ge=0)
    max_events: int | None = described("Most events taken from each file; null: all.", None, gt=0)
    on_bad_event: Literal["stop", "skip"] = described(
        "What to do with an event that cannot be used: 'stop' with an error, or 'skip', count "
        "and report it.",
        "stop",
    )
