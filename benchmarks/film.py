"""What a video costs: a turntable of ten seconds and a walk through poses, 512 x 512, in CPU time of one process.

`python -m benchmarks.film`
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from anthropometry.population import Population
from benchmarks.stack import write_result
from bodypose.skeleton import Pose, Support
from facemodel.arrays import RgbImage
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.video.film import Av1Films
from services.mesher.domain.body import BodyModel
from services.mesher.domain.drawing import PictureOptions
from services.mesher.domain.film import Film
from services.mesher.domain.flow import moving
from services.mesher.domain.mannequin import Mannequins
from services.mesher.domain.model import Appearance, Cut, Garment, Girths, HairPattern, Pattern, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.posing import Poser
from services.mesher.domain.stage import Backdrop, Stage, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.turntable import turntable
from services.mesher.domain.variants import Variants
from services.mesher.domain.views import Camera
from services.mesher.use_cases.videos import detail

MODELS = Path(__file__).resolve().parents[1] / "models"
SIZE, FRAME_RATE, SECONDS = 512, 24, 10
LIMIT_S = 60.0
"""Of a turntable."""
_HALF = 0.7071067811865476
_SAT = {f"{side}UpLeg": (-_HALF, 0.0, 0.0, _HALF) for side in ("Left", "Right")}
_KNEES = {f"{side}Leg": (_HALF, 0.0, 0.0, _HALF) for side in ("Left", "Right")}
LOOK = Appearance("#c99c7e", HairPattern.BOB, "#3a2a20")
CLOTHES = (
    Garment("trousers", Cut(Pattern.TROUSERS, 0.0, 0.93, 0.0, 0.0, 0.002), Girths(), "#4a5568", "CC0-1.0"),
    Garment("shirt", Cut(Pattern.TOP, 0.2, 0.12, 0.22, 0.0, 0.002), Girths(), "#d9dde3", "CC0-1.0"),
)
POSES = (
    Pose({"LeftArm": (0.0, 0.0, 0.3826834, 0.9238795), "Head": (0.0, 0.1736482, 0.0, 0.9848078)}),
    Pose({"RightArm": (0.0, 0.0, -0.5, 0.8660254), "Spine1": (0.0, 0.0871557, 0.0, 0.9961947)}),
    Pose({**_SAT, **_KNEES}, Support.SEAT),
)
"""Waves to both sides, then sits down."""


@dataclass
class Spent:
    """CPU seconds of one film, by what took them."""

    posing: float = 0.0
    drawing: float = 0.0
    whole: float = 0.0
    size: int = 0
    """Bytes."""

    @property
    def writing(self) -> float:
        """What is left: the encoder, above all."""
        return self.whole - self.posing - self.drawing


class Studio:
    """A dressed woman of middling build, at the level of detail that films have, and what films her."""

    def __init__(self) -> None:
        model = BodyModel.load(MODELS)
        outfitter = Outfitter(model, kept_cuts=4)
        self._poser = Poser(model, outfitter)
        mannequins = Mannequins(model, outfitter, Variants(model, outfitter), Population.load(MODELS))
        self._body = mannequins.get("feminine").body
        level = detail(PictureOptions(size=SIZE))
        worn = outfitter.dress(self._body, LOOK, CLOTHES, level, every_strand=True)
        parts = outfitter.fringed(worn, self._body, LOOK.hair_color, brows=True)
        self._scene = replace(mannequins.get("feminine").scene, parts=parts)
        self._draughtsman = OpenGlDraughtsman()
        self.renderer = self._draughtsman.open()

    def round_her(self, style: Style, count: int) -> Iterator[Stage]:
        """The camera goes round."""
        first = staged(self._scene, Camera.FULL_BODY, style, SIZE, Backdrop())
        return turntable(first, Camera.FULL_BODY, count)

    def through_poses(self, style: Style, count: int) -> Iterator[Stage]:
        """She goes through the poses and back."""

        def set_up(scene: Scene, support: Support, risen: float) -> Stage:
            return staged(scene, Camera.FULL_BODY, style, SIZE, Backdrop(), support, risen)

        held = [self._poser.hold(self._body, pose).pose for pose in POSES]
        figure = self._poser.figure(self._scene, self._body)
        return moving(figure, held, count, set_up, Camera.FULL_BODY)

    def filmed(self, stages: Callable[[Style, int], Iterator[Stage]], style: Style) -> Spent:
        """One film, from the dressed body to its file."""
        spent, count = Spent(), SECONDS * FRAME_RATE
        began = time.process_time()

        def frames() -> Iterator[RgbImage]:
            coming = stages(style, count)
            for _ in range(count):
                start = time.process_time()
                stage = next(coming)
                posed = time.process_time()
                picture = self._draughtsman.draw(stage)
                drawn = time.process_time()
                spent.posing += posed - start
                spent.drawing += drawn - posed
                yield np.ascontiguousarray(picture[..., :3], np.uint8)

        spent.size = len(Av1Films().write(Film(frames(), count, FRAME_RATE)))
        spent.whole = time.process_time() - began
        return spent

    def warm_up(self, style: Style) -> None:
        """What the driver compiles is compiled once a process."""
        for stage in self.round_her(style, 1):
            self._draughtsman.draw(stage)


def main() -> None:
    """Measure, and fail when a turntable costs more than it may."""
    studio = Studio()
    films = {
        "turntable, realistic": (studio.round_her, Style.REALISTIC),
        "turntable, cartoon": (studio.round_her, Style.CARTOON),
        "turntable, anime": (studio.round_her, Style.ANIME),
        "through three poses, realistic": (studio.through_poses, Style.REALISTIC),
    }
    rows: dict[str, Spent] = {}
    for name, (stages, style) in films.items():
        studio.warm_up(style)
        rows[name] = studio.filmed(stages, style)
        print(name, rows[name], flush=True)
    lines = [
        f"| {name} | {each.posing:.1f} | {each.drawing:.1f} | {each.writing:.1f} | {each.whole:.1f} | "
        f"{each.size / 1e3:.0f} |"
        for name, each in rows.items()
    ]
    table = "\n".join(
        [
            f"# Videos of {SECONDS} seconds, {SIZE} x {SIZE}, {FRAME_RATE} pictures a second",
            "",
            f"CPU seconds of the whole process, drawn by {studio.renderer}; of the driver's threads as well.",
            "",
            "| film | posing | drawing | writing AV1 | whole | kB |",
            "|---|---|---|---|---|---|",
            *lines,
            "",
            f"A turntable may cost {LIMIT_S:.0f} s.",
            "",
        ]
    )
    figures = {name: {**asdict(each), "writing": each.writing} for name, each in rows.items()}
    write_result("film", table, {"renderer": studio.renderer, "limit_s": LIMIT_S, "films": figures})
    slow = [name for name in rows if name.startswith("turntable") and rows[name].whole > LIMIT_S]
    if slow:
        raise SystemExit(f"more than {LIMIT_S} s: {', '.join(slow)}")


if __name__ == "__main__":
    main()
