"""The gateway: HTTP outside, gRPC inside, and nothing else."""

from __future__ import annotations
