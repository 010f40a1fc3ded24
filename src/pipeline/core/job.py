"""What every workflow script needs: a log, readable errors, and its number of cores."""

import logging
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pipeline
from pipeline.core import by_hand
from pipeline.core.hardware import hardware, in_words
from pipeline.core.stopping import Stopped

SOURCES = Path(pipeline.__file__).resolve().parents[1]
PARALLELISM = "parallel_"  # prefix of resources that hold a training's parallelism
FORMAT = "%(asctime)s %(message)s"
# Jobs share the machine: OpenMP threads that spin while they wait slow each other down tenfold.
# Snakemake sets the number of threads of a job.
QUIET_WAITING = {"OMP_WAIT_POLICY": "PASSIVE", "KMP_BLOCKTIME": "0"}


@contextmanager
def job(snakemake: Any) -> Iterator[None]:
    """Log to the rule's log and to the terminal while the block runs.

    The log begins with the machine and the command that runs this job alone, by hand. An error's
    message goes to the terminal, its traceback to the log only, and the job fails. A job stopped
    by SIGTERM also fails, without a traceback.
    """
    log = Path(str(snakemake.log[0]))
    log.parent.mkdir(parents=True, exist_ok=True)
    file, terminal = logging.FileHandler(log, mode="w"), logging.StreamHandler()
    file.setFormatter(logging.Formatter(FORMAT))
    label = " ".join([snakemake.rule, *map(str, snakemake.wildcards)])
    terminal.setFormatter(logging.Formatter(f"[{label}] %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[file], force=True)
    # Libraries stay quiet below warnings.
    logging.getLogger("pipeline").setLevel(logging.INFO)
    logging.getLogger(__name__).info("on %s", in_words(hardware()))
    logging.getLogger(__name__).info("this job alone: %s", by_hand.write(snakemake, log))
    logging.getLogger().addHandler(terminal)
    try:
        yield
    except Stopped as stop:
        logging.getLogger(__name__).warning("%s", stop)
        sys.exit(1)
    except Exception as error:
        logger = logging.getLogger(__name__)
        terminal.setLevel(logging.CRITICAL)
        logger.exception("failed")
        terminal.setLevel(logging.INFO)
        logger.error("error: %s", error)
        sys.exit(1)


def parallelism(snakemake: Any) -> dict[str, int]:
    """Processes and threads of a training: those of its settings, within the cores of the job.

    The settings (`config.training.Training.parallelism`) are resources of the job, not params, so
    a change reruns nothing.
    """
    wanted = {
        name.removeprefix(PARALLELISM): number
        for name, number in snakemake.resources.items()
        if name.startswith(PARALLELISM)
    }
    processes = min(wanted["processes"], snakemake.threads)
    cores = snakemake.threads // processes
    threads = min(wanted["threads"], cores)
    own = {"processes": processes, "threads": threads}
    if "loader_threads" in wanted:
        # The first loader thread shares the cores of the training.
        own["loader_threads"] = min(wanted["loader_threads"], cores - threads + 1)
    return own


def share_package(code: str) -> None:
    """Make the jobs of this run import this copy of the package, installed or not.

    Compiled functions have a cache for each state of the package (`code` is its digest): numba
    compiles in what a function imports from other modules and does not notice changes there.
    Threads wait without spinning, unless the user's environment says otherwise. Text is UTF-8 in
    any locale. Figures are drawn into files: a notebook's backend is not known to jobs. Matplotlib
    keeps its list of fonts here, since some accounts have no home that can be written to.
    """
    others = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(SOURCES), *([others] if others else [])])
    cache = Path(os.environ.get("NUMBA_CACHE_DIR", Path(".snakemake", "numba"))).resolve()
    # The processes that Snakemake starts for its jobs come here again.
    os.environ["NUMBA_CACHE_DIR"] = str(cache if cache.name == code else cache / code)
    os.environ["PYTHONUTF8"] = "1"
    os.environ["MPLBACKEND"] = "agg"
    os.environ["MPLCONFIGDIR"] = str(Path(".snakemake", "matplotlib").resolve())
    for variable, value in QUIET_WAITING.items():
        os.environ.setdefault(variable, value)


def quote_python() -> None:
    """Make jobs start where the path of this Python holds a blank or another sign of the shell.

    Snakemake writes `sys.executable` into the commands of its jobs as it is. Nothing else in its
    process starts a Python.
    """
    if Path(sys.executable).exists():
        sys.executable = shlex.quote(sys.executable)
