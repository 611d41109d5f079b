"""A scan of somebody who does not exist, through six processes: mesh, body, and nothing left behind."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import trimesh

from anthropometry.measurements import NAMES
from benchmarks.synthetic_scans import ScanKind, SyntheticScan, scan
from bodymodel.shape import ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template
from deploy.local import Platform
from tests.e2e.glb import document, validated

MODELS = Path(__file__).parents[2] / "models"
TIMEOUT_S = 120.0


@pytest.fixture(scope="module")
def person() -> tuple[SyntheticScan, dict[str, float]]:
    """A scan, and what a tape reads on the body that was scanned."""
    template = Template.load(MODELS)
    space = ShapeSpace.load(MODELS, template)
    truth = scan(template, space, ScanKind(noise_mm=2.0, outliers=0.05, points=40_000), seed=7)
    tape = TapeMeasure(template)
    return truth, dict(zip(NAMES, tape.measure(space.standing(truth.coefficients)[0]).tolist(), strict=True))


def ply(points: Any) -> bytes:
    header = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(points)}\n"
    properties = "".join(f"property float {axis}\n" for axis in "xyz")
    data: bytes = points.astype("<f4").tobytes()
    return f"{header}{properties}end_header\n".encode() + data


def uploaded(client: httpx.Client, points: Any) -> dict[str, Any]:
    """The scan that these points become."""
    answer = client.post(
        "/v1/clouds?register=true",
        content=ply(points),
        timeout=TIMEOUT_S,
        headers={"Content-Type": "model/ply"},
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.fixture(scope="module")
def scanned(ada: httpx.Client, person: tuple[SyntheticScan, dict[str, float]]) -> dict[str, Any]:
    return uploaded(ada, person[0].points)


def test_the_body_is_measured(
    scanned: dict[str, Any], person: tuple[SyntheticScan, dict[str, float]]
) -> None:
    truth, true_mm = person
    assert scanned["report"]["metresPerUnit"] == truth.metres_per_unit
    assert scanned["registration"]["score"] > 0.9
    lines = scanned["registration"]["measurements"]
    errors = {line["name"]: abs(line["deliveredMm"] - true_mm[line["name"]]) for line in lines}
    assert len(errors) == 15
    assert max(errors.values()) < 20.0, errors
    assert sum(errors.values()) / len(errors) < 6.0, errors


def test_the_mesh_is_closed(ada: httpx.Client, scanned: dict[str, Any]) -> None:
    file = ada.get(scanned["links"]["mesh"])
    mesh: Any = trimesh.load(io.BytesIO(file.content), file_type="ply")
    assert file.headers["content-type"] == "model/ply"
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert np.ptp(mesh.vertices[:, 1]) * 1e3 == pytest.approx(scanned["report"]["heightMm"], abs=0.01)


def test_the_body_is_rigged(ada: httpx.Client, scanned: dict[str, Any], tmp_path: Path) -> None:
    file = ada.get(scanned["links"]["body"])
    described = document(file.content)
    saved = tmp_path / "body.glb"
    saved.write_bytes(file.content)
    assert validated(saved)["issues"]["numErrors"] == 0
    names = {described["nodes"][joint]["name"] for joint in described["skins"][0]["joints"]}
    assert {"Hips", "Head", "LeftForeArm", "RightFoot"} <= names


def test_a_scan_is_its_owners_own(ada: httpx.Client, eve: httpx.Client, scanned: dict[str, Any]) -> None:
    links = scanned["links"]
    assert ada.get(links["self"]).json() == scanned
    assert [eve.get(link).status_code for link in links.values()] == [404, 404, 404]
    assert eve.delete(links["self"]).status_code == 404


def test_nothing_is_left_of_a_scan_that_was_deleted(
    ada: httpx.Client, platform: Platform, person: tuple[SyntheticScan, dict[str, float]]
) -> None:
    store = platform.state_file.parent / "blobs"

    def kept() -> set[Path]:
        found = [path for name in ("uploads", "scans") for path in (store / name).rglob("*")]
        return {path for path in found if path.is_file()}

    before = kept()
    links = uploaded(ada, person[0].points[::2])["links"]
    assert {path.parent.name for path in kept() - before} == {"scans"}
    assert ada.delete(links["self"]).status_code == 204
    assert [ada.get(link).status_code for link in links.values()] == [404, 404, 404]
    assert kept() == before


def test_a_box_is_not_a_person(ada: httpx.Client) -> None:
    points = trimesh.sample.sample_surface(trimesh.creation.box((500.0, 300.0, 1700.0)), 4000, seed=1)[0]
    text = "\n".join(f"{x:.1f} {y:.1f} {z:.1f}" for x, y, z in points.tolist())
    answer = ada.post(
        "/v1/clouds", files={"file": ("box.xyz", text)}, data={"register": "true"}, timeout=TIMEOUT_S
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["retryable"]) == (422, "not_a_person", False)
    assert [each["field"] for each in problem["details"]] == ["file"]
