"""Digests of code that are kept in a file: Snakemake reads all rules again for every job."""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from pipeline.core import digests


class KeptDigests:
    """`code_digest` of the scripts of a folder; a file keeps them until any of the code changes.

    The file belongs to the text of all scripts and modules. Without it, or with a damaged one,
    the digests of all rules take a second.
    """

    def __init__(self, scripts: Path, file: Path) -> None:
        self._scripts, self._file = scripts, file
        self._sources = sorted([*scripts.glob("*.py"), *digests.PACKAGE_ROOT.rglob("*.py")])
        self._stamps = self._read_stamps()
        # Versions of Python write the same syntax tree differently.
        texts = (path.read_text() for path in self._sources)
        self._state = digests.fingerprint(sys.version, *texts)
        self._known: dict[str, str] = {}
        with suppress(OSError, ValueError):
            self._known = json.loads(file.read_text()).get(self._state, {})

    def digest(self, script: str, *names: str) -> str:
        """See `code_digest`; the script by its name in the folder."""
        key = " ".join([script, *names])
        if key not in self._known:
            self._known[key] = digests.code_digest(self._scripts / script, *names)
            self._keep()
        return self._known[key]

    def _keep(self) -> None:
        """Write all digests so far, unless the code was edited after the start."""
        if self._read_stamps() != self._stamps:
            return
        # Other runs may write at the same time, so under a name of its own first.
        own = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            own.write_text(json.dumps({self._state: self._known}))
            own.replace(self._file)

    def _read_stamps(self) -> list[tuple[int, int]]:
        stats = (path.stat() for path in self._sources)
        return [(stat.st_mtime_ns, stat.st_size) for stat in stats]
