"""What the mesher refuses."""

from __future__ import annotations

from atelierkit.errors import AppError, Code, FieldFault, InvalidInput, NotFound, Unavailable
from bodymodel.expressions import ARKIT, VISEMES


class MeasurementMissing(InvalidInput):
    """A target measurement is not set: a body is built from all 15."""


class PointsNotABody(InvalidInput):
    """The points do not lie on any body of the shape space."""


class NotAFace(InvalidInput):
    """The points are no face's: not numbers, or far from where those of any face lie."""

    def __init__(self, field: str) -> None:
        message = "the points are not those of a face"
        super().__init__(message, faults=[FieldFault(field, "face.not_a_face", message)])


class SceneryGone(NotFound):
    """The picture that should stand behind is not in the store; whoever asked knows whose it was."""

    def __init__(self) -> None:
        text = "the picture that should stand behind is not there"
        super().__init__(text, faults=[FieldFault("picture.background", "background.gone", text)])


class InvalidPicture(InvalidInput):
    """A stored picture cannot be read, or is larger than those that are stored."""

    def __init__(self, what: str) -> None:
        super().__init__(f"a stored picture cannot be used: {what}")


class InvalidCloud(InvalidInput):
    """The upload is no cloud that a body could be found in."""

    reason = "INVALID_CLOUD"

    def __init__(self, rule: str, message: str, limit: str) -> None:
        super().__init__(message, faults=[FieldFault("cloud", rule, message, limit)])


class TooManyPoints(AppError):
    """The upload has more points than are read."""

    code = Code.INVALID_ARGUMENT
    reason = "PAYLOAD_TOO_LARGE"

    def __init__(self, most: int) -> None:
        message = "the cloud has too many points"
        super().__init__(
            message, faults=[FieldFault("cloud", "cloud.too_many_points", message, f"{most} points")]
        )


class NotAPerson(AppError):
    """No body explains the scan well enough."""

    code = Code.FAILED_PRECONDITION
    reason = "NOT_A_PERSON"

    def __init__(self, score: float, required: float) -> None:
        message = "the scan is not one of a person"
        super().__init__(
            message,
            faults=[FieldFault("cloud", "cloud.not_a_person", message, f"{score:.2f} < {required:.2f}")],
            score=f"{score:.3f}",
            required=f"{required:.2f}",
        )


class UnknownMorphTarget(InvalidInput):
    """There is no face shape of that name."""

    reason = "UNKNOWN_MORPH_TARGET"

    def __init__(self, field: str, name: str) -> None:
        message = "there is no face shape of that name"
        limit = f"one of ARKit's {len(ARKIT)} ({ARKIT[0]} ... {ARKIT[-1]}) or {', '.join(VISEMES)}"
        super().__init__(
            message, faults=[FieldFault(field, "morph_target.unknown", message, limit)], name=name
        )


class UnknownBone(InvalidInput):
    """A pose turns a bone that the skeleton lacks."""

    def __init__(self, number: int, bone: str) -> None:
        message = "the skeleton has no bone of that name"
        super().__init__(
            message, faults=[FieldFault(f"pose.turns[{number}].bone", "pose.unknown_bone", message)]
        )


class ReconstructionAbsent(AppError):
    """Open3D, which makes surfaces of scans, is not installed here."""

    code = Code.UNIMPLEMENTED
    reason = "UNIMPLEMENTED"

    def __init__(self) -> None:
        super().__init__(
            "this installation cannot make meshes of scans: Open3D is not installed", part="open3d"
        )


class DrawingUnavailable(Unavailable):
    """Nothing here can draw: no driver of OpenGL is installed, or the one that was lost its context."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "this machine cannot draw pictures: install libegl1, libopengl0 and libgl1-mesa-dri, or a card's driver",
            retry_after_s=None,
            part="drawing",
            why=why,
        )
