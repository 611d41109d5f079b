"""One request is one trace, from the gateway through the services into SQL and Triton, and it tells nothing of people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.observability import traffic
from tests.integration.observability.collector import Span
from tests.integration.observability.stack import Observed
from tests.patience import PATIENCE_S

TRACE_ID, CALLER = "5f8a1c3e9b7d42608d1f0a2b4c6e8f10", "00f067aa0ba902b7"
REQUEST_ID = "the-traced-one"
MEASUREMENTS = {"stature": 1683.7, "waist_girth": 816.3, "hip_girth": 1006.9}
DRAFT = {
    "bodyType": "feminine",
    "measurements": MEASUREMENTS,
    "outfit": [{"garmentId": "dress-ines", "size": "M"}],
}
GATEWAY, GENERATOR, CATALOG, MESHER = "gateway", "generator", "catalog", "mesher"
CREATE = "atelier.generator.v1.GeneratorService/CreateAvatar"
RESOLVE = "atelier.catalog.v1.CatalogService/ResolveLook"
BUILD = "atelier.mesher.v1.MesherService/BuildAvatar"
INFER = "inference.GRPCInferenceService/ModelInfer"

WAY: tuple[tuple[tuple[str, str, str], tuple[str, str, str]], ...] = (
    ((GATEWAY, "server", "POST /v1/avatars"), (GATEWAY, "client", CREATE)),
    ((GATEWAY, "client", CREATE), (GENERATOR, "server", CREATE)),
    ((GENERATOR, "server", CREATE), (GENERATOR, "client", "infer body_generator")),
    ((GENERATOR, "client", "infer body_generator"), (GENERATOR, "client", INFER)),
    ((GENERATOR, "server", CREATE), (GENERATOR, "client", RESOLVE)),
    ((GENERATOR, "client", RESOLVE), (CATALOG, "server", RESOLVE)),
    ((CATALOG, "server", RESOLVE), (CATALOG, "client", "SELECT atelier")),
    ((GENERATOR, "server", CREATE), (GENERATOR, "client", BUILD)),
    ((GENERATOR, "client", BUILD), (MESHER, "server", BUILD)),
    ((MESHER, "server", BUILD), (MESHER, "client", "blobs put")),
    ((GENERATOR, "server", CREATE), (GENERATOR, "client", "blobs put")),
    ((GENERATOR, "server", CREATE), (GENERATOR, "client", "INSERT atelier")),
)
"""Who calls whom: parent and child as service, kind and name."""


@dataclass(frozen=True)
class Traced:
    """A person, what she made, and the spans of the request that made it."""

    email: str
    tokens: Mapping[str, str]
    avatar: Mapping[str, Any]
    spans: list[Span]


@pytest.fixture(scope="module")
def traced(seen: Observed) -> Traced:
    with httpx.Client(base_url=seen.url, timeout=60) as client:
        email = "grace@example.org"
        tokens = traffic.come_in(client, email)
        avatar = traffic.expect(
            client.post(
                "/v1/avatars",
                json=DRAFT,
                headers={
                    "authorization": f"Bearer {tokens['accessToken']}",
                    "traceparent": f"00-{TRACE_ID}-{CALLER}-01",
                    "x-request-id": REQUEST_ID,
                },
            ),
            201,
        ).json()
    return Traced(email, tokens, avatar, seen.collector.trace(TRACE_ID, wanted=24))


def _key(span: Span) -> tuple[str, str, str]:
    return span.service, span.kind, span.name


def test_one_request_is_one_tree(traced: Traced) -> None:
    by_id = {span.span_id: span for span in traced.spans}
    roots = [span for span in traced.spans if span.parent_id not in by_id]
    assert [(_key(root), root.parent_id) for root in roots] == [(WAY[0][0], CALLER)]
    edges = {(_key(by_id[span.parent_id]), _key(span)) for span in traced.spans if span.parent_id in by_id}
    assert set(WAY) - edges == set(), sorted(edges)
    assert not any(span.error for span in traced.spans)


def test_spans_are_described_by_the_conventions(traced: Traced) -> None:
    [root] = [span for span in traced.spans if span.parent_id == CALLER]
    assert root.attributes == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "http.route": "/v1/avatars",
        "http.response.status_code": "201",
    }
    [server] = [span for span in traced.spans if _key(span) == (GENERATOR, "server", CREATE)]
    service, method = CREATE.split("/")
    assert server.attributes == {
        "rpc.system": "grpc",
        "rpc.service": service,
        "rpc.method": method,
        "rpc.grpc.status_code": "0",
    }
    [insert, *_] = [span for span in traced.spans if span.name == "INSERT atelier"]
    assert insert.attributes["db.system"] == "postgresql"
    assert "VALUES (%(" in insert.attributes["db.statement"]


def test_spans_tell_nothing_of_people(seen: Observed, traced: Traced) -> None:
    """Of any request so far: no address, password, token, measurement or id of anyone's things."""
    secrets = [
        "@example.org",
        traffic.PASSWORD,
        "eyJ",
        traced.tokens["accessToken"],
        traced.tokens["refreshToken"],
        str(traced.avatar["id"]),
        *(str(value) for value in MEASUREMENTS.values()),
        "127.0.0.1:",
    ]
    assert len(seen.collector.spans) > 200
    for span in list(seen.collector.spans):
        told = [secret for secret in secrets if secret in span.everything]
        assert not told, f"{span.service} {span.name}: {span.everything}"


def test_probes_are_in_no_trace(seen: Observed) -> None:
    httpx.get(f"{seen.url}/readyz", timeout=PATIENCE_S).raise_for_status()
    names = {span.name for span in list(seen.collector.spans)}
    assert not [
        name for name in names if "Health" in name or name.endswith(("/readyz", "/healthz", "/metrics"))
    ]


def test_every_log_line_of_the_request_names_the_trace(seen: Observed, traced: Traced) -> None:
    spans = {span.span_id for span in traced.spans}
    told = {}
    for service in (GATEWAY, GENERATOR, CATALOG, MESHER):
        mine = [line for line in _log(seen.logs / f"{service}.log") if line.get("request_id") == REQUEST_ID]
        assert {line["trace_id"] for line in mine} == {TRACE_ID}, service
        assert {line["span_id"] for line in mine} <= spans, service
        told[service] = {line["event"] for line in mine}
    assert "request" in told[GATEWAY]
    assert all("call ended" in told[service] for service in (GENERATOR, CATALOG, MESHER))


def _log(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().splitlines():
        yield json.loads(line)
