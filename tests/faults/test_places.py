"""The sweep of the job protocol misses no place."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from deploy.local.platform import ROOT
from tests.faults.experiments.jobs import PLACES

_PLACE = re.compile(r'failpoints\.(?:reach|hit)\("(jobs\.\w+)"\)')


def places(folder: Path) -> Counter[str]:
    """Places of the job protocol, and how often each is named."""
    return Counter(name for path in folder.rglob("*.py") for name in _PLACE.findall(path.read_text()))


def test_every_place_is_swept_and_has_a_name_of_its_own() -> None:
    assert places(ROOT / "services") + places(ROOT / "libs") == Counter(PLACES.keys())
