"""The gateway in front of a real auth and a real catalogue, all in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from starlette.applications import Starlette

from atelierkit import health
from atelierkit.identity import JwksVerifier
from atelierkit.issuer import published_keys
from atelierkit.lag import LoopLag
from atelierkit.testing import serve
from services.auth.adapters.memory import MemoryUnitsOfWork as AuthMemory
from services.auth.bootstrap import assemble as assemble_auth
from services.auth.domain.credits import Prices
from services.auth.domain.ports import UnitsOfWork
from services.auth.use_cases.accounts import GrantAdmin
from services.catalog.adapters.memory import MemoryUnitOfWork as CatalogMemory
from services.catalog.adapters.seed import released
from services.catalog.bootstrap import assemble as assemble_catalog
from services.gateway import app
from services.gateway.bootstrap import dependencies
from services.gateway.bulkheads import bulkheads
from services.gateway.clients import Clients
from services.gateway.events import Streams
from services.gateway.idempotency import Once
from services.gateway.limits import Limiter, Windows
from services.gateway.operations import Backend
from services.gateway.sessions import ApiKeys, BrowserSessions, Callers
from services.gateway.settings import GatewaySettings
from services.gateway.spool import Spool
from services.gateway.trail import Trail
from services.gateway.windows import MemoryWindows
from tests.contract.gateway.doubles import GeneratorDouble, MesherDouble, TryonDouble, service
from tests.contract.gateway.faces import FacesDouble
from tests.contract.gateway.generations import with_generations, with_known
from tests.contract.gateway.jobs import Jobs
from tests.contract.gateway.own_poses import with_own_poses
from tests.contract.gateway.people import PersonDouble, with_person
from tests.contract.gateway.pictures import PicturesDouble, PosePicturesDouble
from tests.unit.auth.couriers import CourierDouble
from tests.unit.auth.people_world import Mailbox
from tests.unit.auth.world import POLICIES, SEALS, SESSION_LIFE, access_tokens, cheap_passwords
from tests.unit.generator.world import RecordingBlobs

GLB = b"glTF" + bytes(range(256)) * 4
CREDENTIALS = {"email": "ada@example.org", "password": "tape & chalk, twice"}
ADMIN = "ops@example.org"
CATALOGUE = with_known(released())


class Replica(Protocol):
    """Makes one more gateway on the same services, with those limits, counted there, and other settings of its own."""

    def __call__(self, limits: str, windows: Windows, **over: Any) -> Starlette: ...


def client_of(gateway: Starlette, address: str = "192.0.2.1") -> httpx.AsyncClient:
    """Somebody who asks from that address."""
    transport = httpx.ASGITransport(gateway, client=(address, 123))
    return httpx.AsyncClient(transport=transport, base_url="http://gateway")


class World:
    """The gateway, and what stands behind it."""

    def __init__(
        self,
        replica: Replica,
        generator: GeneratorDouble,
        person: PersonDouble,
        faces: FacesDouble,
        mail: Mailbox,
        jobs: Jobs,
        streams: Streams,
        trail: Trail,
        blobs: RecordingBlobs,
        pictures: PicturesDouble,
        pose_pictures: PosePicturesDouble,
    ) -> None:
        self._blobs = blobs
        self.trail = trail
        self.replica = replica
        self.person = person
        self.faces = faces
        self.pictures = pictures
        self.pose_pictures = pose_pictures
        self.jobs = jobs
        self.streams = streams
        self.mail = mail
        self.client = client_of(replica("off", MemoryWindows()))
        self.generator = generator
        self.auth_units: UnitsOfWork = mail.units

    @property
    def uploads(self) -> list[str]:
        """What was uploaded and is still there."""
        return [key for key in self._blobs.keys if key.startswith("uploads/")]

    async def token_of(self, email: str) -> str:
        """Sign somebody up and log them in."""
        credentials = {"email": email, "password": CREDENTIALS["password"]}
        await self.client.post("/v1/auth/signup", json=credentials)
        answer = await self.client.post("/v1/auth/login", json=credentials)
        return str(answer.json()["accessToken"])

    async def admin_token(self) -> str:
        """Sign an administrator up and log them in."""
        await self.token_of(ADMIN)
        await GrantAdmin(self.auth_units)(ADMIN)
        return await self.token_of(ADMIN)


@pytest.fixture
def letters_are_sent() -> bool:
    """Whether there is a mail server; a module may say so."""
    return False


@pytest.fixture
async def world(letters_are_sent: bool, tmp_path: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        blobs = RecordingBlobs()
        jobs = Jobs(blobs)
        streams = Streams()
        generator = GeneratorDouble(
            await blobs.put(GLB, prefix="avatars", media_type="model/gltf-binary"), blobs
        )
        tokens = access_tokens()
        passwords = stack.enter_context(cheap_passwords())
        mail = Mailbox(AuthMemory())
        person = PersonDouble(generator)
        faces = FacesDouble(generator)
        pictures, pose_pictures = PicturesDouble(generator, blobs), PosePicturesDouble(blobs)

        verifier = JwksVerifier(lambda: published_keys(clients.auth), tokens.issuer, tokens.audience)
        services = {
            "auth": assemble_auth(
                units=mail.units,
                passwords=passwords,
                tokens=tokens,
                seals=SEALS,
                clock=lambda: datetime.now(UTC),
                session_life=SESSION_LIFE,
                prices=Prices(),
                policies=POLICIES,
                courier=CourierDouble(),
                letters_are_sent=letters_are_sent,
            ),
            "catalog": assemble_catalog(units=lambda: CatalogMemory(CATALOGUE)),
            "generator": with_own_poses(
                with_generations(
                    pictures.beside(
                        faces.beside(
                            jobs.beside(
                                with_person(service("generator", generator, verifier), person), faces.watching
                            )
                        )
                    ),
                    jobs.world,
                ),
                jobs.world,
            ),
            "mesher": pose_pictures.beside(service("mesher", MesherDouble(), verifier)),
            "tryon": service("tryon", TryonDouble(), verifier),
        }
        channels = {name: await stack.enter_async_context(serve(each)) for name, each in services.items()}
        clients = Clients(channels, blobs)
        nowhere = "127.0.0.1:1"
        settings = GatewaySettings(
            auth_addr=nowhere,
            catalog_addr=nowhere,
            generator_addr=nowhere,
            mesher_addr=nowhere,
            tryon_addr=nowhere,
        )
        trail = Trail(clients.audit, Spool(tmp_path / "spool"))
        await stack.enter_async_context(trail.shipping())
        lag = await stack.enter_async_context(LoopLag())
        sessions = BrowserSessions(clients.auth, settings.browser_token_cache_s)
        readiness = await stack.enter_async_context(health.watching(dependencies(clients, verifier)))
        queues = bulkheads(settings, lag)

        def replica(limits: str, windows: Windows, **over: Any) -> Starlette:
            own = settings.model_copy(update={"limits": limits, **over})
            limiter = Limiter(own.policies, windows)
            backend = Backend(own, clients, queues, limiter, Once(clients.requests), streams)
            callers = Callers(verifier, sessions, ApiKeys(clients.api_keys, settings.key_token_cache_s))
            return app.create(backend, callers, sessions, trail, readiness)

        world = World(
            replica, generator, person, faces, mail, jobs, streams, trail, blobs, pictures, pose_pictures
        )
        await stack.enter_async_context(world.client)
        yield world


@pytest.fixture
async def client(world: World) -> httpx.AsyncClient:
    return world.client


@pytest.fixture
async def signed_in(world: World) -> httpx.AsyncClient:
    world.client.headers["Authorization"] = f"Bearer {await world.token_of(CREDENTIALS['email'])}"
    return world.client
