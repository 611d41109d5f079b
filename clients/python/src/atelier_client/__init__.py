"""Client of Atelier.

`Atelier` blocks, `AsyncAtelier` does not; both have the same methods. `operations` has a function for every route of the
API, `shapes` what they take and answer, `webhooks` the check of a webhook's signature.
"""

from __future__ import annotations

from atelier_client import operations, shapes, webhooks
from atelier_client._async.client import AsyncAtelier
from atelier_client._sync.client import Atelier
from atelier_client.calls import Call, Upload
from atelier_client.errors import (
    AtelierError,
    BadSignature,
    JobNotCompleted,
    Refused,
    UnexpectedAnswer,
    Unreachable,
    WaitedTooLong,
)
from atelier_client.photos import FacePhotos
from atelier_client.retries import Retries
from atelier_client.shapes import AvatarDraft, BatchRow

__all__ = [
    "AsyncAtelier",
    "Atelier",
    "AtelierError",
    "AvatarDraft",
    "BadSignature",
    "BatchRow",
    "Call",
    "FacePhotos",
    "JobNotCompleted",
    "Refused",
    "Retries",
    "UnexpectedAnswer",
    "Unreachable",
    "Upload",
    "WaitedTooLong",
    "operations",
    "shapes",
    "webhooks",
]
