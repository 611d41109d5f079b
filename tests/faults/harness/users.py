"""What users do, and how each request gets into the journal."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.harness.journal import Entry, Journal

PASSWORD = "tape & chalk, twice"
GIVE_UP_S = 5.0
"""A client waits this much longer than the server's deadline; after that the request counts as hung."""
_KEPT_HEADERS = ("retry-after", "content-type", "x-request-id", "etag")


@dataclass
class User:
    """An account and the avatars that it knows of."""

    email: str
    headers: dict[str, str] = field(default_factory=dict)
    avatars: list[str] = field(default_factory=list)
    """Ids of avatars that are there, and that no change is under way for."""
    webhooks: dict[str, str] = field(default_factory=dict)
    """Secrets of webhooks, by their ids."""
    jobs: list[str] = field(default_factory=list)
    """Ids of jobs that were accepted."""
    deleted: set[str] = field(default_factory=set)
    """Ids of avatars of batches that it has asked to delete."""


class Api:
    """Sends requests as users do; every one is in the journal."""

    def __init__(self, http: httpx.AsyncClient, journal: Journal, deadline_s: float) -> None:
        self._http = http
        self.journal = journal
        self.deadline_s = deadline_s

    async def ask(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        user: User | None = None,
        due: float | None = None,
        intent: dict[str, Any] | None = None,
        deadline_s: float | None = None,
        welcome: Collection[int] = (),
        **request: Any,
    ) -> tuple[Entry, httpx.Response | None]:
        """Send one request and wait for its answer or its end; no failure raises. Refusals with a status that is
        `welcome` are as good as having it done."""
        deadline_s = deadline_s or self.deadline_s
        entry = self.journal.begin(
            operation,
            user.email if user else "",
            {"method": method, "path": path, **(intent or {})},
            due=self.journal.now if due is None else due,
            deadline_s=deadline_s,
            welcome=frozenset(welcome),
        )
        headers = {
            "x-request-id": entry.request_id,
            **(user.headers if user else {}),
            **request.pop("headers", {}),
        }
        answer: httpx.Response | None = None
        try:
            answer = await self._http.request(
                method, path, headers=headers, timeout=deadline_s + GIVE_UP_S, **request
            )
            entry.status = answer.status_code
            entry.headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
            entry.answer = _kept(answer)
        except httpx.TransportError as error:
            entry.hung = isinstance(error, httpx.TimeoutException)
            entry.closed_by = type(error).__name__
        self.journal.end(entry)
        return entry, answer

    async def make(self, user: User, draft: dict[str, Any], **ask: Any) -> Entry:
        """Ask for an avatar, which the user knows of once it is acknowledged."""
        entry, answer = await self.ask(
            "create", "POST", "/v1/avatars", user=user, json=draft, intent={"draft": draft}, **ask
        )
        if entry.acknowledged and answer is not None:
            user.avatars.append(answer.json()["id"])
        return entry

    async def sign_up(self, email: str) -> User:
        """Make an account and a session. AssertionError where either fails: no fault is under way yet."""
        user = User(email)
        credentials = {"email": email, "password": PASSWORD}
        made, _ = await self.ask(
            "signup", "POST", "/v1/auth/signup", json=credentials, intent={"email": email}
        )
        assert made.acknowledged, made
        _, session = await self.ask("login", "POST", "/v1/auth/login", json=credentials)
        assert session is not None
        assert session.status_code == httpx.codes.OK, session.text
        user.headers = {"authorization": f"Bearer {session.json()['accessToken']}"}
        return user

    async def verify(self, user: User, token: str) -> None:
        """Prove the address, which gives the first credits. AssertionError where that fails, as above."""
        proven, _ = await self.ask("verify", "POST", "/v1/auth/email/verify", json={"token": token})
        assert proven.acknowledged, proven

    async def add_webhook(self, user: User, url: str) -> str:
        """Have a server hear of everything that happens to the user's jobs; gives the webhook's id. AssertionError as above."""
        added, answer = await self.ask("webhook", "POST", "/v1/webhooks", user=user, json={"url": url})
        assert added.acknowledged, added
        assert answer is not None
        made = answer.json()
        user.webhooks[made["id"]] = made["secret"]
        return str(made["id"])


