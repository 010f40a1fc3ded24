"""A real Slurm of one node, this machine, with its configuration and state in one folder."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

INSTALL = "apt-get install --no-install-recommends slurmctld slurmd slurm-client munge"
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
# Daemons lie where a user's PATH often does not lead.
PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])

# Nothing but the folder and the ports differs from machine to machine: config_overrides lets the
# node have the cores and the memory written here. A job above its memory is killed. The one GPU is
# there for requests only.
CONF = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=2
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
KillWait=5
SlurmdParameters=config_overrides
GresTypes=gpu
NodeName={host} NodeAddr=127.0.0.1 Port={node_port} CPUs=2 RealMemory=8000 Gres=gpu:1
PartitionName=cpu Nodes={host} Default=YES
PartitionName=gpu Nodes={host}
"""
GRES_CONF = "Name=gpu File=/dev/null\n"


@dataclass(frozen=True)
class Slurm:
    """A running Slurm; `environment` is what its commands need beside the usual."""

    folder: Path
    host: str
    environment: dict[str, str]

    def run(self, *command: str) -> str:
        """Standard output of one of Slurm's commands."""
        return subprocess.run(
            command,
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def set_node(self, **settings: str) -> None:
        """`scontrol update` of the one node."""
        changes = [f"{key}={value}" for key, value in settings.items()]
        self.run("scontrol", "update", f"nodename={self.host}", *changes)

    def node_state(self) -> str:
        """The node's state: idle, mixed, allocated, draining, drained, ..."""
        return self.run("sinfo", "--noheader", "--partition=cpu", "--format=%T").strip()

    def jobs(self, state: str) -> dict[str, str]:
        """Comments (rule and wildcards) of the jobs in a state, by job id."""
        rows = self.run("squeue", "--noheader", f"--states={state}", "--format=%i|%k").splitlines()
        return dict(row.split("|", 1) for row in rows)


def missing() -> list[str]:
    """Programs of Slurm and munge that this machine lacks."""
    return [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Poll four times a second; TimeoutError saying `what` did not come."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"no {what} in {seconds:g} s")
        time.sleep(0.25)


@contextmanager
def one_node_slurm(folder: Path) -> Iterator[Slurm]:
    """Start munged, slurmctld and slurmd on free ports; at the end cancel the jobs and stop all."""
    host = socket.gethostname().split(".")[0]
    conf_file = folder / "slurm.conf"
    path = os.pathsep.join([str(_srun_in(folder / "bin", conf_file)), PATH])
    slurm = Slurm(folder, host, {"PATH": path, "SLURM_CONF": str(conf_file)})
    controller_port, node_port = _free_ports(2)
    conf = CONF.format(
        host=host,
        user=getpass.getuser(),
        folder=folder,
        controller_port=controller_port,
        node_port=node_port,
    )
    conf_file.write_text(conf)
    (folder / "gres.conf").write_text(GRES_CONF)
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(os.urandom(128))
    for name in ("state", "spool"):
        (folder / name).mkdir()
    munge_files = {
        "--socket": "munge.socket",
        "--key-file": "munge.key",
        "--log-file": "munged.log",
        "--pid-file": "munged.pid",
        "--seed-file": "munged.seed",
    }
    with ExitStack() as daemons:
        # By force: it warns of a folder that others cannot enter, and of running as root.
        options = [f"{option}={folder / name}" for option, name in munge_files.items()]
        daemons.enter_context(_daemon(slurm, "munged", "--foreground", "--force", *options))
        wait_until((folder / "munge.socket").exists, 10, "socket of munged")
        daemons.enter_context(_daemon(slurm, "slurmctld", "-D"))
        daemons.enter_context(_daemon(slurm, "slurmd", "-D", "-N", host))
        wait_until(lambda: _idle(slurm), 60, f"idle node, see the logs in {folder},")
        daemons.callback(_cancel_all, slurm)
        yield slurm


@contextmanager
def _daemon(slurm: Slurm, *command: str) -> Iterator[None]:
    environment = {**os.environ, **slurm.environment}
    with (slurm.folder / f"{command[0]}.out").open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _srun_in(folder: Path, conf_file: Path) -> Path:
    """A folder with an srun that knows the configuration.

    Snakemake's jobstep plugin takes SLURM_CONF, like most of Slurm's variables, out of the
    environment in which it calls srun; sites that have /etc/slurm/slurm.conf do not notice.
    """
    folder.mkdir()
    srun = folder / "srun"
    srun.write_text(
        f'#!/bin/sh\nSLURM_CONF="{conf_file}" exec {shutil.which("srun", path=PATH)} "$@"\n'
    )
    srun.chmod(0o755)
    return folder


def _idle(slurm: Slurm) -> bool:
    try:
        return slurm.node_state() == "idle"
    except subprocess.CalledProcessError:
        return False


def _cancel_all(slurm: Slurm) -> None:
    # scancel complains of jobs that are ending already.
    with suppress(subprocess.CalledProcessError):
        slurm.run("scancel", f"--user={getpass.getuser()}")
    wait_until(
        lambda: not slurm.jobs("pending,running,completing"), 60, "end of the cancelled jobs"
    )


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
