"""Progress of long work as log lines with rate and time left."""

import logging
import time

logger = logging.getLogger(__name__)


class Progress:
    """Counts finished units and logs rate and ETA at most every `every_s` seconds.

    Log lines rather than a redrawn bar: they read well in a rule's log, on a terminal shared by
    several jobs and in a batch system's output.
    """

    def __init__(self, what: str, total: int | None, unit: str, every_s: float = 5.0) -> None:
        self.what, self.total, self.unit, self.every_s = what, total, unit, every_s
        self.done = 0
        self.start = self._last = time.monotonic()

    def update(self, n: int, note: str = "") -> None:
        """Count `n` more units; `note` is appended to the line if one is due."""
        self.done += n
        now = time.monotonic()
        if now - self._last >= self.every_s:
            self._last = now
            self._log(now, note)

    def finish(self, note: str = "") -> None:
        """Log the closing line."""
        self._log(time.monotonic(), note)

    def _log(self, now: float, note: str) -> None:
        rate = self.done / max(now - self.start, 1e-9)
        if self.total is None:
            head = f"{self.done:,} {self.unit}"
        else:
            head = f"{self.done:,}/{self.total:,} {self.unit}"
        left = (
            "" if not self.total or not rate else f", ETA {_clock((self.total - self.done) / rate)}"
        )
        logger.info("%s: %s, %s/s%s%s", self.what, head, _rate(rate), left, note and f", {note}")


def _rate(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(max(seconds, 0)), 60)
    return f"{minutes}:{rest:02d}"
