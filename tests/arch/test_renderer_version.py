"""What is kept of pictures is named by the renderer's version, on both sides of the wire."""

from __future__ import annotations

from services.generator.domain.albums import RENDERER
from services.mesher.domain.drawing import VERSION


def test_generator_and_mesher_mean_the_same_renderer() -> None:
    assert RENDERER == VERSION
