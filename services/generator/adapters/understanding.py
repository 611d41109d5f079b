"""What photos say together: judged, fused and described, on arrays alone."""

from __future__ import annotations

from collections.abc import Sequence

from atelierkit.errors import AppError, Code
from services.generator.adapters.photos import Sight
from services.generator.domain.faces import FaceOrder, ReadFace


class FacesUnread(AppError):
    """Photos are decoded and searched, and not yet understood."""

    code = Code.UNIMPLEMENTED
    reason = "UNIMPLEMENTED"

    def __init__(self) -> None:
        super().__init__("faces are not read yet")


def understand(sights: Sequence[Sight], order: FaceOrder) -> ReadFace:  # noqa: ARG001  until the library can
    """Raise FacesUnread."""
    raise FacesUnread
