"""The failures that the generator's contract names.

AppError
├── ImplausibleMeasurements   INVALID_ARGUMENT
├── BadPageToken              INVALID_ARGUMENT
├── NotAnUpload               INVALID_ARGUMENT
├── InvalidPhotos             INVALID_ARGUMENT
├── InvalidPosePhoto          INVALID_ARGUMENT
├── InvalidMotion             INVALID_ARGUMENT
├── InvalidBackground         INVALID_ARGUMENT
├── ConsentRequired           PERMISSION_DENIED
├── AvatarNotFound            NOT_FOUND
├── ScanNotFound              NOT_FOUND
├── FaceNotFound              NOT_FOUND
├── JobNotFound               NOT_FOUND
├── PoseNotFound              NOT_FOUND
├── PictureNotFound           NOT_FOUND
├── BackgroundNotFound        NOT_FOUND
├── GenerationNotFound        NOT_FOUND
├── ShareNotFound             NOT_FOUND
├── JobEnded                  FAILED_PRECONDITION
├── JobNotFailed              FAILED_PRECONDITION
├── PhotosDeleted             FAILED_PRECONDITION
├── AvatarChanged             FAILED_PRECONDITION
├── TooManyPoses              FAILED_PRECONDITION
├── TooManyShares             FAILED_PRECONDITION
├── TooManyBackgrounds        FAILED_PRECONDITION
├── FileLost                  UNAVAILABLE
├── MesherBrokeDown           UNAVAILABLE
└── Outdated                  UNAVAILABLE
"""

from __future__ import annotations

from collections.abc import Sequence

from atelierkit.errors import AppError, Code, FieldFault, Forbidden, InvalidInput, NotFound, Unavailable
from services.generator.domain.faces import PhotoFault


class ImplausibleMeasurements(InvalidInput):
    """The measurements do not fit one person; the faults name the offending ones and their limits."""

    reason = "IMPLAUSIBLE_MEASUREMENTS"

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        super().__init__("the measurements do not fit one person", faults=faults)


class BadPageToken(InvalidInput):
    """The page token is not one that ListAvatars gave."""

    def __init__(self) -> None:
        text = "this is not the token of a page"
        super().__init__(text, faults=[FieldFault("page_token", "page_token.unknown", text)])


class AvatarNotFound(NotFound):
    """No avatar of the caller has that id: somebody else's and an unknown one answer alike."""

    def __init__(self) -> None:
        super().__init__("there is no such avatar")


class ScanNotFound(NotFound):
    """No scan of the caller has that id: somebody else's and an unknown one answer alike."""

    def __init__(self) -> None:
        super().__init__("there is no such scan")


class FaceNotFound(NotFound):
    """No face of that id is the caller's or nobody's: somebody else's and an unknown one answer alike."""

    def __init__(self) -> None:
        super().__init__("there is no such face")


class JobNotFound(NotFound):
    """No job of the caller has that id: somebody else's and an unknown one answer alike."""

    def __init__(self) -> None:
        super().__init__("there is no such job")


class GenerationNotFound(NotFound):
    """No generation of the caller has that id: somebody else's and an unknown one answer alike."""

    def __init__(self) -> None:
        super().__init__("there is no such generation")


class PoseNotFound(NotFound):
    """No pose of the library and none of the caller's own has that id: somebody else's and an unknown one answer alike."""

    def __init__(self, pose_id: str, field: str = "pose_id") -> None:
        self.pose_id = pose_id
        text = "there is no such pose"
        super().__init__(text, faults=[FieldFault(field, "pose.unknown", text)])


class BackgroundNotFound(NotFound):
    """None of the caller's own backgrounds has that id: somebody else's and an unknown one answer alike."""

    def __init__(self, field: str = "background") -> None:
        text = "there is no such background"
        super().__init__(text, faults=[FieldFault(field, "background.unknown", text)])


class PictureNotFound(NotFound):
    """No avatar of the caller has a picture of that content: somebody else's and an unknown one answer alike."""

    def __init__(self) -> None:
        super().__init__("there is no such picture")


class JobEnded(AppError):
    """The job has come to its end, which is for good."""

    code = Code.FAILED_PRECONDITION
    reason = "JOB_ENDED"

    def __init__(self, state: str) -> None:
        super().__init__("the job has ended", state=state)


class JobNotFailed(AppError):
    """The job did not fail, so there is nothing to do again."""

    code = Code.FAILED_PRECONDITION
    reason = "JOB_NOT_FAILED"

    def __init__(self, state: str) -> None:
        super().__init__("the job did not fail", state=state)


