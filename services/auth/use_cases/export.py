"""Everything that auth knows of a person, for the person to take along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from atelierkit.errors import FieldFault, InvalidInput
from services.auth.domain.audit import Filters
from services.auth.domain.credits import Book
from services.auth.domain.export import PART, Part, Record, Section
from services.auth.domain.ports import UnitOfWork, UnitsOfWork

_MOST_DIGITS = 18
"""A longer number is none that a database counts to."""


async def _account(unit: UnitOfWork, id: UUID, _after: str) -> Part:
    account = await unit.accounts.get(id)
    if account is None:
        return Part([])
    said: Record = {
        "id": str(account.id),
        "email": account.email,
        "displayName": account.display_name,
        "language": account.language,
        "jobLetters": account.job_letters,
        "role": account.role,
        "tier": account.tier,
        "createdAt": account.created_at.isoformat(),
        "emailVerifiedAt": account.email_verified_at and account.email_verified_at.isoformat(),
        "passwordSetAt": account.password_set_at and account.password_set_at.isoformat(),
    }
    return Part([said])


async def _sessions(unit: UnitOfWork, id: UUID, _after: str) -> Part:
    return Part(
        [
            {
                "id": str(session.id),
                "kind": session.kind,
                "device": session.device,
                "createdAt": session.created_at.isoformat(),
                "usedAt": session.used_at.isoformat(),
                "expiresAt": session.expires_at.isoformat(),
                "revokedAt": session.revoked_at and session.revoked_at.isoformat(),
            }
            for session in await unit.sessions.of(id)
        ]
    )


async def _credits(unit: UnitOfWork, id: UUID, after: str) -> Part:
    entries = await unit.books.page(id, limit=PART, before=_number(after))
    records: list[Record] = [
        {
            "number": entry.number,
            "kind": entry.movement.kind,
            "reason": entry.movement.reason,
            "jobId": entry.movement.job_id and str(entry.movement.job_id),
            "change": entry.movement.change(Book.AVAILABLE),
            "available": entry.available,
            "held": entry.held,
            "createdAt": entry.created_at.isoformat(),
        }
        for entry in entries
    ]
    return Part(records, str(entries[-1].number) if len(entries) == PART else "")


async def _consents(unit: UnitOfWork, id: UUID, after: str) -> Part:
    consents = await unit.consents.page(id, limit=PART, after=_id(after))
    records: list[Record] = [
        {
            "id": str(consent.id),
            "purpose": consent.purpose,
            "policyVersion": consent.policy_version,
            "given": consent.given,
            "address": consent.origin.address,
            "agent": consent.origin.agent,
            "createdAt": consent.created_at.isoformat(),
        }
        for consent in consents
    ]
    return Part(records, str(consents[-1].id) if len(consents) == PART else "")


async def _api_keys(unit: UnitOfWork, id: UUID, _after: str) -> Part:
    return Part(
        [
            {
                "id": str(key.id),
                "name": key.name,
                "scopes": sorted(key.scopes),
                "createdAt": key.created_at.isoformat(),
                "expiresAt": key.expires_at and key.expires_at.isoformat(),
                "usedAt": key.used_at and key.used_at.isoformat(),
                "revokedAt": key.revoked_at and key.revoked_at.isoformat(),
            }
            for key in await unit.api_keys.of(id)
        ]
    )


async def _webhooks(unit: UnitOfWork, id: UUID, _after: str) -> Part:
    return Part(
        [
            {
                "id": str(endpoint.id),
                "url": endpoint.url,
                "events": sorted(endpoint.events),
                "createdAt": endpoint.created_at.isoformat(),
                "disabled": endpoint.disabled,
            }
            for endpoint in await unit.endpoints.of(id)
        ]
    )


async def _audit(unit: UnitOfWork, id: UUID, after: str) -> Part:
    found = await unit.audit.newest(Filters(account_id=id), limit=PART, before=_number(after))
    records: list[Record] = [
        {
            "time": each.entry.time.isoformat(),
            "operation": each.entry.operation,
            "outcome": each.entry.outcome,
            "address": each.entry.who.address,
            "agent": each.entry.who.agent,
            "requestId": each.entry.request_id,
        }
        for each in found
    ]
    return Part(records, str(found[-1].sequence) if len(found) == PART else "")


SECTIONS: Sequence[Section] = (
    Section("account", frozenset({"accounts"}), _account),
    Section("sessions", frozenset({"sessions"}), _sessions),
    Section("credits", frozenset({"wallets", "ledger_movements", "ledger_entries", "holds"}), _credits),
    Section("consents", frozenset({"consents"}), _consents),
    Section("apiKeys", frozenset({"api_keys"}), _api_keys),
    Section("webhooks", frozenset({"webhooks"}), _webhooks),
    Section("audit", frozenset({"audit_entries"}), _audit),
)
"""In the order of the export."""


@dataclass(frozen=True)
class ExportPerson:
    """Gives the export part by part."""

    units: UnitsOfWork

    async def __call__(self, id: UUID, token: str) -> tuple[str, Part]:
        """One part with the name of its section; its ``next`` is the token of the part after. Raise InvalidInput."""
        names = [section.name for section in SECTIONS]
        name, _, after = token.partition(":")
        place = 0 if not token else names.index(name) if name in names else len(names)
        if place == len(names):
            raise _no_token()
        section = SECTIONS[place]
        async with self.units() as unit:
            part = await section.gather(unit, id, after)
        if part.next:
            return section.name, Part(part.records, f"{section.name}:{part.next}")
        following = f"{names[place + 1]}:" if place + 1 < len(names) else ""
        return section.name, Part(part.records, following)


def _number(text: str) -> int | None:
    """The number that a place is; None for the beginning. InvalidInput for a text that no part has named."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise _no_token()
    return int(text)


def _id(text: str) -> UUID | None:
    """The same for a place that is an id."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise _no_token() from error


def _no_token() -> InvalidInput:
    message = "this is no token of an export"
    return InvalidInput(message, faults=[FieldFault("page_token", "page_token.unknown", message)])
