"""Draw the pictures of all poses of the library into the object store: `make pose-pictures`.

What is there already is not drawn again, so that it may be stopped and started as one likes. The running platform finds
the pictures: they lie where the mesher would have put each when it was first asked for.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from anthropometry.population import Population
from atelierkit import blobs
from atelierkit.admission import Limits
from atelierkit.settings import ServiceSettings
from atelierkit.workshop import workshop
from bodypose.skeleton import Pose, Support
from deploy.local.settings import LocalSettings
from services.catalog.adapters import pose_file
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.picture_files import PillowPictures
from services.mesher.domain.body import BodyModel
from services.mesher.domain.errors import DrawingUnavailable
from services.mesher.domain.mannequin import Mannequins
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Poser
from services.mesher.domain.variants import Variants
from services.mesher.metrics import draw_timed
from services.mesher.use_cases.pictures import Easel, RenderPosePicture

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "services" / "catalog" / "migrations" / "data" / "0003_poses.json"
MODELS = ROOT / "models"
BODY_TYPE, SIZE = "neutral", 256
"""What galleries ask for where nothing else is said."""


def library() -> dict[str, Pose]:
    """Every pose by its id."""
    return {
        pose.summary.id: Pose(pose.turns, Support(pose.summary.support.value))
        for pose in pose_file.read(LIBRARY).poses
    }


class StoreSettings(ServiceSettings):
    """The mesher's store, which is in the folder of `make run` unless the same variables say otherwise."""

    model_config = SettingsConfigDict(env_prefix="ATELIER_MESHER_")

    data_dir: Path = Field(default=LocalSettings().data_dir, validation_alias="ATELIER_DATA_DIR")


async def main() -> None:
    """Draw them, one after the other, and say how far it is."""
    poses = library()
    with (
        workshop("gallery", Limits(1)) as gallery,
        workshop("drawings", Limits(1)) as drawings,
    ):
        easel = Easel(OpenGlDraughtsman(), drawings, draw_timed)
        try:
            renderer = await easel.open()
        except DrawingUnavailable as error:
            sys.exit(f"{error} ({error.metadata['why']})")
        model = BodyModel.load(MODELS)
        outfitter = Outfitter(model, kept_cuts=4)
        mannequins = Mannequins(model, outfitter, Variants(model, outfitter), Population.load(MODELS))
        files = blobs.open(StoreSettings().blob_url)
        draw = RenderPosePicture(mannequins, Poser(model, outfitter), easel, PillowPictures(), files, gallery)
        start, spent = time.perf_counter(), time.process_time()
        for number, pose in enumerate(poses.values(), start=1):
            await draw(pose, BODY_TYPE, SIZE)
            left = (time.perf_counter() - start) / number * (len(poses) - number)
            print(f"\r{number} of {len(poses)} poses, {left:.0f} s left ", end="", flush=True)
    print(f"\n{len(poses)} pictures, {time.process_time() - spent:.0f} s of processor time, by {renderer}.")


if __name__ == "__main__":
    asyncio.run(main())
