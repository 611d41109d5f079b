"""Child processes that start together, are watched, and all end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

QUIET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "GRPC_VERBOSITY": "NONE"}
"""What every service runs with, here and in its image."""
STOP_TIMEOUT_S = 15.0
_BEGIN = Path(__file__).with_name("begin.py")
_LOG_TAIL_BYTES = 4096


class Process:
    """One service's process. Its output goes to a log file of its own.

    `niceness` above 0 leaves the CPU to processes that have less (Linux).
    """

    def __init__(
        self,
        name: str,
        module: str,
        variables: Mapping[str, str],
        log: Path,
        cwd: Path,
        *,
        niceness: int = 0,
    ) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._begin = output.tell()
            # A session of its own: Ctrl-C in the terminal reaches the launcher alone, which ends the rest in order.
            self._popen = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [*ending_with_us(sys.executable, niceness), "-m", module],
                cwd=cwd,
                env={**service_environment(), **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Id of the process."""
        return self._popen.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    def last_words(self) -> str:
        """The last line that it logged in this run."""
        with self.log.open("rb") as output:
            end = output.seek(0, os.SEEK_END)
            output.seek(max(self._begin, end - _LOG_TAIL_BYTES))
            lines = output.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def ask_to_stop(self) -> None:
        """Begin its graceful end."""
        if self.running:
            self._popen.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as the kernel would, without a word."""
        self._popen.kill()
        self._popen.wait()

    def ensure_stopped(self) -> None:
        """Wait for its end; kill it when it takes too long."""
        try:
            self._popen.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()


def service_environment() -> dict[str, str]:
    """This process' environment, without NumPy's thread pools, which only fight each other here, and without
    gRPC's own lines, which are no JSON."""
    return {**QUIET, **os.environ}  # noqa: TID251  handed on, not read


def ending_with_us(program: str, niceness: int = 0) -> list[str]:
    """The beginning of a command that runs the program; on Linux it ends when this process does, however that is."""
    through = [sys.executable, "-I", "-S", str(_BEGIN), str(niceness)] if sys.platform == "linux" else []
    return [*through, program]