Perform = Callable[[Api, User, random.Random, float], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Operation:
    """Something that users do, and how often among a hundred."""

    weight: float
    perform: Perform


async def garments(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("garments", "GET", "/v1/catalog/garments", due=due)


async def skins(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("skins", "GET", "/v1/catalog/skins", due=due)


async def page(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("page", "GET", "/v1/avatars", user=user, due=due, params={"limit": 5})


async def account(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("account", "GET", "/v1/me", user=user, due=due)


async def look_at(api: Api, user: User, dice: random.Random, due: float) -> None:
    with _borrowed(user, dice) as id:
        if id is None:
            return await page(api, user, dice, due)
        await api.ask("get", "GET", f"/v1/avatars/{id}", user=user, due=due)
    return None


async def download(api: Api, user: User, dice: random.Random, due: float) -> None:
    with _borrowed(user, dice) as id:
        if id is None:
            return await page(api, user, dice, due)
        await api.ask("download", "GET", f"/v1/avatars/{id}.glb", user=user, due=due)
    return None


async def preview(api: Api, user: User, dice: random.Random, due: float) -> None:
    await api.ask("preview", "POST", "/v1/avatars/preview", user=user, due=due, json=person(dice))


async def create(api: Api, user: User, dice: random.Random, due: float) -> None:
    draft = {**person(dice), "look": {"skin": f"tone-0{dice.randint(1, 6)}"}}
    await api.make(user, draft, due=due)


async def change(api: Api, user: User, dice: random.Random, due: float) -> None:
    """Another skin; while it is under way, and for good when its end is unknown, nobody else changes the avatar."""
    if not user.avatars:
        return await create(api, user, dice, due)
    id = user.avatars.pop(dice.randrange(len(user.avatars)))
    skin = f"tone-0{dice.randint(1, 6)}"
    entry, _ = await api.ask(
        "change",
        "PATCH",
        f"/v1/avatars/{id}",
        user=user,
        due=due,
        json={"look": {"skin": skin}},
        intent={"id": id, "skin": skin},
    )
    if entry.acknowledged:
        user.avatars.append(id)
    return None


async def delete(api: Api, user: User, dice: random.Random, due: float) -> None:
    if not user.avatars:
        return await create(api, user, dice, due)
    id = user.avatars.pop(dice.randrange(len(user.avatars)))
    await api.ask("delete", "DELETE", f"/v1/avatars/{id}", user=user, due=due, intent={"id": id})
    return None


async def log_in(api: Api, user: User, dice: random.Random, due: float) -> None:
    credentials = {"email": user.email, "password": PASSWORD}
    await api.ask("login", "POST", "/v1/auth/login", due=due, json=credentials)


async def sign_up(api: Api, user: User, dice: random.Random, due: float) -> None:
    email = f"u{dice.getrandbits(48):012x}@example.org"
    credentials = {"email": email, "password": PASSWORD}
    await api.ask("signup", "POST", "/v1/auth/signup", due=due, json=credentials, intent={"email": email})


async def size_advice(api: Api, user: User, dice: random.Random, due: float) -> None:
    question = {"measurements": _measurements(dice), "garmentId": "dress-ines"}
    await api.ask("size", "POST", "/v1/size-advice", user=user, due=due, json=question)


OPERATIONS = {
    "garments": Operation(12, garments),
    "skins": Operation(6, skins),
    "page": Operation(12, page),
    "account": Operation(8, account),
    "get": Operation(17, look_at),
    "download": Operation(6, download),
    "preview": Operation(14, preview),
    "create": Operation(8, create),
    "change": Operation(3, change),
    "delete": Operation(2, delete),
    "login": Operation(4, log_in),
    "signup": Operation(2, sign_up),
    "size": Operation(6, size_advice),
}
"""Mostly reads; a quarter needs the network and the mesher."""


@contextmanager
def _borrowed(user: User, dice: random.Random) -> Iterator[str | None]:
    """One of the user's avatars, which nobody deletes meanwhile; None where there is none."""
    id = user.avatars.pop(dice.randrange(len(user.avatars))) if user.avatars else None
    try:
        yield id
    finally:
        if id is not None:
            user.avatars.append(id)


def person(dice: random.Random) -> dict[str, Any]:
    """Whose avatar is asked for."""
    return {
        "bodyType": dice.choice(["feminine", "masculine", "neutral"]),
        "measurements": {"stature": dice.randint(1600, 1800)},
        "seed": dice.randint(0, 1000),
    }


def _measurements(dice: random.Random) -> dict[str, int]:
    return {
        "chest_girth": dice.randint(860, 1000),
        "waist_girth": dice.randint(700, 860),
        "hip_girth": dice.randint(920, 1080),
    }


def _kept(answer: httpx.Response) -> Any:
    """What the checker needs: of refusals all, of files their hash, of avatars and jobs what never changes."""
    if answer.status_code >= 400:
        return parsed(answer)
    if answer.headers.get("content-type") != "application/json":
        return {"sha256": hashlib.sha256(answer.content).hexdigest(), "size": len(answer.content)}
    told = answer.json()
    return {name: told[name] for name in ("id", "recipe", "credits") if name in told}


def parsed(answer: httpx.Response) -> Any:
    """The JSON of an answer, or its text where it is none."""
    try:
        return answer.json()
    except ValueError:
        return answer.text[:2000]
