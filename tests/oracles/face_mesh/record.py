"""Record what mediapipe's own FaceMesh finds on photos: run in an environment of its own, see the README.

python record.py <folder of photos>
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
MOST_FACES = 10


def main() -> None:
    """Write one file of landmarks for all photos of the folder, and the photos' SHA-256."""
    photos = sorted(path for path in Path(sys.argv[1]).iterdir() if not path.stem.endswith("_mask"))
    told: dict[str, Any] = {"mediapipe": mediapipe.__version__, "photos": {}}
    arrays: dict[str, Any] = {}
    with mediapipe.solutions.face_mesh.FaceMesh(
        static_image_mode=True, refine_landmarks=True, max_num_faces=MOST_FACES
    ) as network:
        for photo in photos:
            pixels = np.asarray(Image.open(photo).convert("RGB"))
            arrays[photo.name] = landmarks(network, pixels)
            told["photos"][photo.name] = hashlib.sha256(photo.read_bytes()).hexdigest()
    RECORDED.mkdir(exist_ok=True)
    np.savez_compressed(RECORDED / "landmarks.npz", **arrays)
    (RECORDED / "photos.json").write_text(json.dumps(told, indent=2) + "\n")


def landmarks(network: Any, pixels: np.ndarray) -> np.ndarray:
    """(faces, 478, 3) in pixels of the photo; z in the same unit."""
    height, width = pixels.shape[:2]
    found = network.process(pixels).multi_face_landmarks or []
    points = [[(point.x, point.y, point.z) for point in face.landmark] for face in found]
    return (np.array(points, np.float64).reshape(-1, 478, 3) * (width, height, width)).astype(np.float32)


if __name__ == "__main__":
    main()
