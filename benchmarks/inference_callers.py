"""Closed load on a Triton server: so many callers who each ask again once they are answered, by h2load (nghttp2).

A client in C, since one in Python took half a CPU of the two that it shares with the server, and the callers' requests
waited for it instead of in the server's queue.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

METHOD = "/inference.GRPCInferenceService/ModelInfer"
# Beyond what the callers' answers weigh (120 KB each), so that none waits for a window to open.
_WINDOW_BITS = 26
_OK = 200


class NoClient(Exception):
    """h2load is not installed."""


def framed(message: bytes) -> bytes:
    """A message as gRPC sends it: not compressed, its length, itself."""
    return b"\0" + struct.pack(">I", len(message)) + message


def asked(addr: str, message: bytes, callers: int, seconds: float) -> dict[str, float]:
    """Ask with that message for so many seconds: answers a second and their latencies.

    Whether an answer was a good one is not seen: gRPC says so in a trailer. Raises NoClient.
    """
    program = shutil.which("h2load")
    if program is None:
        raise NoClient("The callers are h2load: install it (Debian: apt-get install nghttp2-client).")
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as folder:
        body, log = Path(folder) / "message", Path(folder) / "log"
        body.write_bytes(framed(message))
        subprocess.run(  # noqa: S603 - found on PATH, with our own arguments
            [
                program,
                *("--clients=1", "--threads=1", f"--max-concurrent-streams={callers}"),
                *(f"--duration={seconds:g}", f"--data={body}", f"--log-file={log}"),
                *(f"--window-bits={_WINDOW_BITS}", f"--connection-window-bits={_WINDOW_BITS}"),
                *("--header=content-type: application/grpc", "--header=te: trailers"),
                f"http://{addr}{METHOD}",
            ],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return figures(np.loadtxt(log, dtype=np.int64, ndmin=2), seconds)


def figures(rows: NDArray[np.int64], seconds: float) -> dict[str, float]:
    """h2load's log, (n, 3): microsecond in which a request was sent, its HTTP status, microseconds that it took."""
    times_ms = rows[rows[:, 1] == _OK, 2] / 1000
    p50, p95, p99 = np.percentile(times_ms, [50, 95, 99], method="higher")
    return {
        "answered": float(len(times_ms)),
        "failed": float(len(rows) - len(times_ms)),
        "per_second": len(times_ms) / seconds,
        "p50_ms": float(p50),
        "p95_ms": float(p95),
        "p99_ms": float(p99),
        "max_ms": float(times_ms.max()),
    }
