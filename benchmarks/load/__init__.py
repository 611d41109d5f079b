"""Load on the running platform: arrivals that do not wait for answers, as people's do not."""

from __future__ import annotations
