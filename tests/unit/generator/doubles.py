"""Doubles for tests of faces and of jobs that cost: a reader of photos, consents, and a ledger that counts."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from atelier.common.v1 import pose_pb2
from atelierkit.errors import Code, RemoteError
from services.generator.domain.custom_backgrounds import ReadBackground
from services.generator.domain.custom_poses import ReadPose
from services.generator.domain.errors import (
    ConsentRequired,
    InvalidBackground,
    InvalidMotion,
    InvalidPhotos,
    InvalidPosePhoto,
    PoseNotFound,
)
from services.generator.domain.faces import (
    FaceOrder,
    Features,
    MeasuredColor,
    Photo,
    PhotoFault,
    ReadFace,
    SeenPhoto,
    Terms,
    Trait,
)
from services.generator.domain.jobs import Extra, Kind
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import FileStore
from services.generator.domain.ports_faces import FaceModel
from services.generator.domain.ports_jobs import Hold

FEATURES = Features(
    expressions={"smile": Trait(present=True, score=0.9), "squint": Trait(None, 0.5, "eyes_hidden")},
    accessories={"glasses": Trait(present=False, score=0.1)},
    face_shape="oval",
    face_shape_scores={"oval": 0.7, "round": 0.3},
    skin=MeasuredColor(200, 150, 120, 0.85),
    monk_tone=5,
    eyes=MeasuredColor(90, 60, 40, 0.7),
)
TERMS = Terms(timedelta(hours=24), photos=timedelta(days=365), uploads=timedelta(hours=1))


class ClayReader:
    """Faces that follow from the bytes of their photos: a photo that says why it is bad is refused for that."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self.reads = 0
        self.before_answer: Callable[[], Awaitable[None]] | None = None
        self.hair: MeasuredColor | None = None
        self.clothes: MeasuredColor | None = None

    async def read(self, order: FaceOrder) -> ReadFace:
        self.reads += 1
        photos = [(photo, await self._store.get(photo.file)) for photo in order.photos]
        faults = [
            PhotoFault(photo.slot, photo.filename, data.decode().removeprefix("bad "), "not like that", "3")
            for photo, data in photos
            if data.startswith(b"bad ")
        ]
        if faults:
            raise InvalidPhotos(faults)
        if self.before_answer is not None:
            await self.before_answer()
        together = hashlib.sha256(b"".join(data for _, data in photos)).digest()
        return ReadFace(
            seen=tuple(
                SeenPhoto(photo.slot, b"small " + data, "image/jpeg", bytes(5616)) for photo, data in photos
            ),
            geometry=b"\x0a\xf0\x2b" + (together * 176)[:5616],
            scale_source="pupil_distance" if order.pupil_distance_mm else "iris",
            features=FEATURES,
            model_version="1.0.0",
            inference_ms=12,
            hair=self.hair,
            clothes=self.clothes,
        )


class ClayPhotos:
    """Photos to keep, whose bytes say that they were renewed; all are refused where a fault is named."""

    def __init__(self, store: FileStore) -> None:
        self._store = store
        self.fault = ""

    async def to_keep(self, photo: Photo) -> Photo:
        data = await self._store.get(photo.file)
        if self.fault:
            raise InvalidPhotos([PhotoFault(photo.slot, photo.filename, self.fault, "damaged")])
        return replace(photo, file=await self._store.put_apart(b"renewed " + data, photo.file.media_type))


class ClayModels:
    """A network that answers unless it is switched off."""

    def __init__(self) -> None:
        self.ready = True

    async def look(self) -> FaceModel:
        return FaceModel("face_mesh", "1.0.0", self.ready)


class ClayPoses:
    """A library of a few poses, whose joints are their words; and everybody's own, by owner and id."""

    def __init__(self) -> None:
        self.library = {"contrapposto", "bent-elbow", "seated"}
        self.own: dict[tuple[str, str], bytes] = {}

    async def get(self, owner: str, pose_id: str) -> bytes:
        if pose_id in self.library:
            return pose_id.encode()
        if (owner, pose_id) not in self.own:
            raise PoseNotFound(pose_id)
        return self.own[owner, pose_id]


