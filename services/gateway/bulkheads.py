"""A queue of its own for each kind of work: avatars do not starve log-ins, and nobody starves reads."""

from __future__ import annotations

import enum
import time
from collections.abc import Mapping

from atelierkit.admission import Admission, Limits
from atelierkit.lag import LoopLag
from services.gateway.settings import GatewaySettings


class Work(enum.Enum):
    """What a route asks of the platform; its value names the queue in the metrics."""

    READ = "reads"
    """A record or two."""
    FILE = "files"
    """A stored file, or one that must be built first."""
    PICTURE = "pictures"
    """A picture of an avatar, drawn where it is not there."""
    GALLERY = "gallery"
    """A picture of a pose, for anybody: a stored file, or one that has to be drawn first."""
    POSE = "poses"
    """The drawing of it, once, for all who wait for it."""
    BODY = "bodies"
    """A body: by far the most CPU."""
    PASSWORD = "passwords"  # noqa: S105 - a kind of work
    """A password to be hashed."""
    UPLOAD = "uploads"
    """A body of many megabytes, held in memory."""
    PHOTO = "photos"
    """Three photos, held in memory."""


_AT_ONCE = frozenset({Work.UPLOAD, Work.PHOTO, Work.POSE})
"""What does not wait here: an upload is in memory already, and pictures of poses have a queue at the mesher."""

Bulkheads = Mapping[Work, Admission]


def bulkheads(settings: GatewaySettings, lag: LoopLag) -> Bulkheads:
    """The queues, which shrink while the event loop is late."""
    places = {
        Work.READ: settings.max_reads,
        Work.FILE: settings.max_files,
        Work.PICTURE: settings.max_pictures,
        Work.GALLERY: settings.max_gallery,
        Work.POSE: settings.max_pose_drawings,
        Work.BODY: settings.max_bodies,
        Work.PASSWORD: settings.max_passwords,
        Work.UPLOAD: settings.max_uploads,
        Work.PHOTO: settings.max_photo_forms,
    }
    return {
        work: Admission(
            work.value,
            Limits(
                count,
                most_waiting=0 if work in _AT_ONCE else count,
                longest_wait_s=settings.longest_wait_s,
            ),
            time.monotonic,
            lambda: lag.seconds > settings.most_lag_s,
        )
        for work, count in places.items()
    }
