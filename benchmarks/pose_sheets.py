"""Contact sheets of the pose library on three bodies: `python -m benchmarks.pose_sheets`.

Every so many poses of the library, a hundred in all, as the mesher delivers and draws them; written to docs/pictures, to be
looked at.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from anthropometry.population import Population
from bodypose.skeleton import Pose
from deploy.pose_pictures import MODELS, ROOT, library
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.domain.body import BodyModel
from services.mesher.domain.dresser import Dressed
from services.mesher.domain.mannequin import Mannequins
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Poser
from services.mesher.domain.stage import Backdrop, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.surface import IntArray
from services.mesher.domain.variants import Variants
from services.mesher.domain.views import Camera

PICTURES = ROOT / "docs" / "pictures"
BUILDS = {"thin": ("feminine", 50.0), "mean": ("masculine", 80.0), "heavy": ("feminine", 105.0)}
"""Body type and weight in kg."""
COLUMNS, COUNT, DRAWN, SHOWN = 10, 100, 256, 128


def main() -> None:
    """Draw and write them."""
    model = BodyModel.load(MODELS)
    outfitter = Outfitter(model, kept_cuts=4)
    mannequins = Mannequins(model, outfitter, Variants(model, outfitter), Population.load(MODELS))
    poser, draughtsman = Poser(model, outfitter), OpenGlDraughtsman()
    poses = list(library().values())
    chosen = [poses[number] for number in np.linspace(0, len(poses) - 1, COUNT).round().astype(int)]
    for name, (body_type, weight_kg) in BUILDS.items():
        tiles = pictures(mannequins.made(body_type, weight_kg), chosen, poser, draughtsman)
        write(tiles, PICTURES / f"poses_{name}.webp")


def pictures(
    dressed: Dressed, poses: list[Pose], poser: Poser, draughtsman: OpenGlDraughtsman
) -> list[IntArray]:
    """Each pose as that body holds it."""
    figure = poser.figure(dressed.scene, dressed.body)
    drawn: list[IntArray] = []
    for pose in poses:
        scene = figure.at(poser.hold(dressed.body, pose).pose)
        stage = staged(scene, Camera.FULL_BODY, Style.REALISTIC, DRAWN, Backdrop(), pose.support)
        drawn.append(draughtsman.draw(stage)[..., :3])
    return drawn


def write(tiles: list[IntArray], path: Path) -> None:
    """One picture of them all, in rows."""
    small = [
        np.asarray(Image.fromarray(tile).resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)) for tile in tiles
    ]
    rows = [np.concatenate(small[start : start + COLUMNS], axis=1) for start in range(0, len(small), COLUMNS)]
    Image.fromarray(np.concatenate(rows)).save(path, quality=80, method=6)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
