"""A. The gateway dies, and every service is restarted as in a roll-out."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from pathlib import Path

import yaml

from deploy.local.topology import CALLS
from tests.faults.harness.experiment import experiment
from tests.faults.harness.journal import Entry
from tests.faults.harness.stack import Plan
from tests.faults.harness.transfers import held_download, slow_upload
from tests.faults.harness.world import World

MANIFEST = Path(__file__).resolve().parents[3] / "deploy/k8s/base/common/deployment.yaml"
UPLOADS = DOWNLOADS = 20
NOTICE_S = 2.0
"""Time between saying NOT_SERVING and refusing calls: ten probes of the balancer, and more than clients keep an idle
connection."""
MIN_READY_S: float = yaml.safe_load(MANIFEST.read_text())["spec"]["minReadySeconds"]
TWO_OF_EACH = Plan(
    replicas=2,
    variables={f"ATELIER_{service.upper()}_ENDPOINT_NOTICE_S": str(NOTICE_S) for service in CALLS},
)
MANY_UPLOADS = Plan(variables={"ATELIER_GATEWAY_MAX_UPLOADS": str(UPLOADS)})


@experiment("F00", "nothing is broken")
async def nothing_is_broken(world: World) -> None:
    """The control: every request is served, and no alert fires."""
    async with world.fault():
        await world.under_load(4)
    for entry in world.during():
        world.claim(entry.good, f"{entry.operation} was answered {entry.status} {entry.closed_by}")


@experiment(
    "F01",
    "the gateway is killed with uploads and downloads under way",
    plan=MANY_UPLOADS,
    alert="ServiceRestarted",
)
async def gateway_is_killed(world: World) -> None:
    """Clients see their connections end; no half file looks whole, and nothing of an upload is left behind.

    None of them carries an idempotency key: what was acknowledged is there, what was not may be asked for again.
    """
    async with world.fault():
        for _ in range(world.scale.crashes):
            for entry in await _killed_in_mid_transfer(world):
                fair = _broken_off(entry) or _whole(entry) or entry.status == HTTPStatus.SERVICE_UNAVAILABLE
                world.claim(fair, f"{entry.operation} ended as {entry.status} {entry.answer}")
            await world.stack.start("gateway")
            user = world.users[0]
            again, _ = await world.api.ask("download", "GET", f"/v1/avatars/{user.avatars[0]}.glb", user=user)
            world.claim(again.acknowledged, f"the file could not be had afterwards: {again.status}")


def _broken_off(entry: Entry) -> bool:
    return entry.status is None and not entry.hung


def _whole(entry: Entry) -> bool:
    """Whether a file is the one that its headers promise."""
    return entry.status == HTTPStatus.OK and entry.headers["etag"] == f'"{entry.answer["sha256"]}"'


async def _killed_in_mid_transfer(world: World) -> list[Entry]:
    """Kill the gateway once every transfer has begun; gives how they ended."""
    readers = [user for user in world.users if user.avatars]
    killed = asyncio.Event()
    begun = [asyncio.Event() for _ in range(UPLOADS + DOWNLOADS)]
    transfers = [slow_upload(world.api, world.random.choice(world.users), each) for each in begun[:UPLOADS]]
    for each in begun[UPLOADS:]:
        user = world.random.choice(readers)
        path = f"/v1/avatars/{user.avatars[0]}.glb?morphTargets=ARKit"
        transfers.append(held_download(world.api, world.stack.url, user, path, each, killed))
    running = asyncio.gather(*transfers)
    await asyncio.gather(*(each.wait() for each in begun))
    world.stack.kill("gateway")
    killed.set()
    return await running


@experiment(
    "F08",
    "every service is restarted, one replica after the other",
    plan=TWO_OF_EACH,
    alert="ServiceRestarted",
)
async def rolling_restart(world: World) -> None:
    """SIGTERM: not ready, a wait for it to be noticed, running calls finish, the end. Nobody's request fails.

    As Kubernetes does, the next one waits until this one has been ready for `minReadySeconds`.
    """
    services = list(CALLS)
    world.random.shuffle(services)
    async with world.fault():
        for service in services:
            for replica in range(world.stack.plan.replicas):
                world.journal.note("restarting", service=service, replica=replica, at=world.journal.now)
                await world.stack.stop(service, replica)
                world.journal.note("stopped", service=service, replica=replica, at=world.journal.now)
                await world.stack.start(service, replica)
                await asyncio.sleep(MIN_READY_S)
    failed = [entry for entry in world.during() if not entry.good]
    world.claim(not failed, f"{len(failed)} of {len(world.during())} requests failed")
