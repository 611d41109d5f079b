"""Record what mediapipe's own Pose finds on photos: run in an environment of its own, see the README.

python -m tests.oracles.pose.record <folder of photos>
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import mediapipe  # type: ignore[import-not-found]
import numpy as np
from PIL import Image

RECORDED = Path(__file__).with_name("recorded")
LANDMARKS = 33


def main() -> None:
    """Write one file of landmarks for all photos of the folder, and the photos' SHA-256."""
    photos = sorted(path for path in Path(sys.argv[1]).iterdir() if not path.stem.endswith("_mask"))
    told: dict[str, Any] = {"mediapipe": mediapipe.__version__, "photos": {}}
    arrays: dict[str, Any] = {}
    with mediapipe.solutions.pose.Pose(static_image_mode=True, model_complexity=1) as network:
        for photo in photos:
            pixels = np.asarray(Image.open(photo).convert("RGB"))
            arrays[photo.name] = person(network, pixels)
            told["photos"][photo.name] = hashlib.sha256(photo.read_bytes()).hexdigest()
    RECORDED.mkdir(exist_ok=True)
    np.savez_compressed(RECORDED / "landmarks.npz", **arrays)
    (RECORDED / "photos.json").write_text(json.dumps(told, indent=2) + "\n")


def person(network: Any, pixels: np.ndarray) -> np.ndarray:
    """(0 or 1, 33, 6): pixels x and y of the photo, visibility, then metres x, y, z from the middle of the hips."""
    found = network.process(pixels)
    if found.pose_landmarks is None:
        return np.zeros((0, LANDMARKS, 6), np.float32)
    height, width = pixels.shape[:2]
    flat = [(point.x * width, point.y * height, point.visibility) for point in found.pose_landmarks.landmark]
    world = [(point.x, point.y, point.z) for point in found.pose_world_landmarks.landmark]
    return np.concatenate([flat, world], axis=1)[None].astype(np.float32)


if __name__ == "__main__":
    main()
