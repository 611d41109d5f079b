"""What a picture of one's own behind somebody costs: `python -m benchmarks.backgrounds [folder with photos]`.

It draws people in three styles before four places, docs/pictures/backgrounds.webp, to be looked at, and measures: the photo as
it is kept, the photo as it is cut, and the picture with and without it, in turns; and how far the light of each place, and of
walls of one colour, which nothing outdoes, takes skin of each tone from what it is in the studio.
"""

from __future__ import annotations

import io
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from benchmarks.drawing_subjects import LOOKS, Cast
from benchmarks.photo_poses import DEFAULT_PHOTOS
from benchmarks.sceneries import sceneries
from benchmarks.stack import write_result
from facemodel import color
from facemodel.arrays import FloatArray, IntArray, RgbImage
from facemodel.features.tone import MONK, MONK_LIGHT
from photos import encode
from photos.decode import upright
from services.generator.domain.custom_backgrounds import LONGEST_SIDE
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.picture_files import PillowPictures
from services.mesher.domain.stage import Backdrop, Style, Substance
from services.mesher.domain.staging import staged
from services.mesher.domain.views import Camera

SHEET = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "backgrounds.webp"
SHOWN, MEASURED, SKIN = 512, 1024, 128
ROUNDS = 7
SHOTS = (
    (Camera.FULL_BODY, Style.REALISTIC),
    (Camera.PORTRAIT, Style.REALISTIC),
    (Camera.PORTRAIT, Style.CARTOON),
    (Camera.FULL_BODY, Style.ANIME),
)
WALLS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (200, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
}


def main() -> None:
    """Draw, measure, write."""
    photo = beach(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PHOTOS)
    cast, draughtsman = Cast(), OpenGlDraughtsman()
    places = {"beach": photo, **sceneries()}
    sheet(cast, draughtsman, places)
    rows = measured(cast, draughtsman, photo)
    walls = {f"a {name} wall": np.full((SKIN, SKIN, 3), wall, np.uint8) for name, wall in WALLS.items()}
    skin = apart(cast, draughtsman, places | walls)
    table = "\n".join(
        [
            "# A picture of one's own behind",
            "",
            "| what | s of CPU |",
            "|---|---|",
            *(f"| {name} | {seconds:.3f} |" for name, seconds in rows.items()),
            "",
            "CIEDE2000 between skin of the ten Monk tones before a picture and in the studio, realistic, the median of a portrait:",
            "",
            f"| picture | {' | '.join(str(tone) for tone in range(1, len(MONK) + 1))} |",
            "|---|" + "---|" * len(MONK),
            *(f"| {name} | {' | '.join(f'{each:.1f}' for each in tones)} |" for name, tones in skin.items()),
            "",
        ]
    )
    figures = {"renderer": draughtsman.open(), "cpu_s": rows, "skin_ciede2000": skin}
    write_result("backgrounds", table, figures)


def beach(folder: Path) -> RgbImage:
    """Sand, sea and sky beside somebody who does yoga there, and their mirror image: nobody is on it."""
    left = np.asarray(Image.open(folder / "full_body_yoga.jpg").convert("RGB"))[300:, :165]
    return np.concatenate([left, left[:, ::-1]], axis=1)


def sheet(cast: Cast, draughtsman: OpenGlDraughtsman, places: Mapping[str, RgbImage]) -> None:
    """Somebody before each place, in three styles."""
    rows = []
    for look, place in zip(itertools.cycle(LOOKS.values()), places.values(), strict=False):
        behind = Backdrop(picture=PillowPictures().filling(encode.webp(place, 90), SHOWN))
        scene = cast.dressed(look).scene
        stages = [staged(scene, camera, style, SHOWN, behind) for camera, style in SHOTS]
        rows.append(np.concatenate([draughtsman.draw(stage)[..., :3] for stage in stages], axis=1))
    Image.fromarray(np.concatenate(rows)).save(SHEET, quality=84, method=6)


def apart(
    cast: Cast, draughtsman: OpenGlDraughtsman, pictures: Mapping[str, RgbImage]
) -> dict[str, list[float]]:
    """CIEDE2000 from the studio by picture, of each tone."""
    look = next(iter(LOOKS.values()))
    stage = staged(
        cast.dressed(look).scene, Camera.PORTRAIT, Style.REALISTIC, SKIN, Backdrop(transparent=True)
    )
    body = [prop for prop in stage.props if prop.substance is Substance.SKIN]
    found: dict[str, list[float]] = {name: [] for name in pictures}
    for red, green, blue in MONK_LIGHT.tolist():
        tone = (red, green, blue)
        bare = replace(stage, props=[replace(prop, color=tone, tone=tone) for prop in body])
        alone = draughtsman.draw(bare)
        face = ndimage.binary_erosion(alone[..., 3] == 255, iterations=4)
        in_studio = _middle(alone, face)
        for name, picture in pictures.items():
            behind = Backdrop(picture=PillowPictures().filling(encode.webp(picture, 90), SKIN))
            before = _middle(draughtsman.draw(replace(bare, backdrop=behind)), face)
            found[name].append(float(color.difference(in_studio, before)))
    return found


def _middle(drawn: IntArray, face: NDArray[np.bool_]) -> FloatArray:
    return color.lab(np.median(color.light(drawn[face][:, :3]), axis=0))


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
