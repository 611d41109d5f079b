"""Forms with photos of a person: read with limits, judged by the photos' headers, and put into the object store.

No photo is decoded here, and none is stored before all of them may be decoded; what a camera wrote beside the pixels is
stored nowhere.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
import uuid
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property

from starlette.requests import Request

from atelier.common.v1 import blob_pb2
from atelier.generator.v1 import faces_pb2
from atelierkit.blobs import Blobs
from atelierkit.errors import FieldFault, InvalidInput
from photos import limits, strip
from photos.model import PhotoFormat, PhotoRefused
from services.gateway import form_stream, multipart, reading, uploads
from services.gateway.form_stream import PartLimit
from services.gateway.multipart import Head, Part
from services.gateway.problems import PayloadTooLarge, UnsupportedMediaType
from services.gateway.uploads import Upload

SLOTS: Mapping[str, faces_pb2.PhotoSlot.ValueType] = {
    "front": faces_pb2.PHOTO_SLOT_FRONT,
    "left": faces_pb2.PHOTO_SLOT_LEFT,
    "right": faces_pb2.PHOTO_SLOT_RIGHT,
}
LARGEST_FIELD = 65_536
"""Bytes of a part that is no photo."""
LARGEST_FORM = len(SLOTS) * (limits.LARGEST_FILE + LARGEST_FIELD)
"""Bytes of the whole body, however few photos it has."""


def file(slot: str, seen: str) -> tuple[str, str]:
    """A slot, and what it is for."""
    sides = f"{limits.SMALLEST_SIDE} to {limits.LARGEST_SIDE}"
    return slot, f"{seen}: JPEG, PNG or WebP, {sides} pixels a side, at most 10 MB"


FILES = (
    file("front", "The face from the front"),
    file("left", "The person's left side, turned by 30 to 45 degrees"),
    file("right", "The person's right side, turned likewise"),
)
"""The slots of a form with a face from three sides."""
_LONGEST_FILENAME = 100
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's categories of what is not seen, or changes how the rest is."""


class InvalidPhotos(InvalidInput):
    """A photo is missing, or not one that is taken; the fault's field is its slot."""

    reason = "INVALID_PHOTOS"


@dataclass(frozen=True)
class Photo:
    """One of a form's."""

    slot: str
    filename: str
    """As its owner calls it, for answers alone."""
    data: bytes = field(repr=False)
    """Without metadata."""
    format: PhotoFormat


@dataclass(frozen=True)
class PhotoForm:
    """Photos that may be decoded, and what was filled in beside them."""

    photos: Sequence[Photo]
    fields: Mapping[str, str]

    @cached_property
    def digest(self) -> bytes:
        """The same for the same photos and fields, in whichever order and with whichever boundary they came."""
        photos = {photo.slot: hashlib.sha256(photo.data).hexdigest() for photo in self.photos}
        text = json.dumps([photos, dict(self.fields)], sort_keys=True)
        return hashlib.sha256(text.encode()).digest()


def announced(request: Request, slots: Collection[str] = tuple(SLOTS)) -> None:
    """Raise UnsupportedMediaType or PayloadTooLarge for a body that says that it is no form with photos in these slots,
    before it is read."""
    if reading.media_type(request) != multipart.MEDIA_TYPE:
        message = f"the body must be a form with photos: {', '.join(slots)}"
        fault = FieldFault("", "media_type", message, multipart.MEDIA_TYPE)
        raise UnsupportedMediaType(message, faults=[fault])
    reading.refuse_announced(request, LARGEST_FORM)


async def read(request: Request, fields: Collection[str], slots: Collection[str] = tuple(SLOTS)) -> PhotoForm:
    """The form in a request's body: a photo in each of these slots, and any of these fields beside them.

    Raises InvalidInput, InvalidPhotos, PayloadTooLarge and UnsupportedMediaType.
    """
    files, texts = await taken(request, fields, slots)
    return PhotoForm(judged(files, slots, request.state.filenames), texts)


async def taken(
    request: Request, fields: Collection[str], files: Collection[str]
) -> tuple[Mapping[str, bytes], Mapping[str, str]]:
    """The files and the fields of a form, by name, and no others; files are no larger than photos may be.

    Raises InvalidInput and PayloadTooLarge. Names of files are noted in the request's state, for whoever tells of a refusal.
    """
    expected = _Expected(fields, files)
    request.state.filenames = expected.filenames
    parts = await form_stream.read(request.stream(), request.headers["content-type"], expected.limit_of)
    return (
        {part.name: part.data for part in parts if part.name in files},
        {part.name: _text(part) for part in parts if part.name not in files},
    )


