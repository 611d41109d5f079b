"""What the clients' examples work with."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

import pytest

from benchmarks.synthetic_scans import ScanKind, scan
from bodymodel.shape import ShapeSpace
from bodymodel.template import Template
from clients.generate.files import ROOT
from tests.e2e.album import consent, rendered
from tests.e2e.conftest import sign_in
from tests.e2e.test_scans import MODELS, ply

SCOPES = [
    "avatars:read",
    "avatars:write",
    "jobs:read",
    "jobs:write",
    "catalog:read",
    "credits:read",
    "account:read",
]
TABLE = "reference,bodyType,stature,waist_girth\nada,feminine,1662,815\nbob,masculine,1780,900\n"


@pytest.fixture
def api_key(platform_url: str) -> str:
    """A key of somebody new, whose limits and credits nobody has touched, and who lets photos of the face be used."""
    with sign_in(platform_url, f"{uuid.uuid4().hex}@example.org") as client:
        consent(client)
        made = client.post("/v1/api-keys", json={"name": "clients", "scopes": SCOPES}).raise_for_status()
        return str(made.json()["key"])


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder with the files that the examples read."""
    (tmp_path / "people.csv").write_text(TABLE)
    template = Template.load(MODELS)
    somebody = scan(template, ShapeSpace.load(MODELS, template), ScanKind(points=40_000), seed=7)
    (tmp_path / "scan.ply").write_bytes(ply(somebody.points))
    for slot, data in rendered(5).items():
        (tmp_path / f"{slot}.jpg").write_bytes(data)
    return tmp_path


@pytest.fixture(scope="session")
def typescript() -> Path:
    """The built TypeScript client."""
    package = ROOT / "typescript"
    subprocess.run(["npm", "--prefix", package, "run", "--silent", "build"], check=True, timeout=120)
    return package
