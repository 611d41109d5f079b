"""What the tests of the face model share."""

from __future__ import annotations

from pathlib import Path

import pytest

from facemodel.topology import FaceTopology

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="session")
def topology() -> FaceTopology:
    return FaceTopology.load(MODELS)
