"""A whole request, stage by stage: three photos of one megapixel to a painted face.

`python -m benchmarks.face_request` writes `benchmarks/results/face_request.{json,md}`. CPU time of the whole process, every
network on one thread, through the services' own objects without a server between. Beside it stands what source 001
describes, written plainly: each photo shrunk to 224 pixels as it is, one run of the network for each, the front's points
as the mesh, no detector, no fusion, no features. The photos are renders of our own heads.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image

from benchmarks.face_networks import PlainNetworks, PlainTraits
from benchmarks.network import MODELS
from benchmarks.stack import write_result
from facemodel.features.network import looked_at
from facemodel.landmarks import MESH_POINTS
from facemodel.networks import MESH_SIDE
from facemodel.search import FaceSearch
from facemodel.texture import Painter, Picture
from facemodel.topology import FaceTopology
from photos import crop, encode
from photos.decode import upright
from services.generator.adapters.face_sense import FaceSense, Sight
from services.generator.domain.faces import FaceOrder as Order
from services.generator.domain.faces import Photo, ReadFace, Slot
from services.generator.domain.model import StoredFile
from services.mesher.adapters.face_glb import FaceGlbWriter
from services.mesher.adapters.jpeg import JpegPictures
from services.mesher.domain.portrait import FaceOrder, Portrait, SeenFace
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Studio

ROUNDS = 9
SIDE = 1024
YAWS = {Slot.FRONT: 0.0, Slot.LEFT: -35.0, Slot.RIGHT: 35.0}
LIMIT_MS = 250.0
SOURCE_MS = "1,500 to 2,500"
_MOST_TEXTURE_BYTES = 150_000

Photos = dict[Slot, bytes]


class Clock:
    """CPU milliseconds of stages."""

    def __init__(self) -> None:
        self.stages: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.stages[name].append(1000.0 * (time.process_time() - began))

    def medians(self) -> dict[str, float]:
        return {name: statistics.median(times) for name, times in self.stages.items()}


class Request:
    """What generator and mesher do for one face."""

    def __init__(self, clock: Clock) -> None:
        topology = FaceTopology.load(MODELS)
        self._clock = clock
        self._search, self._traits = FaceSearch(PlainNetworks(MODELS), topology.mirror), PlainTraits(MODELS)
        self._sense = FaceSense(topology, "benchmark")
        self._painter, self._pictures, self._writer = Painter(topology), JpegPictures(), FaceGlbWriter()

    async def __call__(self, photos: Photos) -> bytes:
        read = await self._read(photos)
        return self._built(read)

    async def _read(self, photos: Photos) -> ReadFace:
        stage = self._clock.stage
        order = Order(tuple(Photo(slot, StoredFile("", "", "", 0)) for slot in photos))
        with stage("decode three photos"):
            images = [upright(data) for data in photos.values()]
        with stage("find faces and points"):
            found = await self._search.each(images)
        sights = [Sight(*seen) for seen in zip(order.photos, images, found, strict=True)]
        with stage("judge"):
            judged = self._sense.judged(sights)
        with stage("network of traits"):
            traits = await looked_at(
                self._traits, [one.view for one in judged], [one.image for one in judged]
            )
        with stage("fuse, describe, small pictures"):
            return self._sense.face(judged, traits, order)

    def _built(self, read: ReadFace) -> bytes:
        stage = self._clock.stage
        with stage("read the small pictures"):
            pictures = [
                Picture(self._pictures.read(seen.picture), _points(seen.points)) for seen in read.seen
            ]
        # The message's one field: a tag and a length of two bytes stand before the points.
        points = _points(read.geometry[-12 * MESH_POINTS :])
        with stage("paint"):
            painted = self._painter.paint(points, pictures)
        with stage("write texture and GLB"):
            texture = self._pictures.write(painted, _MOST_TEXTURE_BYTES)
            order = FaceOrder(points, [SeenFace("", picture.points) for picture in pictures], "benchmark")
            return self._writer.write(Portrait.of(order, self._painter.topology, texture, "image/jpeg"))


class Source001:
    """The recipe of source 001 and nothing else."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._networks, self._topology = PlainNetworks(MODELS), FaceTopology.load(MODELS)

    async def __call__(self, photos: Photos) -> bytes:
        stage = self._clock.stage
        with stage("decode and shrink three photos"):
            shrunk = [_shrunk(data) for data in photos.values()]
        with stage("network, once a photo"):
            front, *_ = [
                (await self._networks.mesh(crop.tensor([image], 0.0, 1.0))).landmarks[0] for image in shrunk
            ]
        with stage("mesh and GLB"):
            points = (front - MESH_SIDE / 2.0) * [1.0, -1.0, -1.0] / MESH_SIDE
            order = FaceOrder(points, [], "benchmark")
            portrait = Portrait.of(order, self._topology, encode.jpeg(shrunk[0]), "image/jpeg")
            return FaceGlbWriter().write(portrait)


def _points(data: bytes) -> np.ndarray:
    return np.frombuffer(data, "<f4").reshape(MESH_POINTS, 3).astype(np.float64)


def _shrunk(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(data)).convert("RGB").resize((MESH_SIDE, MESH_SIDE)))


def taken() -> Photos:
    """Three photos of one person as a camera saves them."""
    rng = np.random.default_rng(20)
    seated = Studio(MODELS).seat(draw_sitter(rng, tone=4), rng)
    return {
        slot: encode.jpeg(
            seated.shoot(draw_setting(rng, size=SIDE, yaw_deg=yaw), rng).pixels.astype(np.uint8)
        )
        for slot, yaw in YAWS.items()
    }


def table(own: dict[str, float], plain: dict[str, float], sizes: Sequence[int]) -> str:
    """In Markdown."""
    lines = [
        "# Three photos to a face",
        "",
        "CPU milliseconds, median; see `benchmarks/face_request.py`.",
        "",
    ]
    for title, stages, size in (
        ("Atelier", own, sizes[0]),
        ("The recipe of source 001, written plainly", plain, sizes[1]),
    ):
        lines += [f"| {title} | ms |", "|---|---|"]
        lines += [f"| {name} | {ms:.1f} |" for name, ms in stages.items()]
        lines += [f"| **in all** ({size / 1000:.0f} KB) | **{sum(stages.values()):.1f}** |", ""]
    lines.append(f"Limit: {LIMIT_MS:.0f} ms. Source 001 says {SOURCE_MS} of its own.")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure both in turns, so that whatever else runs meets them alike."""
    photos = taken()
    own, plain = Clock(), Clock()
    request, source = Request(own), Source001(plain)
    sizes = (len(asyncio.run(request(photos))), len(asyncio.run(source(photos))))
    own.stages.clear()
    plain.stages.clear()
    for _ in range(ROUNDS):
        asyncio.run(request(photos))
        asyncio.run(source(photos))
    figures = {"atelier_ms": own.medians(), "source_001_ms": plain.medians(), "limit_ms": LIMIT_MS}
    write_result("face_request", table(own.medians(), plain.medians(), sizes), figures)


if __name__ == "__main__":
    main()