class PhotosDeleted(AppError):
    """The job's photos went with its end, so it cannot be done again."""

    code = Code.FAILED_PRECONDITION
    reason = "PHOTOS_DELETED"

    def __init__(self) -> None:
        super().__init__("the photos of the job are deleted")


class AvatarChanged(AppError):
    """The avatar was changed while its video waited to be drawn."""

    code = Code.FAILED_PRECONDITION
    reason = "AVATAR_CHANGED"

    def __init__(self) -> None:
        super().__init__("the avatar was changed before its video was drawn")


class NotAnUpload(InvalidInput):
    """The file is no upload: it would be deleted after the call, and it belongs to somebody."""

    def __init__(self, what: str = "cloud") -> None:
        text = "only an upload is read"
        fault = FieldFault(f"{what}.key", f"{what.partition('[')[0]}.not_an_upload", text, "uploads/...")
        super().__init__(text, faults=[fault])


class InvalidPhotos(InvalidInput):
    """At least one photo cannot be used; each fault's field is the slot of a photo."""

    reason = "INVALID_PHOTOS"

    def __init__(self, photo_faults: Sequence[PhotoFault]) -> None:
        self.photo_faults = tuple(photo_faults)
        super().__init__(
            "no face can be made of these photos",
            faults=[
                FieldFault(fault.slot.value, fault.code, fault.message, fault.limit) for fault in photo_faults
            ],
        )


class InvalidPosePhoto(InvalidInput):
    """No pose can be read from the photo; the fault says why, and what to do about it."""

    reason = "INVALID_PHOTOS"

    def __init__(self, code: str, message: str, limit: str | None) -> None:
        fault = FieldFault("photo", code, message, limit)
        super().__init__("no pose can be read from this photo", faults=[fault])


class InvalidMotion(InvalidInput):
    """No pose can be read from the motion; the fault says why."""

    reason = "INVALID_MOTION"

    def __init__(self, code: str, message: str, limit: str | None) -> None:
        field = "frame" if code == "frame_missing" else "motion"
        super().__init__(
            "no pose can be read from this motion",
            faults=[FieldFault(field, code, message, limit)],
        )


class InvalidBackground(InvalidInput):
    """The upload is no picture that could stand behind; the fault says why."""

    reason = "INVALID_PHOTOS"

    def __init__(self, code: str, message: str, limit: str | None) -> None:
        fault = FieldFault("picture", code, message, limit)
        super().__init__("this picture cannot stand behind", faults=[fault])


class TooManyPoses(AppError):
    """The person has as many own poses as one may."""

    code = Code.FAILED_PRECONDITION
    reason = "TOO_MANY_POSES"

    def __init__(self, most: int) -> None:
        super().__init__(f"a person has at most {most} own poses", most=str(most))


class TooManyShares(AppError):
    """The person has as many links as one may."""

    code = Code.FAILED_PRECONDITION
    reason = "TOO_MANY_SHARES"

    def __init__(self, most: int) -> None:
        super().__init__(f"a person has at most {most} links", most=str(most))


class TooManyBackgrounds(AppError):
    """The person has as many own backgrounds as one may."""

    code = Code.FAILED_PRECONDITION
    reason = "TOO_MANY_BACKGROUNDS"

    def __init__(self, most: int) -> None:
        super().__init__(f"a person has at most {most} own backgrounds", most=str(most))


class ShareNotFound(NotFound):
    """There is no such link that holds: an unknown, a revoked and an expired one answer alike."""

    def __init__(self) -> None:
        super().__init__("there is no such link")


class ConsentRequired(Forbidden):
    """The person has not consented to having photos of the face worked on, or not to the policy in force."""

    reason = "CONSENT_REQUIRED"

    def __init__(self, version: str) -> None:
        super().__init__("this needs the person's consent", purpose="face_photos", version=version)


class FileLost(Unavailable):
    """A file went away while its avatar was being stored; the same request builds it again."""

    def __init__(self) -> None:
        super().__init__("a file of the avatar went away while it was being stored")


class MesherBrokeDown(Unavailable):
    """The mesher ended in the middle of a build: by chance, or because of what it was to build."""

    def __init__(self) -> None:
        super().__init__("the mesher broke down", dependency="mesher")


class Outdated(Unavailable):
    """Somebody else changed the avatar in the meantime; the change may succeed on its new state."""

    def __init__(self) -> None:
        super().__init__("the avatar is being changed by others")
