"""What an attacker tries against the platform, and the tests that try it: `python -m tests.attacks` writes the page."""

from __future__ import annotations
