"""What the generator's verbs are made with, in its server and in its worker alike."""

from __future__ import annotations

import time
from dataclasses import dataclass

from services.generator.domain.faces import Terms
from services.generator.domain.ports import (
    Clock,
    Estimator,
    FileStore,
    Looks,
    Mesher,
    Network,
    Scanner,
    UnitsOfWork,
)
from services.generator.domain.ports_backgrounds import BackgroundReader
from services.generator.domain.ports_faces import Consents, FaceMesher, FaceModels, FaceReader
from services.generator.domain.ports_generations import KeptPhotos, PlainLooks
from services.generator.domain.ports_jobs import Credits
from services.generator.domain.ports_pictures import PictureMesher, PoseShelf, VideoMesher
from services.generator.domain.ports_poses import PoseReader
from services.generator.use_cases.avatars import CreateAvatar, GetAvatar
from services.generator.use_cases.bodies import MakePerson
from services.generator.use_cases.changes import Rebuild, Redress, SetAvatarFace
from services.generator.use_cases.custom_backgrounds import HangScenery
from services.generator.use_cases.faces import GetFace, MakeFace
from services.generator.use_cases.people import ForgetPerson
from services.generator.use_cases.pictures import Album, ExportPicture
from services.generator.use_cases.shelf import Shelf


@dataclass(frozen=True)
class Tools:
    """What avatars are made with and where they are kept, in the server and in the worker alike."""

    units: UnitsOfWork
    store: FileStore
    estimator: Estimator
    network: Network
    looks: Looks
    plain_looks: PlainLooks
    mesher: Mesher
    scanner: Scanner
    face_reader: FaceReader
    face_models: FaceModels
    face_mesher: FaceMesher
    picture_mesher: PictureMesher
    video_mesher: VideoMesher
    poses: PoseShelf
    pose_reader: PoseReader
    background_reader: BackgroundReader
    consents: Consents
    credits: Credits
    kept_photos: KeptPhotos
    clock: Clock
    terms: Terms

    def create_avatar(self) -> CreateAvatar:
        """The verb that both have."""
        return CreateAvatar(
            MakePerson(self.estimator, self.network),
            self.estimator,
            self.looks,
            self.mesher,
            self.shelf(),
            self.clock,
            self.poses,
        )

    def make_face(self) -> MakeFace:
        """The same."""
        return MakeFace(
            self.face_reader, self.face_mesher, self.shelf(), self.clock, time.monotonic, self.terms
        )

    def redress(self) -> Redress:
        """The same."""
        return Redress(self.looks, Rebuild(self.mesher, self.shelf()), self.shelf(), self.clock)

    def set_avatar_face(self) -> SetAvatarFace:
        """The same."""
        return SetAvatarFace(GetAvatar(self.units), GetFace(self.units, self.clock), self.redress())

    def export_picture(self) -> ExportPicture:
        """The same."""
        album = Album(self.shelf(), self.clock)
        return ExportPicture(
            GetAvatar(self.units), self.poses, self.hang_scenery(), self.looks, self.picture_mesher, album
        )

    def hang_scenery(self) -> HangScenery:
        """The same."""
        return HangScenery(self.units)

    def shelf(self) -> Shelf:
        """Records and their files."""
        return Shelf(self.units, self.store)

    def forget_person(self) -> ForgetPerson:
        """The same."""
        return ForgetPerson(self.units, self.shelf())
