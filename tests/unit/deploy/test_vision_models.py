"""The vision networks: where they come from, what is made of them, and that this is done once."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from deploy.models import MODELS
from tools.vision_models.contracts import CONTRACTS
from tools.vision_models.prepare import make, missing
from tools.vision_models.wheel import WheelUnavailable, members

NETWORK = "mediapipe/modules/face_detection/face_detection_short_range.tflite"
WHEEL = "mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of the models that `make models` has made."""
    for name in CONTRACTS:
        shutil.copytree(MODELS / name, tmp_path / "models" / name)
    return tmp_path / "models"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all pip has."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    return folder


def _publish(index: Path, content: bytes) -> Path:
    """Put a wheel with one network into the folder; gives its pin."""
    with zipfile.ZipFile(index / WHEEL, "w") as archive:
        archive.writestr(NETWORK, content)
        archive.writestr(
            "mediapipe-0.10.21.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.21\n",
        )
        archive.writestr("mediapipe-0.10.21.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    pin = index / "pin.txt"
    pin.write_text(
        f"mediapipe==0.10.21 --hash=sha256:{hashlib.sha256((index / WHEEL).read_bytes()).hexdigest()}\n"
    )
    return pin


def test_nothing_is_fetched_where_all_is_there(models: Path) -> None:
    assert missing(models) == []


def test_a_file_that_is_missing_or_another_is_made_anew(models: Path) -> None:
    (models / "face_mesh" / "network.onnx").unlink()
    with (models / "face_detector_full" / "model.onnx").open("ab") as damaged:
        damaged.write(b"\0")
    assert missing(models) == ["face_detector_full", "face_mesh"]


def test_a_network_is_taken_out_of_the_wheel_by_its_hash(index: Path) -> None:
    pin = _publish(index, b"network")
    digest = hashlib.sha256(b"network").hexdigest()
    assert members([(NETWORK, digest)], pin) == {NETWORK: b"network"}
    with pytest.raises(ValueError, match="not the file that its manifest names"):
        members([(NETWORK, digest[::-1])], pin)


def test_another_wheel_under_the_same_name_is_refused_and_nothing_changes(index: Path, models: Path) -> None:
    _publish(index, b"network")
    with pytest.raises(WheelUnavailable, match=r"mediapipe==0\.10\.21.*make models"):
        make(models, ["face_mesh"])
    assert missing(models) == []


@pytest.mark.parametrize("name", CONTRACTS)
def test_the_contract_is_what_the_file_declares(name: str) -> None:
    told = json.loads((MODELS / name / "manifest.json").read_text())["contract"]
    session = onnxruntime.InferenceSession(MODELS / name / "model.onnx", providers=["CPUExecutionProvider"])
    assert {item.name: item.shape for item in session.get_inputs()} == {
        key: ["N", *value["sizes"]] for key, value in told["inputs"].items()
    }
    assert {item.name: item.shape for item in session.get_outputs()} == {
        key: ["N", *value["sizes"]] for key, value in told["outputs"].items()
    }


@pytest.mark.parametrize("name", CONTRACTS)
def test_rows_do_not_depend_on_their_company(name: str) -> None:
    session = onnxruntime.InferenceSession(MODELS / name / "model.onnx", providers=["CPUExecutionProvider"])
    [given] = session.get_inputs()
    rows = np.random.default_rng(3).random((3, *given.shape[1:]), np.float32)
    together = session.run(None, {given.name: rows})
    alone = [session.run(None, {given.name: row[None]}) for row in rows]
    for place, output in enumerate(together):
        each = np.concatenate([answer[place] for answer in alone])
        np.testing.assert_allclose(output, each, rtol=1e-5, atol=1e-5 * max(1.0, float(np.abs(each).max())))
        assert np.ptp(each) > 0
