"""Files of a form in the object store, for as long as somebody works on them."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple

from atelier.common.v1 import blob_pb2
from atelierkit.blobs import Blobs
from atelierkit.errors import AppError, Code

_NOTHING_BEGUN = frozenset(
    {
        Code.INVALID_ARGUMENT,
        Code.FAILED_PRECONDITION,
        Code.NOT_FOUND,
        Code.PERMISSION_DENIED,
        Code.UNAUTHENTICATED,
        Code.RESOURCE_EXHAUSTED,
        Code.UNIMPLEMENTED,
    }
)


class Upload(NamedTuple):
    """A file as it came in."""

    data: bytes
    media_type: str


@asynccontextmanager
async def held(
    uploads: Sequence[Upload], blobs: Blobs, request_uuid: uuid.UUID, *, for_job: bool = False
) -> AsyncIterator[Sequence[blob_pb2.BlobRef]]:
    """The files in the object store while the block runs; whoever is called there deletes them, and nobody else needs to.

    Where the block fails they are deleted here. A job's are left to the generator's sweep where the call may have begun one:
    the same request is run again under the same id, and finds them.
    """
    sent: list[blob_pb2.BlobRef] = []
    try:
        for upload in uploads:
            file = await _put(upload, blobs, request_uuid)
            sent.append(file)
        yield sent
    except BaseException as error:
        if not for_job or (isinstance(error, AppError) and error.code in _NOTHING_BEGUN):
            for file in sent:
                await blobs.delete(file.key)
        raise


async def _put(upload: Upload, blobs: Blobs, request_uuid: uuid.UUID) -> blob_pb2.BlobRef:
    ref = await blobs.put(upload.data, prefix=f"uploads/{request_uuid.hex}", media_type=upload.media_type)
    return blob_pb2.BlobRef(key=ref.key, sha256=ref.sha256, media_type=ref.media_type, size=ref.size)
