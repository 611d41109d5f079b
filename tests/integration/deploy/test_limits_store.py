"""The store of limits as Kubernetes runs it: its own arguments, certificate and password, and gateways that count in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError

from atelierkit.settings import Tls
from deploy.k8s.render import render
from deploy.local.certificates import Authority
from deploy.local.topology import LOOPBACK, free_ports
from services.gateway.limits import Policy
from services.gateway.windows import StoredWindows
from tests.patience import PATIENCE_S
from tests.policy.objects import named

TWO = Policy("generate", 2, 900)
PASSWORD = "Tape4and5Chalk"
HOST = "atelier-valkey"


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    """What cert-manager puts beside it; the address stands for the name, which only the cluster knows."""
    return Authority().issue("valkey", tmp_path / "tls")


def in_the_cluster(tmp_path: Path, tls: Tls, port: int) -> tuple[list[str], str]:
    """The command of the pod and the address for the gateway, with this machine's places for the cluster's."""
    manifests = render("overlays/prod-cpu")
    [container] = named(manifests, "Deployment", HOST)["spec"]["template"]["spec"]["containers"]
    texts: Mapping[str, str] = named(manifests, "ExternalSecret", "atelier-limits-store")["spec"]["target"][
        "template"
    ]["data"]
    (tmp_path / "valkey.conf").write_text(_filled(texts["valkey.conf"]))
    places = {
        "/etc/atelier/valkey": str(tmp_path),
        "/etc/atelier/tls": str(tls.cert.parent),
        "6379": str(port),
    }
    program = next(filter(None, map(shutil.which, ("valkey-server", "redis-server"))), None)
    assert program is not None, "no Redis or Valkey server: run deploy/local/redis.sh"
    arguments = [_moved(argument, places) for argument in container["args"]]
    url = _moved(_filled(texts["url"]), places | {HOST: LOOPBACK})
    return [program, *arguments, "--bind", LOOPBACK, "--dir", str(tmp_path)], url


def _filled(template: str) -> str:
    return template.replace("{{ .password }}", PASSWORD).replace("{{ .password | urlquery }}", PASSWORD)


def _moved(text: str, places: Mapping[str, str]) -> str:
    for place, here in places.items():
        text = text.replace(place, here)
    return text


@asynccontextmanager
async def running(command: list[str]) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for line in process.stdout:
                if b"Ready to accept connections" in line:
                    break
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_two_gateways_count_together_by_tls_and_password(tmp_path: Path, tls: Tls) -> None:
    [port] = free_ports(1)
    command, url = in_the_cluster(tmp_path, tls, port)
    # Without the gateway's own short patience: how quick the store is says nothing on a busy machine.
    one, other = (Valkey.from_url(url, socket_timeout=PATIENCE_S) for _ in range(2))
    async with running(command), one, other:
        gateways = StoredWindows(one), StoredWindows(other)
        shares = [await gateways[which].take("account:ada", TWO) for which in (0, 1, 0)]
    assert [share.allowed for share in shares] == [True, True, False]


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        (lambda url: url.replace(PASSWORD, "guessed"), "invalid username-password pair"),
        (lambda url: url.replace("valkeys://", "valkey://").partition("?")[0], "closed|reset"),
        # It is not the machine that its certificate names.
        (lambda url: url.replace(LOOPBACK, "localhost"), "Hostname mismatch"),
        (lambda url: url.replace("/tls/", "/stranger/"), "certificate verify failed"),
    ],
    ids=["another password", "plain text", "another name", "another authority"],
)
async def test_nobody_else_is_let_in_and_nothing_else_is_believed(
    tmp_path: Path, tls: Tls, theirs: Callable[[str], str], told: str
) -> None:
    [port] = free_ports(1)
    command, url = in_the_cluster(tmp_path, tls, port)
    Authority().issue("valkey", tmp_path / "stranger")
    async with running(command):
        store = Valkey.from_url(theirs(url), socket_timeout=PATIENCE_S)
        with pytest.raises((ValkeyError, OSError), match=told):
            await store.ping()
        await store.aclose()
