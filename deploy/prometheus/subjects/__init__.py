"""What can go wrong, by subject: each module has the recordings and alerts of one."""

from __future__ import annotations
