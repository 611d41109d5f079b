"""The library's poses on bodies: skin keeps its volume, and limbs that a pose leaves clear stay clear."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodypose.clearance import Clearance
from bodypose.limits import excess
from bodypose.skeleton import Pose, Support, turns_of
from services.catalog.adapters.pose_file import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.unit.bodypose.conftest import Standing

LIBRARY = Path(__file__).parents[3] / "services" / "catalog" / "migrations" / "data" / "0003_poses.json"
LEAST = 0.85
EVERY = 12
"""All of them on six bodies are judged when the library is made; `benchmarks/posing.py` measures all."""


@pytest.fixture(scope="module")
def poses() -> Mapping[str, Pose]:
    chosen = read(LIBRARY).poses[::EVERY]
    return {pose.summary.id: Pose(pose.turns, Support(pose.summary.support.value)) for pose in chosen}


@pytest.mark.parametrize("build", ["thin", "heavy"])
def test_skin_keeps_its_volume_in_the_librarys_poses(
    mean: Standing, others: Mapping[str, Standing], poses: Mapping[str, Pose], build: str
) -> None:
    body = others[build]
    clearance = Clearance(mean.template, mean.flesh.skin, mean.vertices, mean.heads)
    posable = clearance.posable(body.flesh, body.vertices)
    assert len(poses) > 50
    for id, pose in poses.items():
        fitted = clearance.fitted(turns_of(pose), posable, pose.support)
        assert np.degrees(excess(fitted).max()) < 0.01, id
        skin, _ = body.flesh.body(body.stance(fitted), body.vertices)
        for name, region in body.regions.items():
            assert region.volume(skin) >= LEAST * region.volume(body.vertices), (id, name)
