"""The verbs: build an avatar or a face, preview a body, tell the preview's topology, make a mesh and a body of a scan."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from atelierkit import failpoints
from atelierkit.workshop import Workshop
from bodymodel.section import OpenSectionError
from bodypose.skeleton import Pose
from facemodel.texture import Painter, Picture
from services.mesher.domain.body import BodyModel, Measured
from services.mesher.domain.delivery import prepared
from services.mesher.domain.dresser import Dressed, Dresser
from services.mesher.domain.errors import NotAPerson
from services.mesher.domain.face.model import PersonFace, WornFace
from services.mesher.domain.model import (
    Appearance,
    Avatar,
    BodyOrder,
    FileFormat,
    FileOptions,
    Garment,
    HairPattern,
    Preview,
    RestPose,
    Rig,
    Scene,
    StoredBlob,
)
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.portrait import BuiltFace, FaceOrder, Portrait
from services.mesher.domain.ports import CloudFiles, FaceWriter, Files, Pictures, Watch, Writer
from services.mesher.domain.posing import Poser
from services.mesher.domain.scan.cloud import CloudFormat
from services.mesher.domain.scan.model import Registration, Scan, ScanReport
from services.mesher.domain.scan.person import REQUIRED_SCORE, Person
from services.mesher.domain.scan.reconstruct import Reconstruction, Reconstructor
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.variants import Variants

PREFIX = "avatars"
SCANS_PREFIX = "scans"
FACES_PREFIX = "faces"
_BARE = FileOptions(whole_body=True)
_SCANNED = Appearance("#c9a58a", HairPattern.NONE, "")
"""Nobody can tell skin from a cloud: a middling tone."""
_STEPS = 65_535
_MOST_TEXTURE_BYTES = 175_000
"""What a face's picture may take: with geometry and description the file stays below 200,000."""


class WornFaces:
    """Fetches what faces are painted with."""

    def __init__(self, pictures: Pictures, files: Files) -> None:
        self._pictures = pictures
        self._files = files

    async def get(self, worn: WornFace | None) -> Callable[[], PersonFace | None]:
        """How to get the face, which is work for a thread: its picture is decoded. Raise NotAFace, NotFound."""
        if worn is None:
            return lambda: None
        worn.check()
        picture = await self._files.get(worn.picture_key)
        return lambda: PersonFace(worn, self._pictures.read(picture))


class BuildAvatar:
    """Points to a dressed, skinned file in the object store."""

    def __init__(
        self,
        model: BodyModel,
        dresser: Dresser,
        variants: Variants,
        writers: Mapping[FileFormat, Writer],
        poser: Poser,
        faces: WornFaces,
        files: Files,
        workshop: Workshop,
    ) -> None:
        self._model = model
        self._dresser = dresser
        self._variants = variants
        self._poser = poser
        self._writers = writers
        self._faces = faces
        self._files = files
        self._workshop = workshop

    async def __call__(
        self,
        order: BodyOrder,
        appearance: Appearance,
        garments: Sequence[Garment],
        options: FileOptions,
        worn: WornFace | None = None,
        pose: Pose | None = None,
    ) -> Avatar:
        """Raise PointsNotABody for points off every body, UnknownMorphTarget for a face shape there is none of.

        With a face, NotAFace and InvalidPicture as well, and NotFound for a picture that is not there.
        """
        writer = self._writers[options.format]
        face = await self._faces.get(worn)

        def make() -> tuple[Measured, Scene, Sequence[str], bytes]:
            dressed = self._dresser.dress(
                order, appearance, garments, face(), whole_body=options.whole_body, lod=options.lod
            )
            failpoints.hit("mesher.meshing")
            scene, clamped_bones = self._in_pose(dressed, options, pose)
            scene = prepared(scene, options)
            measured = self._model.measured(dressed.body, dressed.correction)
            return measured, scene, clamped_bones, writer.write(scene, options)

        measured, scene, clamped_bones, data = await self._workshop.run(
            make, f"avatar {options.format.value}"
        )
        stored = await self._files.put(data, prefix=PREFIX, media_type=writer.media_type)
        await failpoints.reach("mesher.stored")
        return Avatar(
            file=stored,
            readings=measured.readings,
            quantities=measured.quantities,
            vertex_count=sum(len(part.positions) for part in scene.parts),
            face_count=sum(len(part.triangles) for part in scene.parts),
            clamped_bones=clamped_bones,
        )

    def _in_pose(
        self, dressed: Dressed, options: FileOptions, pose: Pose | None
    ) -> tuple[Scene, Sequence[str]]:
        """The avatar as the file shows it, and the joints that were turned back."""
        if pose is None:
            return self._variants.make(dressed.scene, dressed.body, options), ()
        held = self._poser.hold(dressed.body, pose)
        if options.format.has_skeleton:
            bound = self._variants.make(dressed.scene, dressed.body, options)
            return self._poser.taken(bound, dressed.body, held.pose), held.clamped_bones
        scene = self._variants.make(dressed.scene, dressed.body, replace(options, pose=RestPose.A))
        return self._poser.figure(scene, dressed.body).at(held.pose), held.clamped_bones


