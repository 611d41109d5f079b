"""The auth service: accounts, passwords, sessions and tokens."""

from __future__ import annotations
