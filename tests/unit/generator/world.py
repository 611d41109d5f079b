"""What tests of the generator share: a clock that they move, doubles of its neighbours, and every verb on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from hypothesis import strategies as st

from anthropometry.measurements import NAMES
from anthropometry.population import Population
from atelierkit.blobs import Blobs, MemoryBlobs
from atelierkit.errors import Code, FieldFault, RemoteError
from atelierkit.jobs import MemoryRail
from bodymodel.expressions import EXPRESSIONS
from services.generator.adapters.files import BlobFiles
from services.generator.adapters.job_changes import JobChanges
from services.generator.adapters.memory import MemoryUnitsOfWork
from services.generator.adapters.network import BodyNetwork
from services.generator.adapters.population import PopulationEstimator
from services.generator.domain.faces import (
    AvatarOrder,
    Face,
    FaceMesh,
    FaceOrder,
    Photo,
    ReadFace,
    SeenPhoto,
    Slot,
)
from services.generator.domain.model import (
    Avatar,
    BodySpec,
    BodyType,
    Build,
    Look,
    Outfit,
    OutfitItem,
    Person,
    Preview,
    Quantities,
    Reading,
    StoredFile,
    Targets,
    Wardrobe,
)
from services.generator.domain.options import Compression, FileFormat, FileOptions, Parts, RestPose
from services.generator.domain.ports import FileStore, Network, UnitsOfWork
from services.generator.domain.scan import CloudFormat, Registration, ScanBuild, ScanReport
from services.generator.tools import Tools
from services.generator.use_cases.avatars import CreateAvatar, DeleteAvatar, GetAvatar, ListAvatars
from services.generator.use_cases.bodies import EstimateMeasurements, MakePerson, PreviewAvatar
from services.generator.use_cases.changes import ExportAvatar, Rebuild, UpdateAvatar
from services.generator.use_cases.face_rounds import ClearFaces
from services.generator.use_cases.faces import CreateFace, DeleteFace, DownloadFace, GetFace
from services.generator.use_cases.photo_jobs import CreateAvatarFromPhotos
from services.generator.use_cases.scans import CreateScan, DeleteScan, GetScan
from services.generator.use_cases.shelf import Shelf
from tests.unit.generator.clay import ClayPainter, body_digest
from tests.unit.generator.doubles import (
    TERMS,
    ClayBackgroundReader,
    ClayModels,
    ClayPhotos,
    ClayPoseReader,
    ClayPoses,
    ClayReader,
    CountingLedger,
    Signatures,
)

MODELS = Path(__file__).parents[3] / "models"
POPULATION = Population.load(MODELS)
ANN, BOB = "9b2f-ann", "77c0-bob"
WOMAN = BodySpec({"stature": 1680.0, "waist_girth": 820.5}, BodyType.FEMININE)
BODY = FileOptions(parts=Parts.BODY)
DRESS = (OutfitItem("dress-ines", "M"),)
TROUSERS = (OutfitItem("trousers-milo", "L", "#112233"),)


class SetClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2031, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)


class RecordingBlobs(MemoryBlobs):
    """Tells which objects are there."""

    @property
    def keys(self) -> list[str]:
        return sorted(self._objects)


class FormulaInference:
    """Points that depend on every input, without a file: the twin of the network in tests of the verbs."""

    def __init__(self) -> None:
        self.calls = 0
        self.inputs: Mapping[str, np.ndarray[Any, Any]] = {}
        self.answer: Any = None
        self.error: Exception | None = None

    async def infer(self, model: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        self.calls += 1
        self.inputs = inputs
        if self.error is not None:
            raise self.error
        return {"points": self._points(inputs) if self.answer is None else self.answer}

    async def ready(self, model: str) -> None:
        """Always."""

    @staticmethod
    def _points(inputs: Mapping[str, Any]) -> Any:
        scale = sum(float(np.abs(inputs[name]).sum()) for name in ("measurements", "body_type", "z"))
        return np.linspace(0.0, scale / 1e4, 30_000, dtype=np.float32).reshape(1, 10_000, 3)


class Shop:
    """A catalogue of two garments, two skins and one hairstyle."""

    def __init__(self) -> None:
        self.colors = {"dress-ines": "#aa0000", "trousers-milo": "#0000aa"}
        self.skins = {"tone-04": "#d0a080", "tone-09": "#402010"}

    async def resolve(self, look: Look, outfit: Outfit) -> Wardrobe:
        unknown = [index for index, item in enumerate(outfit) if item.garment_id not in self.colors]
        if unknown:
            fault = FieldFault(f"outfit.items[{unknown[0]}].garment_id", "catalog.unknown", "unknown")
            raise RemoteError(
                "unknown", code=Code.INVALID_ARGUMENT, reason="UNKNOWN_CATALOG_ITEM", faults=[fault]
            )
        skin_id = look.skin_id or "tone-04"
        hair_color = (look.hair_color or "#332211") if look.hairstyle_id else ""
        worn = tuple(replace(item, color=item.color or self.colors[item.garment_id]) for item in outfit)
        return Wardrobe(
            look=Look(skin_id, look.hairstyle_id, hair_color),
            outfit=worn,
            appearance=f"{self.skins[skin_id]} {look.hairstyle_id} {hair_color}".encode(),
            garments=tuple(f"{item.garment_id} {item.size} {item.color}".encode() for item in worn),
        )

    async def hair(self, body_type: BodyType) -> Look:
        return Look(hairstyle_id="bob", hair_color="#332211")

    async def clothes(self, body: Targets, color: str) -> Outfit:
        """The dress, dyed in any colour."""
        return (OutfitItem("dress-ines", "M", color or "#aa0000"),)


class ClayMesher(ClayPainter):
    """Meshes that are a text about what they were made from: the same arguments give the same bytes."""

    def __init__(self, blobs: Blobs) -> None:
        super().__init__(blobs)
        self.builds = 0
        self.error_mm: dict[str, float] = {}

    async def build(
        self, person: Person, wardrobe: Wardrobe, options: FileOptions, pose: bytes | None = None
    ) -> Build:
        self.builds += 1
        worn = [] if options.parts is Parts.BODY else [garment.hex() for garment in wardrobe.garments]
        face = repr(person.face) if person.face else ""
        about = [
            body_digest(person),
            face,
            wardrobe.appearance.hex(),
            worn,
            repr(options),
            person.model_version,
            (pose or b"").hex(),
        ]
        media_type = "model/gltf-binary" if options.format is FileFormat.GLB else "application/octet-stream"
        ref = await self.blobs.put(json.dumps(about).encode(), prefix="meshes", media_type=media_type)
        if self.before_answer is not None:
            await self.before_answer()
        return Build(
            file=StoredFile(ref.key, ref.sha256, ref.media_type, ref.size),
            readings=self._readings(person),
            quantities=Quantities(71.5, 1.875),
            vertex_count=1000 + 100 * len(worn),
            face_count=2000 + 200 * len(worn),
        )

    async def build_face(self, face: ReadFace, pictures: Sequence[tuple[SeenPhoto, StoredFile]]) -> FaceMesh:
        if self.before_answer is not None:
            await self.before_answer()
        shown = [(await self.blobs.get(file.key)).hex() + seen.points.hex() for seen, file in pictures]
        about = json.dumps([face.geometry.hex(), shown, face.model_version])
        stored = [
            await self.blobs.put(f"{what} {about}".encode(), prefix="faces", media_type=media_type)
            for what, media_type in (("file", "model/gltf-binary"), ("texture", "image/jpeg"))
        ]
        file, texture = (StoredFile(ref.key, ref.sha256, ref.media_type, ref.size) for ref in stored)
        return FaceMesh(file, texture, vertex_count=468, face_count=898)

    async def preview(self, person: Person) -> Preview:
        delivered = tuple(target.value_mm for target in person.targets)
        return Preview(
            bytes.fromhex(body_digest(person)), (-0.5, 0.0, -0.25), (2e-05, 3e-05, 1e-05), delivered
        )

    def _readings(self, person: Person) -> tuple[Reading, ...]:
        tape = ((0.125, 1.0, 0.0), (0.1234567, 1.0, 0.25), (0.125, 1.0, 0.0))
        of_targets = tuple(
            Reading(target.name, target.value_mm + self.error_mm.get(target.name, 0.25), tape, True)
            for target in person.targets
        )
        return (*of_targets, Reading("natural_waist_girth", 701.5, tape, True))


class ClayScanner:
    """Scans whose mesh is the upload itself, and whose body, where one is asked for, is the upload backwards."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self.error: Exception | None = None

    async def reconstruct(self, cloud: StoredFile, format: CloudFormat, *, register: bool) -> ScanBuild:
        data = await self.blobs.get(cloud.key)
        if self.error is not None:
            raise self.error
        mesh = await self._stored(data, "model/ply")
        report = ScanReport(
            len(data), 12, 0.001, 1712.345678, 40_000, 79_996, watertight=True, volume_l=71.25
        )
        if not register:
            return ScanBuild(report, mesh)
        tape = ((0.125, 1.0, 0.0), (0.25, 1.0, 0.25), (0.125, 1.0, 0.0))
        readings = tuple(Reading(name, 100.5 + place, tape, True) for place, name in enumerate(NAMES))
        beside = Reading("natural_waist_girth", 701.5, tape, True)
        quantities = Quantities(volume_l=70.125, surface_area_m2=1.875)
        registration = Registration(0.9375, 2.5, 0.96875, (*readings, beside), quantities)
        return ScanBuild(report, mesh, registration, await self._stored(data[::-1], "model/gltf-binary"))

    async def _stored(self, data: bytes, media_type: str) -> StoredFile:
        ref = await self.blobs.put(data, prefix="scans", media_type=media_type)
        return StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)


