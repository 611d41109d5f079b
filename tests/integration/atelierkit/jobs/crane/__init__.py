"""A worker as a process, with tasks that tell the test where they are and wait for it."""

from __future__ import annotations
