"""Reader of DEGRAD.OUT, the list-directed text that Degrad 3.x writes.

An event is twelve integers (event number, electrons, excitations, six excitation counts by gas,
Compton, pair, null collisions), then for each electron x y z [um], t [ps] and three integer
flags; with IWRITE=2 the excitations (4 numbers each) and null collisions (5 numbers each, or one
record of zeros) follow. Fortran compilers may wrap lines anywhere, write `3*0` for repeats and
`D` for exponents, so the reader works on tokens and ignores line breaks.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np
import zstandard

from pipeline.core.ingestion import BadEvents
from pipeline.gas.config.sources import TrackSource
from pipeline.gas.tracks.raw import BATCH_EVENTS, RawBatch
from pipeline.gas.tracks.table import FLAG_BREMSSTRAHLUNG, FLAG_FLUORESCENCE, FLAG_PAIR

HEADER = 12
PER_ELECTRON, PER_EXCITATION, PER_NULL = 7, 4, 5
TEXT = "utf-8-sig"  # an editor may have put a byte-order mark first
END_OF_FILE = "the file ends here"
# Raised by truncated or damaged compressed data and by files that are not text.
UNREADABLE = (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError, UnicodeDecodeError)
_REPEAT = re.compile(r"^(\d+)\*(.+)$")


def read_degrad(
    path: str | Path, _source: TrackSource | None, bad: BadEvents
) -> Iterator[RawBatch]:
    """Yield the events of a DEGRAD.OUT file; memory is bounded by one batch of events.

    Raises:
        BadEventError: an event is damaged and the policy is to stop.
        ValueError: the file is no output of Degrad, or is empty and the policy is to stop.
    """
    numbers: list[int] = []
    events: list[np.ndarray] = []
    seen = False
    for header, body, ended in _events(path):
        seen = True
        electrons = _electrons(header, body, ended, bad)
        if electrons is not None:
            numbers.append(header[0])
            events.append(electrons)
        if len(events) == BATCH_EVENTS:
            yield _batch(numbers, events)
            numbers, events = [], []
    if not seen and bad.policy == "stop":
        raise ValueError(f"{path}: no Degrad event found; expected lines of 12 integers")
    if events:
        yield _batch(numbers, events)


def _events(path: str | Path) -> Iterator[tuple[list[int], list[str], str]]:
    """Yield each event: header, tokens up to the next header, and why it ends.

    The reason for the end is empty if the next header follows.

    Raises:
        ValueError: the text does not begin with a header.
    """
    header: list[int] = []
    body: list[str] = []
    run = 0  # consecutive integers at the end of `body`
    ended = END_OF_FILE

    def headers_found() -> Iterator[tuple[list[int], list[str], str]]:
        """Find the headers among the last `run` tokens and yield the events that they end.

        Flags come in threes and null collisions have one integer, so twelve integers in a row
        contain a header. They contain more than one only if an event has no electrons.
        """
        nonlocal header, body
        first = len(body) - HEADER * (run // HEADER)
        if not header and first > 0:
            raise _no_header(path, body[0])
        found = [[int(t) for t in body[i : i + HEADER]] for i in range(first, len(body), HEADER)]
        bodies = [body[:first], *([] for _ in found[1:])]
        if header:
            yield header, bodies[0], ""
        for earlier, tokens in zip(found[:-1], bodies[1:], strict=True):
            yield earlier, tokens, ""
        header, body = found[-1], []

    with _opened(path) as lines:
        try:
            for line in lines:
                for token in _tokens(line):
                    if token.isdecimal():
                        run += 1
                    else:
                        if run >= HEADER:
                            yield from headers_found()
                        elif not header:
                            # Checked early: a long file of other text would fill the memory.
                            raise _no_header(path, [*body, token][0])
                        run = 0
                    body.append(token)
        except UNREADABLE as error:
            ended = f"the rest of the file cannot be read ({error})"
    if run >= HEADER:
        yield from headers_found()
    if header:
        yield header, body, ended
    elif body or ended != END_OF_FILE:
        raise ValueError(f"{path}: no Degrad event found; expected 12 integers; {ended}")


def _no_header(path: str | Path, token: str) -> ValueError:
    return ValueError(
        f"{path}: does not begin with a Degrad event header of 12 integers but with '{token}'"
    )


def _electrons(header: list[int], body: list[str], ended: str, bad: BadEvents) -> np.ndarray | None:
    """Numbers float64 [electrons, 7] of one event, or None if it is bad."""
    event, electrons, excitations, nulls = header[0], header[1], header[2], header[11]
    expected = PER_ELECTRON * electrons
    rest = len(body) - expected
    # Degrad writes a record of zeros if there are no null collisions; the same is accepted if there
    # are no excitations.
    detail = PER_EXCITATION * max(excitations, 1) + PER_NULL * max(nulls, 1)
    allowed = {0, PER_EXCITATION * excitations + PER_NULL * max(nulls, 1), detail}
    if rest not in allowed:
        bad.found(
            event,
            f"its header announces {electrons} electrons ({expected} numbers) but "
            f"{len(body)} numbers follow" + (ended and f"; {ended}"),
        )
        return None
    if ended not in ("", END_OF_FILE):
        bad.found(event, ended)
        return None
    try:
        numbers = np.array(body[:expected], dtype=np.float64).reshape(electrons, PER_ELECTRON)
    except ValueError:
        culprit = next(t for t in body if not _is_number(t))
        bad.found(event, f"'{culprit}' is not a number (a Fortran column overflow prints stars)")
        return None
    if not np.isfinite(numbers).all():
        bad.found(event, f"{int((~np.isfinite(numbers)).sum())} of its numbers are not finite")
        return None
    return numbers


def _tokens(line: str) -> list[str]:
    tokens = line.replace(",", " ").split()
    if "D" in line or "d" in line:
        tokens = [re.sub(r"(?<=[\d.])[dD](?=[+-]?\d)", "E", token) for token in tokens]
    if "*" in line:
        repeats = [_REPEAT.match(token) for token in tokens]
        tokens = [
            part
            for token, match in zip(tokens, repeats, strict=True)
            for part in ([match[2]] * int(match[1]) if match else [token])
        ]
    return tokens


def _is_number(token: str) -> bool:
    try:
        float(token)
    except ValueError:
        return False
    return True


def _batch(numbers: list[int], events: list[np.ndarray]) -> RawBatch:
    rows = np.concatenate(events)
    bits = np.array([FLAG_FLUORESCENCE, FLAG_PAIR, FLAG_BREMSSTRAHLUNG])
    return RawBatch(
        source_event=np.array(numbers, dtype=np.int64),
        offsets=np.concatenate([[0], np.cumsum([len(e) for e in events])]),
        positions_um=rows[:, :3].astype(np.float32),
        times_ps=rows[:, 3].astype(np.float32),
        flags=((rows[:, 4:7] != 0) @ bits).astype(np.uint8),
    )


@contextmanager
def _opened(path: str | Path) -> Iterator[TextIO]:
    suffix = Path(path).suffix
    if suffix == ".gz":
        with gzip.open(path, "rt", encoding=TEXT) as text:
            yield text
    elif suffix == ".zst":
        with open(path, "rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
            yield io.TextIOWrapper(stream, encoding=TEXT)
    else:
        with open(path, encoding=TEXT) as text:
            yield text
