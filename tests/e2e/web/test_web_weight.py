"""What the page costs to fetch."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

DIST = Path(__file__).resolve().parents[3] / "web" / "dist"
BUDGET_BYTES = 265_000
"""All scripts together, compressed."""

pytestmark = pytest.mark.browser


def test_the_scripts_stay_within_their_budget() -> None:
    scripts = list(DIST.glob("assets/*.js"))
    assert len(scripts) >= 2, "the studio comes in a chunk of its own"
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < BUDGET_BYTES
