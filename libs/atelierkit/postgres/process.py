"""Whether a cluster's server is alive, told from the file that it keeps while it runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_PID_LINE, _PORT_LINE, _STATUS_LINE = 0, 3, 7


@dataclass(frozen=True)
class Postmaster:
    """A live server."""

    pid: int
    port: int
    ready: bool
    """Whether it takes connections: not while it recovers from a crash."""


def file_of(cluster: Path) -> Path:
    """The file in which the server says who it is."""
    return cluster / "postmaster.pid"


def find(cluster: Path) -> Postmaster | None:
    """The cluster's live server; None where there is none.

    ``pg_ctl status`` only asks whether the file's process id is in use. After a kill it stays in use
    until somebody reaps the dead process, and in a container it soon belongs to another program.
    """
    try:
        lines = file_of(cluster).read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) <= _PORT_LINE or not _is_live_server(pid := int(lines[_PID_LINE])):
        return None
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return Postmaster(pid, int(lines[_PORT_LINE]), status == "ready")


def _is_live_server(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            before, _, after = stat.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return before.endswith("(postgres") and after.split()[0] not in {"Z", "X"}
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
