"""The experiments: importing this package enters all of them into the register."""

from __future__ import annotations

from tests.faults.experiments import (
    database,
    gateway,
    inference,
    jobs,
    keys,
    network,
    processes,
    telling,
)

__all__ = [
    "database",
    "gateway",
    "inference",
    "jobs",
    "keys",
    "network",
    "processes",
    "telling",
]
