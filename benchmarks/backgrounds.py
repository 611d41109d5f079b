"""What a picture of one's own behind somebody costs: `python -m benchmarks.backgrounds [folder with photos]`.

It draws the sheet of styles and cameras before a photo, docs/pictures/backgrounds.webp, to be looked at, and measures: the
photo as it is kept, the photo as it is cut, and the picture with and without it, in turns.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.drawing_subjects import LOOKS, Cast
from benchmarks.photo_poses import DEFAULT_PHOTOS
from benchmarks.stack import write_result
from facemodel.arrays import RgbImage
from photos import encode
from photos.decode import upright
from services.generator.domain.custom_backgrounds import LONGEST_SIDE
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.picture_files import PillowPictures
from services.mesher.domain.stage import Backdrop, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.views import Camera

SHEET = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "backgrounds.webp"
SHOWN, MEASURED = 512, 1024
ROUNDS = 7


def main() -> None:
    """Draw, measure, write."""
    photo = beach(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PHOTOS)
    cast, draughtsman = Cast(), OpenGlDraughtsman()
    sheet(cast, draughtsman, photo)
    rows = measured(cast, draughtsman, photo)
    lines = [f"| {name} | {seconds:.3f} |" for name, seconds in rows.items()]
    table = "\n".join(["# A picture of one's own behind", "", "| what | s of CPU |", "|---|---|", *lines, ""])
    write_result("backgrounds", table, {"renderer": draughtsman.open(), "cpu_s": rows})


def beach(folder: Path) -> RgbImage:
    """Sand, sea and sky beside somebody who does yoga there, and their mirror image: nobody is on it."""
    left = np.asarray(Image.open(folder / "full_body_yoga.jpg").convert("RGB"))[300:, :165]
    return np.concatenate([left, left[:, ::-1]], axis=1)


def sheet(cast: Cast, draughtsman: OpenGlDraughtsman, photo: RgbImage) -> None:
    """Three people in three styles, before all cameras and the photo."""
    behind = Backdrop(picture=PillowPictures().filling(encode.webp(photo, 90), SHOWN))
    rows = []
    for look, style in zip(LOOKS.values(), Style, strict=True):
        scene = cast.dressed(look).scene
        stages = [staged(scene, camera, style, SHOWN, behind) for camera in Camera]
        rows.append(np.concatenate([draughtsman.draw(stage)[..., :3] for stage in stages], axis=1))
    Image.fromarray(np.concatenate(rows)).save(SHEET, quality=84, method=6)


def measured(cast: Cast, draughtsman: OpenGlDraughtsman, photo: RgbImage) -> dict[str, float]:
    """Median seconds of CPU, each in turn with the others."""
    large = np.asarray(Image.fromarray(photo).resize((4000, 3000), Image.Resampling.BICUBIC))
    sent = io.BytesIO()
    Image.fromarray(large).save(sent, "JPEG", quality=92)
    kept = encode.webp(encode.shrunk(upright(sent.getvalue()), LONGEST_SIDE), 90)
    files = PillowPictures()
    plain = staged(
        cast.dressed(next(iter(LOOKS.values()))).scene,
        Camera.FULL_BODY,
        Style.REALISTIC,
        MEASURED,
        Backdrop(),
    )
    before = replace(plain, backdrop=Backdrop(picture=files.filling(kept, MEASURED)))
    work: dict[str, Callable[[], object]] = {
        "kept, of a JPEG of 12 megapixels": lambda: encode.webp(
            encode.shrunk(upright(sent.getvalue()), LONGEST_SIDE), 90
        ),
        "read and cut to 1024 pixels": lambda: files.filling(kept, MEASURED),
        "the picture of 1024 pixels, grey behind": lambda: draughtsman.draw(plain),
        "the same before the photo": lambda: draughtsman.draw(before),
    }
    spent: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, each in work.items():
            began = time.process_time()
            each()
            spent[name].append(time.process_time() - began)
    return {name: statistics.median(seconds[1:]) for name, seconds in spent.items()}


if __name__ == "__main__":
    main()