@asynccontextmanager
async def stored(
    form: PhotoForm, blobs: Blobs, request_uuid: uuid.UUID, *, for_job: bool = False
) -> AsyncIterator[Sequence[faces_pb2.Photo]]:
    """The three photos of a face, `uploaded`."""
    async with uploaded(form, blobs, request_uuid, for_job=for_job) as files:
        yield [
            faces_pb2.Photo(slot=SLOTS[photo.slot], file=file, filename=photo.filename)
            for photo, file in zip(form.photos, files, strict=True)
        ]


@asynccontextmanager
async def uploaded(
    form: PhotoForm, blobs: Blobs, request_uuid: uuid.UUID, *, for_job: bool = False
) -> AsyncIterator[Sequence[blob_pb2.BlobRef]]:
    """The photos in the object store while the block runs; see `uploads.held`."""
    files = [Upload(photo.data, photo.format.media_type) for photo in form.photos]
    async with uploads.held(files, blobs, request_uuid, for_job=for_job) as sent:
        yield sent


class _Expected:
    """What a form may hold, and what it has told so far."""

    def __init__(self, fields: Collection[str], slots: Collection[str]) -> None:
        self._fields = fields
        self._slots = slots
        self._seen: set[str] = set()
        self.filenames: dict[str, str] = {}
        """By slot, cleaned."""

    def limit_of(self, head: Head) -> PartLimit:
        """Raises InvalidInput for a part that has no business here, before its content is read."""
        if head.name not in self._slots and head.name not in self._fields:
            offered = ", ".join((*self._slots, *self._fields))
            raise _refused(head.name, "unknown_field", "there is no such field", offered)
        if head.name in self._seen:
            raise _refused(head.name, "duplicate_field", "the field is given twice", "once")
        self._seen.add(head.name)
        if head.name not in self._slots:
            fault = FieldFault(head.name, "too_large", "too large", f"{LARGEST_FIELD} bytes")
            return PartLimit(LARGEST_FIELD, PayloadTooLarge("the field is too large", faults=[fault]))
        self.filenames[head.name] = clean_filename(head.filename) or head.name
        message = "File too large. Maximum size is 10MB."
        fault = FieldFault(head.name, "file_too_large", message, str(limits.LARGEST_FILE))
        return PartLimit(limits.LARGEST_FILE, PayloadTooLarge(message, faults=[fault]))


def clean_filename(text: str) -> str:
    """The last part of a path, without what is not seen; empty where nothing is left."""
    name = re.split(r"[/\\]", text)[-1]
    seen = "".join(each for each in name if unicodedata.category(each) not in _HIDDEN)
    return seen.strip(" .")[:_LONGEST_FILENAME]


def judged(
    files: Mapping[str, bytes], slots: Collection[str], filenames: Mapping[str, str]
) -> Sequence[Photo]:
    """A photo in each slot; InvalidPhotos and UnsupportedMediaType tell of all that cannot be taken."""
    faults: list[FieldFault] = []
    photos: list[Photo] = []
    for slot in slots:
        try:
            photos.append(_photo(slot, filenames.get(slot, slot), files.get(slot)))
        except PhotoRefused as refused:
            faults.append(FieldFault(slot, refused.code, refused.message, refused.limit))
    faults += _repeated(photos)
    if faults and all(fault.code == "unsupported_media" for fault in faults):
        raise UnsupportedMediaType("these photos are in no format that is taken", faults=faults)
    if faults:
        raise InvalidPhotos("these photos cannot be taken", faults=faults)
    return photos


def _photo(slot: str, filename: str, data: bytes | None) -> Photo:
    if data is None:
        raise PhotoRefused("photo_missing", f"The {slot} photo is missing.")
    header = limits.check(data, len(data))
    return Photo(slot, filename, strip.stripped(data, header), header.format)


def _repeated(photos: Sequence[Photo]) -> list[FieldFault]:
    """A photo that came before says nothing new about the face."""
    first: dict[bytes, str] = {}
    faults = []
    for photo in photos:
        before = first.setdefault(hashlib.sha256(photo.data).digest(), photo.slot)
        if before != photo.slot:
            message = f"This is the {before} photo once more."
            faults.append(FieldFault(photo.slot, "same_photo", message, before))
    return faults


def _text(part: Part) -> str:
    try:
        return part.data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refused(part.name, "malformed_form", "the field is no text", "UTF-8") from error


def _refused(field: str, code: str, message: str, limit: str) -> InvalidInput:
    return InvalidInput(message, faults=[FieldFault(field, code, message, limit)])
