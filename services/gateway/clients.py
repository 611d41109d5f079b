"""Stubs of the services behind the gateway."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import grpc.aio
from google.protobuf.descriptor import ServiceDescriptor

from atelier.auth.v1 import (
    account_admin_pb2,
    account_admin_pb2_grpc,
    api_keys_pb2,
    api_keys_pb2_grpc,
    audit_pb2,
    audit_pb2_grpc,
    auth_pb2,
    auth_pb2_grpc,
    consents_pb2,
    consents_pb2_grpc,
    credits_pb2,
    credits_pb2_grpc,
    people_pb2,
    people_pb2_grpc,
    requests_pb2,
    requests_pb2_grpc,
    webhooks_pb2,
    webhooks_pb2_grpc,
)
from atelier.catalog.v1 import catalog_pb2, catalog_pb2_grpc, poses_pb2, poses_pb2_grpc
from atelier.generator.v1 import (
    custom_backgrounds_pb2,
    custom_backgrounds_pb2_grpc,
    custom_poses_pb2,
    custom_poses_pb2_grpc,
    faces_pb2,
    faces_pb2_grpc,
    generations_pb2,
    generations_pb2_grpc,
    generator_pb2,
    generator_pb2_grpc,
    jobs_pb2,
    jobs_pb2_grpc,
    person_pb2,
    person_pb2_grpc,
    pictures_pb2,
    pictures_pb2_grpc,
    shares_pb2,
    shares_pb2_grpc,
)
from atelier.mesher.v1 import mesher_pb2, mesher_pb2_grpc
from atelier.mesher.v1 import pictures_pb2 as mesher_pictures_pb2
from atelier.mesher.v1 import pictures_pb2_grpc as mesher_pictures_pb2_grpc
from atelier.tryon.v1 import tryon_pb2, tryon_pb2_grpc
from atelierkit import client
from atelierkit.blobs import Blobs
from services.gateway.settings import GatewaySettings

OFFERED: Mapping[str, Sequence[ServiceDescriptor]] = {
    "auth": (
        auth_pb2.DESCRIPTOR.services_by_name["AuthService"],
        api_keys_pb2.DESCRIPTOR.services_by_name["ApiKeyService"],
        consents_pb2.DESCRIPTOR.services_by_name["ConsentService"],
        credits_pb2.DESCRIPTOR.services_by_name["CreditService"],
        people_pb2.DESCRIPTOR.services_by_name["PeopleService"],
        account_admin_pb2.DESCRIPTOR.services_by_name["AccountAdminService"],
        requests_pb2.DESCRIPTOR.services_by_name["RequestService"],
        audit_pb2.DESCRIPTOR.services_by_name["AuditService"],
        webhooks_pb2.DESCRIPTOR.services_by_name["WebhookService"],
    ),
    "catalog": (
        catalog_pb2.DESCRIPTOR.services_by_name["CatalogService"],
        poses_pb2.DESCRIPTOR.services_by_name["PoseService"],
    ),
    "generator": (
        generator_pb2.DESCRIPTOR.services_by_name["GeneratorService"],
        jobs_pb2.DESCRIPTOR.services_by_name["JobService"],
        person_pb2.DESCRIPTOR.services_by_name["PersonService"],
        faces_pb2.DESCRIPTOR.services_by_name["FaceService"],
        generations_pb2.DESCRIPTOR.services_by_name["GenerationService"],
        custom_poses_pb2.DESCRIPTOR.services_by_name["CustomPoseService"],
        custom_backgrounds_pb2.DESCRIPTOR.services_by_name["CustomBackgroundService"],
        shares_pb2.DESCRIPTOR.services_by_name["ShareService"],
        pictures_pb2.DESCRIPTOR.services_by_name["PictureService"],
    ),
    "mesher": (
        mesher_pb2.DESCRIPTOR.services_by_name["MesherService"],
        mesher_pictures_pb2.DESCRIPTOR.services_by_name["PictureService"],
    ),
    "tryon": (tryon_pb2.DESCRIPTOR.services_by_name["TryonService"],),
}
"""What each service offers; the first is the one whose health is asked for."""


@dataclass(frozen=True)
class Clients:
    """The services, and the store that their files lie in."""

    channels: Mapping[str, grpc.aio.Channel]
    """Channel by service."""
    blobs: Blobs

    @functools.cached_property
    def auth(self) -> auth_pb2_grpc.AuthServiceAsyncStub:
        """Accounts and tokens."""
        return auth_pb2_grpc.AuthServiceStub(self.channels["auth"])

    @functools.cached_property
    def api_keys(self) -> api_keys_pb2_grpc.ApiKeyServiceAsyncStub:
        """Auth's API keys."""
        return api_keys_pb2_grpc.ApiKeyServiceStub(self.channels["auth"])

    @functools.cached_property
    def consents(self) -> consents_pb2_grpc.ConsentServiceAsyncStub:
        """Auth's ledger of consents."""
        return consents_pb2_grpc.ConsentServiceStub(self.channels["auth"])

    @functools.cached_property
    def credits(self) -> credits_pb2_grpc.CreditServiceAsyncStub:
        """Auth's ledger."""
        return credits_pb2_grpc.CreditServiceStub(self.channels["auth"])

    @functools.cached_property
    def requests(self) -> requests_pb2_grpc.RequestServiceAsyncStub:
        """Auth's idempotency keys."""
        return requests_pb2_grpc.RequestServiceStub(self.channels["auth"])

    @functools.cached_property
    def audit(self) -> audit_pb2_grpc.AuditServiceAsyncStub:
        """Auth's audit trail."""
        return audit_pb2_grpc.AuditServiceStub(self.channels["auth"])

    @functools.cached_property
    def people(self) -> people_pb2_grpc.PeopleServiceAsyncStub:
        """What people do with their own accounts."""
        return people_pb2_grpc.PeopleServiceStub(self.channels["auth"])

    @functools.cached_property
    def account_admin(self) -> account_admin_pb2_grpc.AccountAdminServiceAsyncStub:
        """What administrators do with everybody's."""
        return account_admin_pb2_grpc.AccountAdminServiceStub(self.channels["auth"])

    @functools.cached_property
    def webhooks(self) -> webhooks_pb2_grpc.WebhookServiceAsyncStub:
        """People's servers that hear of events."""
        return webhooks_pb2_grpc.WebhookServiceStub(self.channels["auth"])

    @functools.cached_property
    def catalog(self) -> catalog_pb2_grpc.CatalogServiceAsyncStub:
        """What can be worn."""
        return catalog_pb2_grpc.CatalogServiceStub(self.channels["catalog"])

    @functools.cached_property
    def poses(self) -> poses_pb2_grpc.PoseServiceAsyncStub:
        """What a body can do."""
        return poses_pb2_grpc.PoseServiceStub(self.channels["catalog"])

    @functools.cached_property
    def generator(self) -> generator_pb2_grpc.GeneratorServiceAsyncStub:
        """Avatars and scans."""
        return generator_pb2_grpc.GeneratorServiceStub(self.channels["generator"])

    @functools.cached_property
    def jobs(self) -> jobs_pb2_grpc.JobServiceAsyncStub:
        """The generator's jobs."""
        return jobs_pb2_grpc.JobServiceStub(self.channels["generator"])

    @functools.cached_property
    def person(self) -> person_pb2_grpc.PersonServiceAsyncStub:
        """What the generator knows of the caller as a whole."""
        return person_pb2_grpc.PersonServiceStub(self.channels["generator"])

    @functools.cached_property
    def faces(self) -> faces_pb2_grpc.FaceServiceAsyncStub:
        """Faces from photos."""
        return faces_pb2_grpc.FaceServiceStub(self.channels["generator"])

    @functools.cached_property
    def pictures(self) -> pictures_pb2_grpc.PictureServiceAsyncStub:
        """Pictures and videos of avatars."""
        return pictures_pb2_grpc.PictureServiceStub(self.channels["generator"])

    @functools.cached_property
    def generations(self) -> generations_pb2_grpc.GenerationServiceAsyncStub:
        """Pictures of people in poses."""
        return generations_pb2_grpc.GenerationServiceStub(self.channels["generator"])

    @functools.cached_property
    def custom_poses(self) -> custom_poses_pb2_grpc.CustomPoseServiceAsyncStub:
        """People's own poses."""
        return custom_poses_pb2_grpc.CustomPoseServiceStub(self.channels["generator"])

    @functools.cached_property
    def custom_backgrounds(self) -> custom_backgrounds_pb2_grpc.CustomBackgroundServiceAsyncStub:
        """People's own backgrounds."""
        return custom_backgrounds_pb2_grpc.CustomBackgroundServiceStub(self.channels["generator"])

    @functools.cached_property
    def shares(self) -> shares_pb2_grpc.ShareServiceAsyncStub:
        """Links to pictures."""
        return shares_pb2_grpc.ShareServiceStub(self.channels["generator"])

    @functools.cached_property
    def mesher(self) -> mesher_pb2_grpc.MesherServiceAsyncStub:
        """Geometry."""
        return mesher_pb2_grpc.MesherServiceStub(self.channels["mesher"])

    @functools.cached_property
    def mesher_pictures(self) -> mesher_pictures_pb2_grpc.PictureServiceAsyncStub:
        """Pictures of poses."""
        return mesher_pictures_pb2_grpc.PictureServiceStub(self.channels["mesher"])

    @functools.cached_property
    def tryon(self) -> tryon_pb2_grpc.TryonServiceAsyncStub:
        """Fit."""
        return tryon_pb2_grpc.TryonServiceStub(self.channels["tryon"])


async def connect(settings: GatewaySettings, blobs: Blobs, stack: AsyncExitStack) -> Clients:
    """Open a channel to each service; they close with `stack`."""
    addresses = {
        "auth": settings.auth_addr,
        "catalog": settings.catalog_addr,
        "generator": settings.generator_addr,
        "mesher": settings.mesher_addr,
        "tryon": settings.tryon_addr,
    }
    channels = {
        name: await stack.enter_async_context(client.channel(address, settings, services=OFFERED[name]))
        for name, address in addresses.items()
    }
    return Clients(channels, blobs)
