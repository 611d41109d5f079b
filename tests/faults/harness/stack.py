"""The platform under test: embedded PostgreSQL and every service as a process that can be killed and started again."""

from __future__ import annotations

import asyncio
import itertools
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from atelierkit import client as grpc_client
from atelierkit import migrations
from atelierkit.postgres import EmbeddedPostgres
from deploy.local.platform import ROOT
from deploy.local.processes import Process
from deploy.local.topology import (
    CALLS,
    LOOPBACK,
    NICENESS,
    PROCESSES,
    WITH_DATABASE,
    WORKERS,
    Ports,
    environment,
    free_ports,
    module_of,
)
from services.auth.settings import AuthSettings
from tests.faults.harness.http import answers, client
from tests.faults.harness.proxy import FaultProxy
from tests.faults.harness.waiting import until

DATABASE = "database"
INFERENCE = "inference"
_POLL_S = 0.1
_START_TIMEOUT_S = 60.0

DEADLINE_S = 5.0
"""Deadline of a request in every experiment: half of the default, which halves the time that one takes."""
HOLD_AGE_S = 2 * DEADLINE_S
"""Age from which a hold without a job is given back."""
JOB_STALLED_AFTER_S = 3.0
"""Silence of a worker after which its jobs are taken over: half of the default as well."""
_EVERYWHERE = {
    "ATELIER_GATEWAY_REQUEST_TIMEOUT_S": str(DEADLINE_S),
    "ATELIER_GATEWAY_BATCH_TIMEOUT_S": str(DEADLINE_S),
    # A few people send the load of many.
    "ATELIER_GATEWAY_LIMITS": "off",
    # A platform serves many runs.
    "ATELIER_AUTH_ACCESS_TOKEN_LIFE_S": "3600",
    # Six hours and a day otherwise. The age stays above the deadline: what a request works on is never touched.
    "ATELIER_GENERATOR_TIDY_INTERVAL_S": "1",
    "ATELIER_GENERATOR_TIDY_AGE_S": str(DEADLINE_S + 1),
    # A minute and five otherwise.
    "ATELIER_GENERATOR_RECONCILE_INTERVAL_S": "1",
    "ATELIER_GENERATOR_HOLD_AGE_S": str(HOLD_AGE_S),
    **{
        f"ATELIER_{service}_JOB_{name}_S": str(seconds)
        for service in ("AUTH", "GENERATOR")
        for name, seconds in (("HEARTBEAT", JOB_STALLED_AFTER_S / 3), ("STALLED_AFTER", JOB_STALLED_AFTER_S))
    },
}

Arrow = tuple[str, str]
"""Who calls whom; the callee may be DATABASE."""


@dataclass(frozen=True)
class Plan:
    """How the platform is laid out for an experiment."""

    replicas: int = 1
    """Processes of each service and of each worker; with two the gateway's stand behind a balancer."""
    proxied: frozenset[Arrow] = frozenset()
    """Arrows that go through a proxy of their own."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment of every process, on top of what the topology says."""
    inference: bool = False
    """Whether the generator infers on a server, whose address the run gives."""


@dataclass
class Instance:
    """One process of a service, or of a worker, which is named like one."""

    service: str
    replica: int
    ports: Ports
    process: Process | None = None

    @property
    def name(self) -> str:
        """E.g. `auth-1`."""
        return f"{self.service}-{self.replica}"

    @property
    def address(self) -> str:
        """host:port that it serves on."""
        return f"{LOOPBACK}:{self.ports.serving}"


