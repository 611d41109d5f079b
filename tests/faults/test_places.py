"""The sweeps of the job protocol and of work on photos and videos miss no place."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from deploy.local.platform import ROOT
from tests.faults.experiments import jobs, photos

_PLACE = re.compile(r'failpoints\.(?:reach|hit)\("((?:jobs|work|faces|generations|videos)\.\w+)"\)')
OF_NO_JOB = {"faces.recorded"}
"""A face that is made while somebody waits."""


def places(folder: Path) -> Counter[str]:
    """Places of these protocols, and how often each is named."""
    return Counter(name for path in folder.rglob("*.py") for name in _PLACE.findall(path.read_text()))


def test_every_place_is_swept_and_has_a_name_of_its_own() -> None:
    swept = Counter([*jobs.PLACES, *photos.PLACES, *OF_NO_JOB])
    assert places(ROOT / "services") + places(ROOT / "libs") == swept