class PreviewBody:
    """Points to the positions of the body's surface."""

    def __init__(self, model: BodyModel, workshop: Workshop, watch: Watch) -> None:
        self._model = model
        self._workshop = workshop
        self._watch = watch

    async def __call__(self, order: BodyOrder) -> Preview:
        """Raise PointsNotABody for points off every body."""

        def make() -> Preview:
            correction = self._model.solve(order.points, order.targets_mm)
            self._watch.corrected(correction)
            vertices, _ = self._model.space.standing(correction.coefficients)
            return quantised(vertices[: self._model.template.body_vertices], correction.delivered_mm)

        return await self._workshop.run(make, "preview")

    def topology(self) -> tuple[IntArray, int]:
        """Triangles (m, 3) of every preview, and its number of vertices."""
        return self._model.template.body.triangles, self._model.template.body_vertices


class ReconstructScan:
    """An uploaded cloud to a watertight mesh and, where asked, a measured and rigged body."""

    def __init__(
        self,
        model: BodyModel,
        outfitter: Outfitter,
        reconstruct: Reconstructor,
        clouds: CloudFiles,
        writer: Writer,
        files: Files,
        workshop: Workshop,
    ) -> None:
        self._model = model
        self._outfitter = outfitter
        self._reconstruct = reconstruct
        self._clouds = clouds
        self._writer = writer
        self._files = files
        self._workshop = workshop

    async def __call__(self, key: str, format: CloudFormat, *, register: bool) -> Scan:
        """Raise InvalidCloud, TooManyPoints; NotAPerson where a body is asked for and none is in the scan."""
        upload = await self._files.get(key)

        def make() -> tuple[Reconstruction, bytes, tuple[Measured, bytes] | None]:
            made = self._reconstruct(self._clouds.read(upload, format), must_be_person=register)
            return made, self._clouds.write(made.solid), self._body(made.person) if register else None

        made, mesh, body = await self._workshop.run(make)
        return Scan(
            report=ScanReport.of(made),
            mesh=await self._files.put(mesh, prefix=SCANS_PREFIX, media_type=self._clouds.media_type),
            registration=Registration.of(made.person, body[0]) if body else None,
            body=await self._stored_body(body[1]) if body else None,
        )

    def _body(self, person: Person) -> tuple[Measured, bytes]:
        """The person in the standing pose: what the tape reads, and a rigged file."""
        body = self._model.stand(person.coefficients)
        rig = Rig(self._model.template.bones, self._model.template.parents.tolist(), body.heads)
        scene = prepared(Scene(self._outfitter.bare(body, _SCANNED), rig, {"madeFrom": "scan"}), _BARE)
        try:
            measured = self._model.measured_as_is(body)
        except OpenSectionError as error:
            # Whatever the surfaces say: nobody is so shaped that a tape cannot go round.
            raise NotAPerson(0.0, REQUIRED_SCORE) from error
        return measured, self._writer.write(scene, _BARE)

    async def _stored_body(self, data: bytes) -> StoredBlob:
        return await self._files.put(data, prefix=SCANS_PREFIX, media_type=self._writer.media_type)


class BuildFace:
    """Points and the photos that they were seen in to a painted file in the object store."""

    def __init__(
        self, painter: Painter, pictures: Pictures, writer: FaceWriter, files: Files, workshop: Workshop
    ) -> None:
        self._painter = painter
        self._pictures = pictures
        self._writer = writer
        self._files = files
        self._workshop = workshop

    async def __call__(self, order: FaceOrder) -> BuiltFace:
        """Raise NotAFace and InvalidPicture; NotFound for a picture that is not there."""
        order.check()
        photos = await asyncio.gather(*(self._files.get(view.key) for view in order.views))

        def make() -> tuple[bytes, bytes]:
            seen = [
                Picture(self._pictures.read(photo), view.points)
                for photo, view in zip(photos, order.views, strict=True)
            ]
            painted = self._painter.paint(order.points, seen)
            texture = self._pictures.write(painted, _MOST_TEXTURE_BYTES)
            portrait = Portrait.of(order, self._painter.topology, texture, self._pictures.media_type)
            return texture, self._writer.write(portrait)

        texture, file = await self._workshop.run(make, "face")
        return BuiltFace(
            texture=await self._files.put(texture, prefix=FACES_PREFIX, media_type=self._pictures.media_type),
            file=await self._files.put(file, prefix=FACES_PREFIX, media_type=self._writer.media_type),
            vertex_count=len(order.points),
            face_count=len(self._painter.topology.triangles),
        )


def quantised(vertices: FloatArray, delivered_mm: FloatArray) -> Preview:
    """Positions (n, 3) in 65,535 steps along each side of their box: within 0.02 mm for a standing adult."""
    origin = vertices.min(axis=0).astype(np.float32)
    step = (np.ptp(vertices, axis=0) / _STEPS).astype(np.float32)
    positions = np.clip(np.rint((vertices - origin) / step), 0, _STEPS).astype(np.uint16)
    return Preview(positions, origin, step, delivered_mm)
