"""Training in several processes of one machine, started by PyTorch's own launcher, torchrun's."""

import logging
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from threading import Thread
from types import ModuleType
from typing import TypeVar

import torch
from torch import distributed
from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from pipeline.core.stopping import Stopped
from pipeline.learning.ranks import MONITOR_INTERVAL_S

T = TypeVar("T")

# The launcher handles them and leaves its handlers behind.
TAKEN_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)


def in_processes(processes: int, device: str, work: Callable[[], T]) -> T:
    """Call `work`, which trains, in `processes` processes, then once more here.

    The processes share the steps of the training (`learning.trainer`) and leave a finished
    checkpoint. The last call of `work` finds it and returns the trained network without training
    again. If `device` is "cuda", each process has its own GPU, otherwise it uses the CPU. `work`
    must be picklable, for example a partial of a module's function. With one process, `work` is
    called once, here.

    Raises:
        ValueError: there are fewer GPUs than processes.
        ChildProcessError: a process failed or was killed; the others have been ended.
        Stopped: SIGTERM came; the processes stopped as `learning.trainer.train` does.
    """
    if processes > 1:
        if device == "cuda" and processes > torch.cuda.device_count():
            raise ValueError(
                f"processes: {processes}, but the job has {torch.cuda.device_count()} GPU(s)"
            )
        _launch(processes, device, work)
    return work()


def _launch(processes: int, device: str, work: Callable[[], object]) -> None:
    # The launcher's messages are replaced by the shorter ones below.
    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)
    handlers = {taken: signal.getsignal(taken) for taken in TAKEN_SIGNALS}
    with tempfile.TemporaryDirectory() as folder, _main_module_hidden(), _log_relay() as sender:
        config = LaunchConfig(
            min_nodes=1,
            max_nodes=1,
            nproc_per_node=processes,
            run_id=uuid.uuid4().hex,
            rdzv_backend="c10d",
            rdzv_endpoint="localhost:0",
            local_addr="localhost",
            max_restarts=0,
            monitor_interval=MONITOR_INTERVAL_S,
            logs_specs=DefaultLogsSpecs(folder),
        )
        try:
            elastic_launch(config, _work)(sender, device, work)
        except SignalException as error:
            if error.sigval == signal.SIGINT:
                raise KeyboardInterrupt from error
            raise Stopped(f"stopped by {error.sigval.name}; run again to go on") from error
        except ChildFailedError as error:
            rank, failure = error.get_first_failure()
            # An exception comes as a dict with its trace, a signal as text.
            text = failure.message
            reason = text["message"] if isinstance(text, dict) else text
            if reason.startswith(f"{Stopped.__name__}: "):
                raise Stopped(reason.partition(": ")[2]) from error
            raise ChildProcessError(
                f"process {rank} (of 0 to {processes - 1}) failed: {reason}; run again to go on "
                "from the last checkpoint"
            ) from error
        finally:
            for taken, handler in handlers.items():
                if signal.getsignal(taken) is not handler:
                    signal.signal(taken, handler)


def _work(sender: Connection, device: str, work: Callable[[], object]) -> None:
    rank = int(os.environ["LOCAL_RANK"])
    if rank == 0:
        logging.getLogger().addHandler(_Sender(sender))
        logging.getLogger("pipeline").setLevel(logging.INFO)
    if device == "cuda":
        torch.cuda.set_device(rank)
    # Numbers are summed on the CPU, gradients on their own device.
    distributed.init_process_group("cpu:gloo,cuda:nccl" if device == "cuda" else "gloo")
    work()
    distributed.destroy_process_group()


class _Sender(logging.Handler):
    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self.pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        self.pipe.send((record.name, record.levelno, record.getMessage()))


@contextmanager
def _log_relay() -> Iterator[Connection]:
    """Yield an end of a pipe for one process's `_Sender`: its messages are logged here."""
    receiver, sender = Pipe(duplex=False)

    def log() -> None:
        # The pipe ends when all who hold its other end have closed it or are dead.
        with suppress(EOFError, OSError):
            while True:
                name, level, message = receiver.recv()
                logging.getLogger(name).log(level, message)

    thread = Thread(target=log)
    thread.start()
    try:
        yield sender
    finally:
        sender.close()
        thread.join()


@contextmanager
def _main_module_hidden() -> Iterator[None]:
    """A new process would run the main module, here a workflow's script, once more."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
