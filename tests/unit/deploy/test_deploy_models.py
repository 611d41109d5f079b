"""`make models`: what is committed is what the manifests name."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from deploy.models import MODELS, faults


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    manifest = {"files": {"model.onnx": {"sha256": digest, "bytes": 7}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def test_what_the_manifest_names_is_complete(models: Path) -> None:
    assert faults(models) == []


def test_a_file_that_is_missing_or_another_is_named(models: Path) -> None:
    file = models / "net" / "model.onnx"
    file.write_bytes(b"other weights")
    assert faults(models) == [f"{file} is not the file that its manifest names."]
    file.unlink()
    assert faults(models) == [f"{file} is missing."]


def test_the_committed_models_are_whole() -> None:
    assert faults(MODELS) == []
    assert {"body_generator", "body_shape", "body_template", "face_shapes", "population"} <= {
        manifest.parent.name for manifest in MODELS.glob("*/manifest.json")
    }


@pytest.mark.parametrize(
    "manifest", sorted(MODELS.glob("*/manifest.json")), ids=lambda path: path.parent.name
)
def test_every_model_says_where_it_comes_from(manifest: Path) -> None:
    described = json.loads(manifest.read_text())
    assert set(described) >= {
        "name",
        "version",
        "files",
        "licence",
        "provenance",
        "data",
        "metrics",
        "rebuild",
    }
    assert described["name"] == manifest.parent.name
    assert (manifest.parent / "MODEL_CARD.md").stat().st_size > 500
