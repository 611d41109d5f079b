"""Atelier's shared runtime: errors, gRPC server and client, logs, tracing, metrics, SQL, blobs, inference.

Holds no business word. ``errors`` imports nothing outside the standard library, so domains may use it.
"""

from __future__ import annotations