class Stack:
    """The running platform of one plan; made by `running`."""

    def __init__(
        self,
        plan: Plan,
        data_dir: Path,
        logs: Path,
        *,
        inference_addr: str | None = None,
        beyond: Mapping[str, str] | None = None,
    ) -> None:
        self.plan = plan
        self._beyond = beyond or {}
        self._logs = logs
        self.data_dir = data_dir
        self.database = EmbeddedPostgres(data_dir / "postgres", services=WITH_DATABASE)
        self.proxies: dict[tuple[Arrow, int], FaultProxy] = {}
        """The proxies of each arrow, by the callee's replica."""
        self._balancer_port: int | None = None
        self.instances = self._instances()
        self._inference_addr = inference_addr
        self._database_urls: Mapping[str, str] = {}
        self._ended_by_us: set[int] = set()

    @property
    def url(self) -> str:
        """Address of the gateway, or of the balancer before the gateways."""
        address = f"{LOOPBACK}:{self._balancer_port}" if self._balancer_port else self.of("gateway").address
        return f"http://{address}"

    @property
    def blobs(self) -> Path:
        """Folder of the object store."""
        return self.data_dir / "blobs"

    @property
    def auth_settings(self) -> AuthSettings:
        """For what operators do beside auth."""
        return AuthSettings(database_url=SecretStr(self.database.url("auth")), data_dir=self.data_dir)

    def of(self, service: str, replica: int = 0) -> Instance:
        """That process of the service."""
        return self.instances[service][replica]

    def links(self, caller: str, callee: str) -> list[FaultProxy]:
        """The proxies of an arrow, one for each replica of the callee."""
        return [proxy for (arrow, _), proxy in self.proxies.items() if arrow == (caller, callee)]

    def unasked_ends(self) -> list[str]:
        """Processes that ended and that nobody had ended."""
        return [
            f"{instance.name}: {instance.process.last_words()}"
            for instance in itertools.chain.from_iterable(self.instances.values())
            if instance.process is not None
            and not instance.process.running
            and instance.process.pid not in self._ended_by_us
        ]

    def kill(self, service: str, replica: int = 0) -> None:
        """SIGKILL; in flight stays what was in flight."""
        process = self._process(service, replica)
        self._ended_by_us.add(process.pid)
        process.kill()

    async def stop(self, service: str, replica: int = 0) -> None:
        """SIGTERM, and wait for the end."""
        process = self._process(service, replica)
        self._ended_by_us.add(process.pid)
        process.ask_to_stop()
        await asyncio.to_thread(process.ensure_stopped)

    def runs(self, service: str, replica: int = 0) -> bool:
        """Whether the process has not ended."""
        return self._process(service, replica).running

    async def crashed(self, service: str, replica: int = 0) -> None:
        """Wait until the process has ended by itself, at a failpoint."""
        process = self._process(service, replica)
        self._ended_by_us.add(process.pid)
        await until(lambda: not process.running, _START_TIMEOUT_S)

    def spawn(self, service: str, replica: int = 0, *, failpoints: str = "") -> None:
        """Start a process of the service, and do not wait for it."""
        instance = self.of(service, replica)
        variables = self._environment(instance) | {"ATELIER_FAILPOINTS": failpoints}
        log = self._logs / f"{instance.name}.log"
        # In the main thread: the kernel ends a child with the thread that started it.
        instance.process = Process(
            instance.name, module_of(service), variables, log, ROOT, niceness=NICENESS[service]
        )

    async def start(self, service: str, replica: int = 0, *, failpoints: str = "") -> None:
        """Start a process of the service and wait until it serves."""
        self.spawn(service, replica, failpoints=failpoints)
        await self.serves(service, replica)

    async def serves(self, service: str, replica: int = 0) -> None:
        """Wait until the process says that it serves; AssertionError when it ends instead."""
        instance, process = self.of(service, replica), self._process(service, replica)
        async with asyncio.timeout(_START_TIMEOUT_S), _probe_of(instance) as is_serving:
            while not await is_serving():
                assert process.running, f"{instance.name} ended: {process.last_words()}"
                await asyncio.sleep(_POLL_S)

    async def restart_database(self, down_s: float) -> None:
        """`pg_ctl stop -m fast`, a pause, `pg_ctl start`."""
        await asyncio.to_thread(self.database.stop)
        await asyncio.sleep(down_s)
        await asyncio.to_thread(self.database.start)

    async def crash_database(self) -> None:
        """`pg_ctl stop -m immediate`, and `pg_ctl start` at once, which plays the log back."""
        await asyncio.to_thread(self.database.crash)
        await asyncio.to_thread(self.database.start)

    async def prepare(self, stack: AsyncExitStack) -> None:
        """Start everything and return when all of it serves; it ends with `stack`."""
        self._database_urls = await asyncio.to_thread(self.database.start)
        stack.callback(self.database.stop)
        for service in WITH_DATABASE:
            await asyncio.to_thread(migrations.upgrade, f"services.{service}", self._database_urls[service])
        await self._open_proxies(stack)
        stack.callback(self._end_processes)
        every = [(service, replica) for service in PROCESSES for replica in range(self.plan.replicas)]
        for service, replica in every:
            self.spawn(service, replica)
        await asyncio.gather(*(self.serves(service, replica) for service, replica in every))
        if self.plan.replicas > 1:
            await self._open_balancer(stack)

    def _instances(self) -> dict[str, list[Instance]]:
        free = iter(free_ports(2 * len(PROCESSES) * self.plan.replicas))
        return {
            service: [
                Instance(service, replica, Ports(next(free), next(free)))
                for replica in range(self.plan.replicas)
            ]
            for service in PROCESSES
        }

    async def _open_balancer(self, stack: AsyncExitStack) -> None:
        [port] = free_ports(1)
        gateways = [str(instance.ports.serving) for instance in self.instances["gateway"]]
        command = [sys.executable, "-m", "tests.faults.harness.balancer", str(port), *gateways]
        balancer = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        stack.push_async_callback(balancer.wait)
        stack.callback(balancer.terminate)
        self._balancer_port = port
        async with (
            asyncio.timeout(_START_TIMEOUT_S),
            client(self.url) as http,
        ):
            while not await answers(http, "/healthz"):  # noqa: ASYNC110  no event tells of it
                await asyncio.sleep(_POLL_S)

    async def _open_proxies(self, stack: AsyncExitStack) -> None:
        for arrow in sorted(self.plan.proxied):
            for replica, upstream in enumerate(self._upstreams(arrow[1])):
                proxy = FaultProxy(upstream)
                self.proxies[arrow, replica] = await stack.enter_async_context(proxy.serving())

    def _upstreams(self, callee: str) -> list[tuple[str, int]]:
        if callee == DATABASE:
            url = make_url(next(iter(self._database_urls.values())))
            assert url.port is not None
            return [(LOOPBACK, url.port)]
        return [(LOOPBACK, instance.ports.serving) for instance in self.instances[callee]]

    def _environment(self, instance: Instance) -> dict[str, str]:
        service = instance.service
        ports = {name: instances[0].ports for name, instances in self.instances.items()}
        variables = environment(
            service,
            ports=ports | {service: instance.ports},
            data_dir=self.data_dir,
            root=ROOT,
            database_urls=self._database_urls,
            gateway_host=LOOPBACK,
        )
        of = WORKERS.get(service, service)
        prefix = f"ATELIER_{of.upper()}_"
        for peer in CALLS[of]:
            variables[f"{prefix}{peer.upper()}_ADDR"] = self._address(service, peer)
        if (service, DATABASE) in self.plan.proxied:
            [proxy] = self.links(service, DATABASE)
            url = make_url(self._database_urls[of]).set(port=proxy.port)
            variables[f"{prefix}DATABASE_URL"] = url.render_as_string(hide_password=False)
        if of == "generator" and self.plan.inference:
            assert self._inference_addr is not None
            variables[f"{prefix}INFERENCE"] = self._inference_addr
        return variables | _EVERYWHERE | dict(self._beyond) | dict(self.plan.variables)

    def _address(self, caller: str, callee: str) -> str:
        proxies = self.links(caller, callee)
        addresses = [proxy.address for proxy in proxies] or [
            instance.address for instance in self.instances[callee]
        ]
        return addresses[0] if len(addresses) == 1 else f"ipv4:{','.join(addresses)}"

    def _process(self, service: str, replica: int) -> Process:
        process = self.of(service, replica).process
        assert process is not None, f"{service}-{replica} was never started"
        return process

    def _end_processes(self) -> None:
        """In the order in which the launcher does it."""
        every = [instance for service in reversed(PROCESSES) for instance in self.instances[service]]
        running = [instance.process for instance in every if instance.process is not None]
        for process in running:
            process.ask_to_stop()
        for process in running:
            process.ensure_stopped()


