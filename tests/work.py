"""How much a piece of code does, told so that a busy machine changes nothing."""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any


@dataclass
class Work:
    """What was done within the block; whole once it has ended."""

    lines: int = 0
    """Lines of Python that this thread ran."""
    most_bytes: int = 0
    """Most memory that was held at a time, above what was held before."""


@contextmanager
def counted() -> Iterator[Work]:
    """Count the work of the block; lines that C runs (a search in bytes, a pattern) do not count."""
    work = Work()

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        work.lines += event == "line"
        return line

    before = sys.gettrace()
    tracemalloc.start()
    sys.settrace(line)
    try:
        yield work
    finally:
        sys.settrace(before)
        work.most_bytes = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def least_cpu_s(call: Callable[[], object], rounds: int = 7) -> float:
    """CPU time of this thread for the call in its best round, to be compared with another one's, never with a limit."""

    def once() -> float:
        began = time.thread_time()
        call()
        return time.thread_time() - began

    return min(once() for _ in range(rounds))
