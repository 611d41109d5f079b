"""A model's version, as people and as Triton read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atelierkit.inference import ModelMissing
from atelierkit.inference.versions import released_version, triton_version


def test_the_version_is_the_manifests(tmp_path: Path) -> None:
    folder = tmp_path / "body_generator"
    folder.mkdir()
    with pytest.raises(ModelMissing):
        released_version(tmp_path, "body_generator")
    (folder / "manifest.json").write_text(json.dumps({"name": "body_generator"}))
    with pytest.raises(ModelMissing):
        released_version(tmp_path, "body_generator")
    (folder / "manifest.json").write_text(json.dumps({"version": "2.0.1"}))
    assert released_version(tmp_path, "body_generator") == "2.0.1"


def test_a_later_version_has_a_larger_number() -> None:
    versions = ["0.0.1", "0.1.0", "1.0.0", "1.0.999", "1.1.0", "2.0.0", "10.0.0"]
    numbers = [int(triton_version(version)) for version in versions]
    assert numbers == sorted(set(numbers))
    assert numbers[5] == 2_000_000
