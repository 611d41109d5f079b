"""Programs that are no services of ours, started on loopback and stopped with the block."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
_PAUSE_S = 0.1


class DidNotStart(Exception):
    """The program does not answer; the text ends with what it said last."""


@contextmanager
def running(
    command: Sequence[str], *, ready: str, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run the program while the block runs, which begins once the URL `ready` answers 200."""
    environment = {**os.environ, **(variables or {})}  # noqa: TID251 - handed on
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            _await(process, ready, log)
            yield
        finally:
            _stop(process)


def _await(process: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    pause = threading.Event()
    for _ in range(round(START_TIMEOUT_S / _PAUSE_S)):
        if process.poll() is not None:
            break
        if answers(ready):
            return
        pause.wait(_PAUSE_S)
    raise DidNotStart("\n".join([f"{ready} does not answer:", *log.read_text().splitlines()[-10:]]))


def answers(url: str) -> bool:
    """Whether the URL answers 200 now."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
