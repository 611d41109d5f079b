"""An alert on its way to a person: a real Alertmanager with our routing, and a real SMTP server."""

from __future__ import annotations

import email
import email.policy
import queue
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
import yaml
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.topology import LOOPBACK, free_ports
from deploy.prometheus.files import routing
from deploy.prometheus.rules import scaled
from tests.integration.observability.programs import running
from tests.patience import PATIENCE_S

DELIVERED_S = 30.0


class Mailbox:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.came: queue.Queue[EmailMessage] = queue.Queue()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.came.put(parsed)
        return "250 kept"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    kept, [port] = Mailbox(), free_ports(1)
    server = Controller(kept, hostname=LOOPBACK, port=port)
    server.start()
    try:
        yield kept, port
    finally:
        server.stop()


@pytest.fixture
def alertmanager(mailbox: tuple[Mailbox, int], tmp_path: Path) -> Iterator[str]:
    told = routing()
    told["global"]["smtp_smarthost"] = f"{LOOPBACK}:{mailbox[1]}"
    for route in (told["route"], *told["route"]["routes"]):
        route["group_wait"] = "0s"
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(told))
    address = f"{LOOPBACK}:{free_ports(1)[0]}"
    command = [
        "prometheus-alertmanager",
        f"--config.file={tmp_path / 'alertmanager.yml'}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with running(command, ready=f"http://{address}/-/ready", log=tmp_path / "log"):
        yield f"http://{address}"


def test_a_page_comes_by_mail_with_the_way_to_its_runbook(
    alertmanager: str, mailbox: tuple[Mailbox, int]
) -> None:
    rules = [rule for group in scaled()["groups"] for rule in group["rules"] if "alert" in rule]
    [down] = [rule for rule in rules if rule["alert"] == "ServiceDown"]
    assert down["labels"] == {"severity": "page"}
    labels = {"alertname": "ServiceDown", "job": "atelier-mesher", **down["labels"]}
    sent = [{"labels": labels, "annotations": down["annotations"]}]
    httpx.post(f"{alertmanager}/api/v2/alerts", json=sent, timeout=PATIENCE_S).raise_for_status()
    mail = mailbox[0].came.get(timeout=DELIVERED_S)
    body = mail.get_body(("html",))
    assert mail["To"] == "operators@atelier.example"
    assert "ServiceDown" in mail["Subject"]
    assert body is not None
    assert down["annotations"]["runbook_url"] in body.get_content()