class ClayPoseReader:
    """Poses whose joints are what the upload says; one that begins with `bad` is refused by the rest of its words."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    async def of_photo(self, photo: StoredFile) -> ReadPose:
        text = (await self._store.get(photo)).decode("utf-8", "replace")
        if text.startswith("bad "):
            raise InvalidPosePhoto(text.removeprefix("bad "), "cannot be used", "3")
        return self._read(f"photo {text}", ("RightFoot",))

    async def of_motion(self, motion: StoredFile, frame: int) -> ReadPose:
        text = (await self._store.get(motion)).decode()
        if text.startswith("bad "):
            raise InvalidMotion(text.removeprefix("bad "), "cannot be used", "LeftArm, Head")
        return self._read(f"motion {text} {frame}", ())

    def _read(self, text: str, unknown: tuple[str, ...]) -> ReadPose:
        angle = len(text) % 97 / 100
        turn = pose_pb2.JointTurn(bone="Hips", x=math.sin(angle), w=math.cos(angle))
        pose = pose_pb2.Pose(turns=[turn], support=pose_pb2.SUPPORT_SEAT)
        return ReadPose(pose.SerializeToString(deterministic=True), ("LeftForeArm",), unknown)


class ClayBackgroundReader:
    """Backgrounds whose pixels are what the upload says; one that begins with `bad` is refused by the rest of its words."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    async def read(self, picture: StoredFile) -> ReadBackground:
        data = await self._store.get(picture)
        if data.startswith(b"bad "):
            raise InvalidBackground(data.decode().removeprefix("bad "), "cannot be used", "224")
        return ReadBackground(b"pixels of " + data, "image/webp", 1600, 900)


class Signatures:
    """Everybody has consented to one version, until they take it back."""

    VERSION = "2031-1"

    def __init__(self) -> None:
        self.version = self.VERSION
        self.withdrawn = False
        self.asked: list[str] = []

    async def require(self, version: str) -> None:
        self.asked.append(version)
        if self.withdrawn or version != self.version:
            raise ConsentRequired(self.version)


class CountingLedger:
    """A ledger that counts: a balance, what is held for which job, and what was paid."""

    def __init__(self, balance: int = 1_000_000) -> None:
        self.balance = balance
        self.held: dict[UUID, int] = {}
        self.paid: dict[UUID, int] = {}
        self.settled: set[UUID] = set()
        self.prices: dict[Kind | Extra, int] = {
            Kind.AVATAR_BATCH: 1,
            Kind.AVATAR_FROM_PHOTOS: 5,
            Kind.POSE_GENERATION: 5,
            Kind.VIDEO: 5,
            Extra.HD: 2,
            Extra.PRIORITY: 3,
        }
        self.error: Exception | None = None

    async def price(self, kind: Kind, extras: Collection[Extra] = ()) -> int:
        priced: tuple[Kind | Extra, ...] = (kind, *extras)
        return sum(self.prices[each] for each in priced)

    async def reserve(self, owner: str, job_id: UUID, credits: int, kind: Kind) -> bool:
        if job_id in self.settled:
            return False
        if job_id in self.held:
            return True
        if credits > self.balance:
            raise RemoteError(
                "not enough credits",
                code=Code.FAILED_PRECONDITION,
                reason="INSUFFICIENT_CREDITS",
                metadata={"needed": str(credits), "available": str(self.balance)},
            )
        self.balance -= credits
        self.held[job_id] = credits
        return True

    async def capture(self, job_id: UUID, credits: int) -> None:
        self._fail()
        if job_id in self.held:
            self.balance += self.held.pop(job_id) - credits
            self.paid[job_id] = credits
            self.settled.add(job_id)

    async def release(self, job_id: UUID) -> None:
        self._fail()
        self.balance += self.held.pop(job_id, 0)
        self.settled.add(job_id)

    async def holds(self, older_than: timedelta) -> list[Hold]:
        return [Hold(job_id, credits) for job_id, credits in self.held.items()]

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error
