"""Become another program, as a child of the launcher: `python -I -S begin.py NICENESS PROGRAM ARGUMENT...`.

A program in between, since what `subprocess` runs before it starts a program runs in a fork of the launcher, whose
libraries' threads and locks may hang it there. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h."""
_AUTOGROUP = Path("/proc/self/autogroup")
_TRIES = 50
# Without privileges, one write in a tenth of a second is taken from the whole machine (sched_autogroup(7)).
_PAUSE_S = 0.1


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the launcher dies, however it dies: no process is left behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def give_way(niceness: int) -> None:
    """Leave the CPU to nicer neighbours: as a process, and as a session where the kernel shares CPUs by session.

    There (sched_autogroup(7)) a process' own niceness counts within its session alone, where it has no neighbour.
    """
    os.nice(niceness)
    if not _AUTOGROUP.exists():
        return
    for _ in range(_TRIES):
        try:
            _AUTOGROUP.write_text(str(niceness))
        except BlockingIOError:
            time.sleep(_PAUSE_S)  # noqa: TID251  the kernel has no event for it
        except OSError:
            return  # no session of its own to be nice for, as in some containers
        else:
            return


if __name__ == "__main__":
    end_with_parent()
    if wanted := int(sys.argv[1]):
        give_way(wanted)
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  no shell, on purpose
