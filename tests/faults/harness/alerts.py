"""A real Prometheus that watches the platform with the committed rules, in a hurry."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.local.topology import LOOPBACK, free_ports
from deploy.prometheus import files
from tests.faults.harness.http import client
from tests.faults.harness.journal import Journal
from tests.faults.harness.stack import Stack
from tests.integration.observability import programs

SPEED = 20
"""What the rules see over five minutes is seen over fifteen seconds: windows hold many of the scrapes below."""
SCRAPE_S = 1
_POLL_S = 0.5
_FIRST_SCRAPES_S = 60.0


class Alerts:
    """Remembers which alert fired when, in the journal's seconds."""

    def __init__(self) -> None:
        self.fired: dict[str, list[float]] = {}

    def since(self, begin: float) -> list[str]:
        """Those that fired from then on, by name; a burning error budget with its objective's name behind it."""
        return sorted(name for name, times in self.fired.items() if max(times) >= begin)


@asynccontextmanager
async def watching(stack: Stack, journal: Journal) -> AsyncIterator[Alerts]:
    """Watch the platform's metrics while the block runs."""
    address = f"{LOOPBACK}:{free_ports(1)[0]}"
    with tempfile.TemporaryDirectory(prefix="atelier-alerts-") as name:
        folder = Path(name)
        command = _configured(folder, address, stack)
        with programs.running(command, ready=f"http://{address}/-/ready", log=folder / "log"):
            alerts = Alerts()
            async with client(f"http://{address}", timeout=5) as http:
                await _everything_seen(http, sum(map(len, stack.instances.values())))
                polling = asyncio.create_task(_poll(http, journal, alerts))
                try:
                    yield alerts
                finally:
                    polling.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await polling


def _configured(folder: Path, address: str, stack: Stack) -> list[str]:
    """The command; the configuration lies in the folder then."""
    (folder / "rules.yml").write_text(files.rules(SPEED))
    (folder / "prometheus.json").write_text(json.dumps(_configuration(stack)))
    return [
        "prometheus",
        f"--config.file={folder / 'prometheus.json'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--log.level=warn",
    ]


def _configuration(stack: Stack) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": f"{SCRAPE_S}s", "evaluation_interval": f"{SCRAPE_S}s"},
        "rule_files": ["rules.yml"],
        "scrape_configs": [
            {
                "job_name": f"atelier-{service}",
                "static_configs": [
                    {"targets": [f"{LOOPBACK}:{instance.ports.metrics}" for instance in instances]}
                ],
            }
            for service, instances in stack.instances.items()
        ],
    }


async def _everything_seen(http: httpx.AsyncClient, targets: int) -> None:
    """Wait until each target was scraped: before that its absence would be told."""
    async with asyncio.timeout(_FIRST_SCRAPES_S):
        while True:
            told = (await http.get("/api/v1/query", params={"query": "count(up == 1)"})).json()["data"][
                "result"
            ]
            if told and int(told[0]["value"][1]) == targets:
                return
            await asyncio.sleep(_POLL_S)


async def _poll(http: httpx.AsyncClient, journal: Journal, alerts: Alerts) -> None:
    while True:
        told = (await http.get("/api/v1/alerts")).json()
        for alert in told["data"]["alerts"]:
            if alert["state"] == "firing":
                name = ":".join(
                    alert["labels"][each] for each in ("alertname", "slo") if each in alert["labels"]
                )
                if name not in alerts.fired:
                    journal.note("alert fired", at=journal.now, labels=alert["labels"], value=alert["value"])
                alerts.fired.setdefault(name, []).append(journal.now)
        await asyncio.sleep(_POLL_S)