@asynccontextmanager
async def running(
    plan: Plan, logs: Path, *, inference_addr: str | None = None, beyond: Mapping[str, str] | None = None
) -> AsyncIterator[Stack]:
    """The platform of that plan on data of its own, while the block runs; its logs stay in the folder.

    ``beyond`` names, as variables of every process, servers that are not the platform's own.
    """
    with _folder() as folder:
        async with AsyncExitStack() as stack:
            made = Stack(plan, folder / "data", logs, inference_addr=inference_addr, beyond=beyond)
            await made.prepare(stack)
            yield made


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="atelier-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's account must be able to enter it
        yield folder


def grpc_name(service: str) -> str:
    """Under which health says whether the process can work, e.g. `atelier.auth.v1.AuthService`."""
    if service in WORKERS:
        return "worker"
    return f"atelier.{service}.v1.{service.capitalize()}Service"


@asynccontextmanager
async def _probe_of(instance: Instance) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """A question to the process, whether it can work, that may be asked again and again."""
    if instance.service != "gateway":
        async with grpc_client.channel(instance.address) as channel:
            yield lambda: grpc_client.is_serving(channel, grpc_name(instance.service))
        return
    async with client(f"http://{instance.address}", timeout=5) as http:
        yield lambda: answers(http, "/readyz/all")
