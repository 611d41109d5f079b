"""Named places where a test makes a process crash, wait or fail.

    ATELIER_FAILPOINTS="mesher.meshing=crash; blobs.typed=sleep:0.5; generator.built=raise:ENOSPC; sql.undone=draw:0.2"

Nothing is armed unless that variable says so when the process starts: no request and no message can arm a
place, and one that is not armed costs a look into an empty mapping. The standard library alone, so that
use cases may name their places.
"""

from __future__ import annotations

import asyncio
import errno
import os
import random
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

_armed: dict[str, Action] = {}


class FailpointHit(Exception):
    """What a place armed with a bare `raise` raises: no error that any code expects."""


@dataclass(frozen=True)
class Action:
    """What happens at an armed place."""

    kind: Literal["crash", "sleep", "raise", "draw"]
    seconds: float = 0.0
    """How long `sleep` waits."""
    number: int | None = None
    """errno of the OSError that `raise` raises; None for FailpointHit."""
    share: float = 0.0
    """How many of its passes `draw` takes, of 1. The place itself says what befalls those."""


def parse(text: str) -> Mapping[str, Action]:
    """Places with their actions: `name=crash`, `name=sleep:<seconds>`, `name=raise`, `name=raise:<errno name>`,
    `name=draw:<share>`.

    Entries stand apart by `;`. ValueError for anything else.
    """
    entries = [entry.strip() for entry in text.split(";") if entry.strip()]
    return dict(_entry(entry) for entry in entries)


def arm(text: str) -> Mapping[str, Action]:
    """Arm these places, and no others, in this process; gives them. ValueError where the text is no list of places."""
    parsed = parse(text)
    _armed.clear()
    _armed.update(parsed)
    return parsed


async def reach(name: str) -> None:
    """Pass the place in an event loop."""
    if name in _armed:
        action = _armed[name]
        if action.kind == "sleep":
            await asyncio.sleep(action.seconds)
        else:
            _fail(name, action)


def hit(name: str) -> None:
    """Pass the place in a thread, which `sleep` blocks."""
    if name in _armed:
        action = _armed[name]
        if action.kind == "sleep":
            threading.Event().wait(action.seconds)
        else:
            _fail(name, action)


def drawn(name: str) -> bool:
    """Whether this pass is one of those that a place armed with `draw` takes."""
    if name not in _armed:
        return False
    return random.random() < _armed[name].share  # noqa: S311  no secret


def _fail(name: str, action: Action) -> None:
    if action.kind == "crash":
        # As the kernel's own end of a process: nothing is flushed, closed or told.
        os.kill(os.getpid(), signal.SIGKILL)
    if action.number is None:
        raise FailpointHit(name)
    raise OSError(action.number, os.strerror(action.number))


def _entry(entry: str) -> tuple[str, Action]:
    name, _, told = entry.partition("=")
    kind, _, argument = told.partition(":")
    match kind:
        case "crash" if name and not argument:
            return name, Action("crash")
        case "sleep" if name and argument:
            return name, Action("sleep", seconds=float(argument))
        case "draw" if name and argument:
            return name, Action("draw", share=float(argument))
        case "raise" if name and not argument:
            return name, Action("raise")
        case "raise" if name and hasattr(errno, argument):
            return name, Action("raise", number=int(getattr(errno, argument)))
    raise ValueError(
        f"not a failpoint: {entry!r}; one is name=crash, name=sleep:SECONDS, name=raise[:ERRNO] or name=draw:SHARE"
    )