class World:
    """Every verb of the service."""

    def __init__(
        self,
        units: UnitsOfWork | None = None,
        store: FileStore | None = None,
        blobs: RecordingBlobs | None = None,
        network: Network | None = None,
    ) -> None:
        self.clock = SetClock()
        self.blobs = blobs or RecordingBlobs()
        self.rail = MemoryRail()
        self.changes = JobChanges(poll_s=60.0)
        self.units = units or MemoryUnitsOfWork(self.rail, self.changes)
        self.store = store or BlobFiles(self.blobs)
        self.inference = FormulaInference()
        self.network = network or BodyNetwork(self.inference, "1.2.3")
        self.estimator = PopulationEstimator(POPULATION)
        self.looks = Shop()
        self.mesher = ClayMesher(self.blobs)
        self.poses = ClayPoses()
        self.shelf = Shelf(self.units, self.store)
        make_person = MakePerson(self.estimator, self.network)
        rebuild = Rebuild(self.mesher, self.shelf)
        self.estimate = EstimateMeasurements(self.estimator)
        self.preview = PreviewAvatar(make_person, self.mesher)
        self.create = CreateAvatar(
            make_person, self.estimator, self.looks, self.mesher, self.shelf, self.clock, self.poses
        )
        self.get = GetAvatar(self.units)
        self.list = ListAvatars(self.units)
        self.delete = DeleteAvatar(self.units, self.shelf)
        self.scanner = ClayScanner(self.blobs)
        self.create_scan = CreateScan(self.scanner, self.shelf, self.clock)
        self.get_scan = GetScan(self.units)
        self.delete_scan = DeleteScan(self.units, self.shelf)
        self.ledger = CountingLedger()
        self.reader = ClayReader(self.store)
        self.kept_photos = ClayPhotos(self.store)
        self.face_models = ClayModels()
        self.pose_reader = ClayPoseReader(self.store)
        self.background_reader = ClayBackgroundReader(self.store)
        self.consents = Signatures()
        self.tools = Tools(
            units=self.units,
            store=self.store,
            estimator=self.estimator,
            network=self.network,
            looks=self.looks,
            plain_looks=self.looks,
            mesher=self.mesher,
            scanner=self.scanner,
            face_reader=self.reader,
            face_models=self.face_models,
            face_mesher=self.mesher,
            picture_mesher=self.mesher,
            video_mesher=self.mesher,
            poses=self.poses,
            pose_reader=self.pose_reader,
            background_reader=self.background_reader,
            consents=self.consents,
            credits=self.ledger,
            kept_photos=self.kept_photos,
            clock=self.clock,
            terms=TERMS,
        )
        self.update = UpdateAvatar(self.get, self.tools.redress(), self.poses)
        self.set_face = self.tools.set_avatar_face()
        self.create_face = CreateFace(self.tools.make_face(), self.consents, self.shelf)
        self.get_face = GetFace(self.units, self.clock)
        self.download_face = DownloadFace(self.units, self.clock)
        self.delete_face = DeleteFace(self.units, self.shelf, self.clock)
        self.from_photos = CreateAvatarFromPhotos(
            self.units, self.estimator, self.looks, self.ledger, self.consents, self.shelf, self.clock
        )
        self.clear_faces = ClearFaces(self.units, self.shelf, self.clock, TERMS)
        self.export = ExportAvatar(self.get, self.poses, self.looks, rebuild, self.shelf)

    async def avatar(
        self, owner: str = ANN, spec: BodySpec = WOMAN, look: Look | None = None, outfit: Outfit = DRESS
    ) -> Avatar:
        self.clock.advance(seconds=1)
        return await self.create(owner, spec, look or Look(), outfit)

    async def exists(self, *files: StoredFile | None) -> list[bool]:
        return [file is not None and await self.store.exists(file) for file in files]

    async def photos(self, *contents: str) -> tuple[Photo, ...]:
        """Uploads of a front, a left and a right side; typical ones, or such as say these words."""
        said = dict(zip(Slot, contents or ("ahead", "to the right", "to the left"), strict=True))
        return tuple([await self.photo(text, slot) for slot, text in said.items()])

    async def photo(self, text: str = "ahead", slot: Slot = Slot.FRONT) -> Photo:
        """The upload of one side."""
        ref = await self.blobs.put(text.encode(), prefix=f"uploads/{uuid4().hex}", media_type="image/jpeg")
        file = StoredFile(ref.key, ref.sha256, ref.media_type, ref.size)
        return Photo(slot, file, f"{slot.value}.jpg")

    async def face(self, owner: str | None = ANN, **over: Any) -> Face:
        self.clock.advance(seconds=1)
        return await self.create_face(owner, FaceOrder(**{"photos": await self.photos(), **over}))

    async def order(self, *contents: str, **over: Any) -> AvatarOrder:
        face = FaceOrder(await self.photos(*contents), consent_version=Signatures.VERSION)
        return AvatarOrder(**{"face": face, "body": WOMAN, "look": Look(), "outfit": DRESS, **over})

    async def kept(self, owner: str = ANN) -> tuple[Avatar, ...]:
        return (await self.list(owner, 100, None)).avatars


def file_options() -> st.SearchStrategy[FileOptions]:
    """Any file that can be asked for."""
    return st.builds(
        FileOptions,
        format=st.sampled_from(FileFormat),
        parts=st.sampled_from(Parts),
        pose=st.sampled_from(RestPose),
        lod=st.integers(0, 3),
        morph_targets=st.sampled_from([(), ("jawOpen",), ("jawOpen", "viseme_aa"), EXPRESSIONS]),
        texture_size=st.sampled_from([0, 256, 512, 1024, 2048]),
        texture_atlas=st.sampled_from([0, 256, 512, 1024]),
        compression=st.sampled_from(Compression),
    )


def every_measurement(value_of: Mapping[str, float]) -> BodySpec:
    return BodySpec({name: value_of[name] for name in NAMES}, BodyType.NEUTRAL)
