"""The clients in clients/ are of the API that the gateway serves."""

from __future__ import annotations

import json

import pytest

from clients.generate import __main__ as generate
from clients.generate.files import DOCUMENT, ROOT, generated
from tests.contract.gateway.conftest import World

SCHEMA = ROOT / "typescript" / "src" / "schema.ts"
MOST_BYTES = 1_500_000


async def test_the_clients_document_is_what_the_gateway_serves(world: World) -> None:
    served = await world.client.get("/v1/openapi.json")
    assert json.loads(DOCUMENT.read_text("utf-8")) == served.json()


def test_what_is_generated_is_fresh_and_small() -> None:
    files = generated()
    assert [path.name for path, text in files.items() if path.read_text("utf-8") != text] == []
    assert sum(path.stat().st_size for path in (*files, SCHEMA)) < MOST_BYTES


def test_nothing_else_lies_beside_it() -> None:
    made = {path for path in generated() if path.parent.name == "_sync"}
    assert set((ROOT / "python/src/atelier_client/_sync").glob("*.py")) == made


def test_a_file_that_is_not_fresh_fails_the_check(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "generated", lambda: {DOCUMENT: "{}"})
    assert generate.main(check=True) == 1
    assert capsys.readouterr().out == "not fresh: openapi.json\n"
    assert json.loads(DOCUMENT.read_text("utf-8"))["openapi"] == "3.1.0"


def test_typescript_knows_every_route() -> None:
    """`npm run check` compares the whole file; this is what a change of the routes breaks without node."""
    schema = SCHEMA.read_text("utf-8")
    paths = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    assert [path for path in paths if f'    "{path}": {{' not in schema] == []
