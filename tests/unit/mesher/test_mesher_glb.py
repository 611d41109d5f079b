"""The written file, read back by trimesh and by Khronos' validator."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from services.mesher.adapters import png
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import Appearance, FileOptions, HairPattern, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.paint import Texture
from tests.unit.mesher.conftest import DRESS

ROOT = Path(__file__).parents[3]
VALIDATORS = [ROOT / folder / "node_modules" / "gltf-validator" for folder in ("web", "tests")]


@pytest.fixture(scope="module")
def glb(model: BodyModel, outfitter: Outfitter, mean_body: Body) -> bytes:
    parts = outfitter.dress(mean_body, Appearance("#d7a98c", HairPattern.BOB, "#3b2417"), [DRESS])
    rig = Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads)
    return GlbWriter().write(Scene(parts, rig, {"modelVersion": "test"}), FileOptions())


def document(glb: bytes) -> dict[str, Any]:
    length = struct.unpack_from("<I", glb, 12)[0]
    content: dict[str, Any] = json.loads(glb[20 : 20 + length])
    return content


def test_trimesh_finds_every_mesh(glb: bytes) -> None:
    scene: Any = trimesh.load(io.BytesIO(glb), file_type="glb")
    assert set(scene.geometry) == {"body", "eyes", "lashes", "dress", "hair"}


def test_provenance_names_each_part(glb: bytes) -> None:
    extras = document(glb)["asset"]["extras"]
    assert extras["modelVersion"] == "test"
    assert {part["name"]: part["licence"] for part in extras["parts"]} == dict.fromkeys(
        ("body", "eyes", "lashes", "dress", "hair"), "CC0-1.0"
    )


def test_bind_matrices_undo_the_skeleton(glb: bytes, mean_body: Body) -> None:
    content = document(glb)
    world: dict[int, np.ndarray] = {}

    def place(node: int, origin: np.ndarray) -> None:
        world[node] = origin + content["nodes"][node]["translation"]
        for child in content["nodes"][node].get("children", []):
            place(child, world[node])

    place(content["skins"][0]["skeleton"], np.zeros(3))
    heads = np.array([world[joint] for joint in content["skins"][0]["joints"]])
    np.testing.assert_allclose(heads, mean_body.heads, atol=1e-5)


def test_the_same_parts_give_the_same_bytes(glb: bytes, model: BodyModel, mean_body: Body) -> None:
    again = Outfitter(model, kept_cuts=1)
    parts = again.dress(mean_body, Appearance("#d7a98c", HairPattern.BOB, "#3b2417"), [DRESS])
    rig = Rig(model.template.bones, model.template.parents.tolist(), mean_body.heads)
    assert GlbWriter().write(Scene(parts, rig, {"modelVersion": "test"}), FileOptions()) == glb


def test_a_picture_survives_png() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    data = png.encode(Texture(pixels))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    size = struct.unpack(">II", data[16:24])
    assert size == (7, 5)


def test_the_validator_finds_no_error_and_no_warning(glb: bytes, tmp_path: Path) -> None:
    package = next((folder for folder in VALIDATORS if folder.is_dir()), None)
    node = shutil.which("node")
    if package is None or node is None:
        pytest.fail("gltf-validator is not installed: run `make web`")
    path = tmp_path / "avatar.glb"
    path.write_bytes(glb)
    script = Path(__file__).with_name("gltf_validator.mjs")
    done = subprocess.run([node, script, package, path], capture_output=True, text=True, check=True)
    issues = json.loads(done.stdout)["issues"]
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
