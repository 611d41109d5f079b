"""The generator's jobs behind the gateway: the real verbs and tasks, on records in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import grpc

from atelier.generator.v1 import jobs_pb2
from atelier.generator.v1.jobs_pb2_grpc import add_JobServiceServicer_to_server
from atelierkit.server import Service
from services.generator.bootstrap import job_servicer
from services.generator.servicer.jobs import JobServicer
from services.generator.workplace import job_tasks
from tests.unit.generator.factory import Ghosts, Mailbox
from tests.unit.generator.world import RecordingBlobs, World


class Jobs:
    """A server's verbs and a worker's tasks."""

    def __init__(self, blobs: RecordingBlobs) -> None:
        self.world = World(blobs=blobs)
        job_tasks(
            self.world.tools, announcer=Mailbox(), delegates=Ghosts(), hold_age=timedelta(minutes=5)
        ).register(self.world.rail, reconcile_every_s=60)

    async def work(self) -> None:
        """Do all that is due."""
        await self.world.rail.run_due(self.world.clock)

    def beside(self, service: Service, watching: Callable[[JobServicer], object] = lambda _: None) -> Service:
        """The service, which offers jobs as well; `watching` may see to the servicer first."""
        servicer = job_servicer(self.world.tools, self.world.changes)
        watching(servicer)

        def add(server: grpc.aio.Server) -> None:
            service.add(server)
            add_JobServiceServicer_to_server(servicer, server)

        descriptor = jobs_pb2.DESCRIPTOR.services_by_name["JobService"]
        return replace(service, add=add, also=(*service.also, descriptor))
