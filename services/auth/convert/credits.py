"""Messages of the ledger, from and to the domain."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from atelier.auth.v1 import credits_pb2 as pb
from services.auth.domain.credits import Book, Entry, Hold, HoldState, MovementKind, Prices, Wallet
from services.auth.domain.errors import BadPageToken
from services.auth.domain.ledger import HoldPosition

_KINDS: Mapping[MovementKind, pb.EntryKind.ValueType] = {
    MovementKind.GRANT: pb.ENTRY_KIND_GRANT,
    MovementKind.RESERVE: pb.ENTRY_KIND_RESERVE,
    MovementKind.CAPTURE: pb.ENTRY_KIND_CAPTURE,
    MovementKind.RELEASE: pb.ENTRY_KIND_RELEASE,
}
_STATES: Mapping[HoldState, pb.HoldState.ValueType] = {
    HoldState.OPEN: pb.HOLD_STATE_OPEN,
    HoldState.CAPTURED: pb.HOLD_STATE_CAPTURED,
    HoldState.RELEASED: pb.HOLD_STATE_RELEASED,
}
_MOST_DIGITS = 18


def balance(wallet: Wallet | None) -> pb.Balance:
    """What a person has; nothing without a wallet."""
    return pb.Balance() if wallet is None else pb.Balance(available=wallet.available, held=wallet.held)


def hold(hold: Hold) -> pb.Hold:
    """Credits set aside for one job."""
    message = pb.Hold(
        job_id=str(hold.job_id),
        account_id=str(hold.account_id or ""),
        credits=hold.credits,
        state=_STATES[hold.state],
        captured=hold.captured,
        service=hold.service,
    )
    message.reserve_time.FromDatetime(hold.reserved_at)
    return message


def prices(prices: Prices) -> pb.Prices:
    """What work costs."""
    return pb.Prices(**asdict(prices))


def entries(entries: Sequence[Entry], next: int | None) -> pb.ListEntriesResponse:
    """A page of a statement, and where the next one begins."""
    token = "" if next is None else str(next)
    return pb.ListEntriesResponse(entries=map(_entry, entries), next_page_token=token)


def before(page_token: str) -> int | None:
    """The number before which a page of the statement begins; None for the newest. Raise BadPageToken."""
    if not page_token:
        return None
    if not (page_token.isascii() and page_token.isdigit() and len(page_token) <= _MOST_DIGITS):
        raise BadPageToken
    return int(page_token)


def holds(holds: Sequence[Hold], next: HoldPosition | None) -> pb.ListHoldsResponse:
    """A page of open holds, and where the next one begins."""
    token = "" if next is None else _token(next)
    return pb.ListHoldsResponse(holds=map(hold, holds), next_page_token=token)


def after(page_token: str) -> HoldPosition | None:
    """The hold after which a page begins; None for the oldest. Raise BadPageToken."""
    if not page_token:
        return None
    try:
        text = base64.b64decode(page_token, altchars=b"-_", validate=True).decode("ascii")
        moment, _, job_id = text.partition("/")
        found = HoldPosition(datetime.fromisoformat(moment), UUID(job_id))
        # Only the form that we write ourselves, which also keeps times without a zone away from the database.
        is_ours = _token(found) == page_token
    except (ValueError, OverflowError) as error:
        raise BadPageToken from error
    if not is_ours:
        raise BadPageToken
    return found


def _token(place: HoldPosition) -> str:
    text = f"{place.reserved_at.astimezone(UTC).isoformat()}/{place.job_id}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _entry(entry: Entry) -> pb.Entry:
    message = pb.Entry(
        number=entry.number,
        kind=_KINDS[entry.movement.kind],
        available_change=entry.movement.change(Book.AVAILABLE),
        held_change=entry.movement.change(Book.HELD),
        balance=pb.Balance(available=entry.available, held=entry.held),
        job_id=str(entry.movement.job_id or ""),
        reason=entry.movement.reason,
    )
    message.create_time.FromDatetime(entry.created_at)
    return message
