"""Run the user's Degrad executable: input card, private directory, log, output."""

import gzip
import logging
import shutil
import subprocess
import tempfile
from pathlib import Path

from pipeline.core.files import atomic_write
from pipeline.gas.config.sources import DegradRun

logger = logging.getLogger(__name__)

ELECTRON_BEAM = 2
ALONG_Z = 1


def degrad_card(run: DegradRun, seed: int) -> str:
    """The input card of one Degrad 3.x run: an electron beam along +z from the origin.

    Fortran formats of the five cards and the terminator: 5I10,3F10.5 / 6I5 / 8F10.4 /
    3F10.3,2I5 / 2F10.3,7I5 / 5I10,3F10.5. With three decimals the energy fits its ten columns.

    Raises:
        ValueError: a number does not fit its columns.
    """
    gases = run.gas_ids + [0] * (6 - len(run.gas_ids))
    percent = run.gas_percent + [0.0] * (6 - len(run.gas_percent))
    beam = (len(run.gas_ids), run.events_per_job, ELECTRON_BEAM, ALONG_Z, seed)
    cut_eV = 10_000.0
    switches = (0, 0, 0, 0, 0, 1, 1)  # Compton, Rayleigh, pair off; bremsstrahlung, cascade on
    lines = [
        "".join(f"{i:10d}" for i in beam)
        + f"{run.energy_keV * 1e3:10.3f}{run.thermalisation_eV:10.5f}{cut_eV:10.3f}",
        "".join(f"{i:5d}" for i in gases),
        "".join(f"{x:10.4f}" for x in (*percent, run.temperature_C, run.pressure_torr)),
        "".join(f"{x:10.3f}" for x in (run.electric_field_V_per_cm, 0.0, 0.0))
        + f"{run.iwrite:5d}{0:5d}",
        f"{0.0:10.3f}{0.5:10.3f}" + "".join(f"{i:5d}" for i in switches),
        "".join(f"{0:10d}" for _ in range(5)) + "".join(f"{0.0:10.3f}" for _ in range(3)),
    ]
    for line, columns in zip(lines, (80, 30, 80, 40, 55, 80), strict=True):
        # If a number is too long, Degrad silently misreads all numbers behind it.
        if len(line) != columns:
            raise ValueError(f"a number does not fit its columns of Degrad's input card: '{line}'")
    return "\n".join(lines) + "\n"


def run_degrad(run: DegradRun, seed: int, output: str | Path, degrad_log: str | Path) -> None:
    """Run Degrad in a private directory; keep its printed log and its gzipped DEGRAD.OUT.

    Raises:
        FileNotFoundError: the executable is missing.
        RuntimeError: Degrad failed or wrote no DEGRAD.OUT.
    """
    executable = shutil.which(run.executable)
    if executable is None:
        raise FileNotFoundError(
            f"Degrad executable '{run.executable}' is missing or not executable; "
            "set `executable` of this source to your own build of Degrad"
        )
    Path(degrad_log).parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="degrad_") as directory:
        card = degrad_card(run, seed)
        (Path(directory) / "card").write_text(card)
        logger.info("running %s, seed %d, %d events", executable, seed, run.events_per_job)
        with open(degrad_log, "w") as log:
            finished = subprocess.run(
                [Path(executable).resolve()],
                input=card,
                text=True,
                cwd=directory,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        written = Path(directory) / "DEGRAD.OUT"
        if finished.returncode or not written.is_file():
            raise RuntimeError(
                f"Degrad ended with status {finished.returncode} and "
                f"{'a' if written.is_file() else 'no'} DEGRAD.OUT; its log is {degrad_log}"
            )
        with (
            atomic_write(output) as temporary,
            open(written, "rb") as source,
            # Without a time stamp equal runs give equal files.
            open(temporary, "wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=4) as target,
        ):
            shutil.copyfileobj(source, target)
