"""Uploads: they belong to one call or one job, which deletes them however it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from atelierkit.errors import AppError
from atelierkit.logs import get_logger
from services.generator.domain.errors import NotAnUpload
from services.generator.domain.faces import FaceOrder
from services.generator.domain.model import StoredFile
from services.generator.domain.ports import FileStore

UPLOADS = "uploads/"
"""Keys of uploads."""

_log = get_logger(__name__)


def require_photos(order: FaceOrder) -> None:
    """Raise NotAnUpload for a photo that is another file of the store."""
    for index, photo in enumerate(order.photos):
        require_upload(photo.file, f"photos[{index}].file")


def require_upload(file: StoredFile, what: str) -> None:
    """Raise NotAnUpload, which names the field ``what``, for any other file of the store."""
    if not file.key.startswith(UPLOADS):
        raise NotAnUpload(what)


@asynccontextmanager
async def consumed(store: FileStore, *uploads: StoredFile) -> AsyncIterator[None]:
    """Delete the uploads after the block, however it ends; a store that is away then is no failure of the block's."""
    try:
        yield
    finally:
        for upload in uploads:
            try:
                await store.delete(upload.key)
            except AppError as error:
                _log.warning("an upload was left behind", cause=error.message, key=upload.key)
