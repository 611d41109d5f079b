"""Forms with what a pose is read from: a photo of a person, or a motion file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from starlette.requests import Request

from atelierkit.errors import FieldFault, InvalidInput
from photos import limits
from services.gateway import photo_form, reading
from services.gateway.schemas.custom_poses import PoseFields
from services.gateway.uploads import Upload

PHOTO, MOTION = "photo", "motion"
FILES = (
    photo_form.file(PHOTO, "One person, as much of them as there is room for"),
    (MOTION, "In place of a photo, a BVH file, at most 10 MB"),
)
_OF_MOTIONS = "application/octet-stream"


@dataclass(frozen=True)
class PoseForm:
    """One file, and what was filled in beside it."""

    is_photo: bool
    filename: str
    """As its owner calls it, for answers alone."""
    file: Upload = field(repr=False)
    fields: PoseFields

    @cached_property
    def digest(self) -> bytes:
        """The same for the same file and fields, in whichever order and with whichever boundary they came."""
        content: list[Any] = [self.is_photo, hashlib.sha256(self.file.data).hexdigest()]
        text = json.dumps([*content, self.fields.model_dump()], sort_keys=True)
        return hashlib.sha256(text.encode()).digest()


async def read(request: Request) -> PoseForm:
    """The form in a request's body.

    Raises InvalidInput, PayloadTooLarge and UnsupportedMediaType, and photo_form.InvalidPhotos for what is no photo.
    """
    photo_form.announced(request, (PHOTO, MOTION))
    files, texts = await photo_form.taken(request, PoseFields.names(), (PHOTO, MOTION))
    fields = reading.validated(PoseFields, dict(texts))
    _require_one(files)
    if PHOTO not in files:
        return PoseForm(False, MOTION, _motion(files[MOTION]), fields)
    if fields.frame is not None:
        raise _refused("frame", "contradiction", "a photo has no frames", MOTION)
    [photo] = photo_form.judged(files, (PHOTO,), request.state.filenames)
    return PoseForm(True, photo.filename, Upload(photo.data, photo.format.media_type), fields)


def _motion(data: bytes) -> Upload:
    if not data:
        raise _refused(MOTION, "file_empty", "File is empty.", f"1..{limits.LARGEST_FILE}")
    return Upload(data, _OF_MOTIONS)


def _require_one(files: Mapping[str, bytes]) -> None:
    if not files:
        raise _refused(PHOTO, "required", "a photo or a motion is needed", f"{PHOTO}, {MOTION}")
    if len(files) > 1:
        raise _refused(MOTION, "contradiction", "a pose is of a photo or of a motion", f"{PHOTO}, {MOTION}")


def _refused(name: str, code: str, message: str, limit: str) -> InvalidInput:
    return InvalidInput(message, faults=[FieldFault(name, code, message, limit)])
