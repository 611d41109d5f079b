"""Where the try-on service's objects meet."""

from __future__ import annotations

import functools
from contextlib import AsyncExitStack
from dataclasses import replace

from atelier.tryon.v1 import tryon_pb2
from atelier.tryon.v1.tryon_pb2_grpc import add_TryonServiceServicer_to_server
from atelierkit import issuer
from atelierkit.health import Dependency
from atelierkit.identity import TokenVerifier
from atelierkit.service import Service
from services.tryon.servicer import TryonServicer
from services.tryon.settings import TryonSettings
from services.tryon.use_cases import AdviseSize


async def build(settings: TryonSettings, stack: AsyncExitStack) -> Service:
    """The service with auth's keys; its connection closes with the stack."""
    verifier = await issuer.verifier(settings, stack)
    return replace(assemble(verifier=verifier), dependencies={"auth_keys": Dependency(verifier.know_keys)})


def assemble(*, verifier: TokenVerifier) -> Service:
    """The service with this verifier; it keeps nothing."""
    descriptor = tryon_pb2.DESCRIPTOR.services_by_name["TryonService"]
    return Service(
        name=descriptor.full_name,
        add=functools.partial(add_TryonServiceServicer_to_server, TryonServicer(AdviseSize())),
        descriptor=descriptor,
        verifier=verifier,
    )
