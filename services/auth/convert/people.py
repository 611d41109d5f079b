"""What people and administrators see, as messages."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from uuid import UUID

from atelier.auth.v1 import people_pb2 as pb
from atelierkit.errors import FieldFault, InvalidInput
from services.auth.domain.export import Part
from services.auth.domain.model import Position, Session

DEFAULT_PAGE = 20


def session(session: Session, current: str | None) -> pb.Session:
    """The session; ``current`` is the id of the caller's own."""
    id = str(session.id)
    message = pb.Session(id=id, device=session.device, current=id == current)
    message.create_time.FromDatetime(session.created_at)
    message.use_time.FromDatetime(session.used_at)
    message.expire_time.FromDatetime(session.expires_at)
    return message


def page_size(asked: int) -> int:
    """Records of a page."""
    return asked or DEFAULT_PAGE


def page_token(position: Position | None) -> str:
    """The token of the page after that place; empty where there is none."""
    if position is None:
        return ""
    return base64.urlsafe_b64encode(f"{position.created_at.isoformat()} {position.id}".encode()).decode()


def position(token: str) -> Position | None:
    """The place that a page token names; None for the first page. Raise InvalidInput."""
    if not token:
        return None
    try:
        time, id = base64.b64decode(token.encode(), b"-_", validate=True).decode().split(" ")
        place = Position(datetime.fromisoformat(time).astimezone(UTC), UUID(id))
    except (ValueError, OverflowError, binascii.Error) as error:
        fault = FieldFault("page_token", "page_token.unknown", "this is no token of this list")
        raise InvalidInput("this is no token of this list", faults=[fault]) from error
    return place


def part(section: str, part: Part) -> pb.ExportPersonResponse:
    """A part of the export."""
    records = [json.dumps(record, ensure_ascii=False) for record in part.records]
    return pb.ExportPersonResponse(section=section, records_json=records, next_page_token=part.next)
