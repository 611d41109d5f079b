"""The experiments: importing this package enters all of them into the register."""

from __future__ import annotations

from tests.faults.experiments import (
    connections,
    database,
    gateway,
    inference,
    jobs,
    keys,
    network,
    photos,
    processes,
    telling,
    transactions,
)

__all__ = [
    "connections",
    "database",
    "gateway",
    "inference",
    "jobs",
    "keys",
    "network",
    "photos",
    "processes",
    "telling",
    "transactions",
]
