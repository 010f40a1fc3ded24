"""Rough sizes of event tables and responses, by which a run finds out whether the disk has room."""

import os

from pipeline.config.files import EventFiles
from pipeline.config.model import Block
from pipeline.xenon.config.samples import Nest, RecordedEvents

EVENT = 35
# 0.4 to 0.5 kB an event of XENON1T; of DARWIN 0.6 kB at a few keV and 2.6 kB at 50 keV.
RESPONSE = 600
# An event in a user's file: a line of execNEST has 150 to 200 bytes, a row of a Parquet table 80.
IN_FILE = 200


def event_bytes(part: Block) -> float:
    """Size of the event table of a part of a sample."""
    return EVENT * _events(part) * (part.candidates if isinstance(part, Nest) else 1)


def response_bytes(part: Block) -> float:
    """Size of the detector's response to a part of a sample."""
    return RESPONSE * _events(part)


def _events(part: Block) -> float:
    """Events of a part of a sample, for a user's file from its size."""
    if isinstance(part, Nest):
        return part.events
    if not isinstance(part, EventFiles):
        return 0
    in_file = RESPONSE if isinstance(part, RecordedEvents) else IN_FILE
    in_files = sum(map(os.path.getsize, part.files)) / in_file
    return in_files if part.max_events is None else min(in_files, part.max_events)
