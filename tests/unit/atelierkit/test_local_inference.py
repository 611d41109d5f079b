"""Models run in this process."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from atelierkit import context
from atelierkit.errors import TimedOut
from atelierkit.inference import LocalInference, ModelMissing, ModelOutputInvalid
from tests.unit.atelierkit import onnx_models


@pytest.fixture
async def inference(tmp_path: Path) -> AsyncIterator[LocalInference]:
    onnx_models.affine(tmp_path)
    onnx_models.logarithm(tmp_path)
    async with LocalInference(tmp_path) as local:
        yield local


def _inputs(count: int) -> dict[str, Any]:
    x = np.random.default_rng(count).normal(size=(count, 3)).astype(np.float32)
    return {"x": x, "flag": np.ones((count, 1), np.float32)}


async def test_many_callers_get_their_own_numbers(inference: LocalInference) -> None:
    await inference.ready("affine")
    requests = [_inputs(count) for count in (1, 2, 3, 50, 1, 7)]
    answers = await asyncio.gather(*(inference.infer("affine", request) for request in requests))
    for request, answer in zip(requests, answers, strict=True):
        assert answer.keys() == {"y"}
        np.testing.assert_allclose(answer["y"], request["x"] @ onnx_models.WEIGHTS + 100, rtol=1e-6)


async def test_a_row_that_comes_out_infinite_fails_alone(inference: LocalInference) -> None:
    rows = [np.array([[value]], np.float32) for value in (1, 0, 2)]
    answers = await asyncio.gather(
        *(inference.infer("logarithm", {"x": row}) for row in rows), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [dict, ModelOutputInvalid, dict]


@pytest.mark.parametrize(
    ("width", "together"), [(1, [8] * 8), (300_000, [1] * 8), (200_000, [2] * 8), (600_000, [1] * 8)]
)
async def test_rows_as_large_as_pictures_go_through_a_few_at_a_time(
    tmp_path: Path, width: int, together: list[int]
) -> None:
    onnx_models.company(tmp_path)
    async with LocalInference(tmp_path) as local:
        answer = await local.infer("company", {"x": np.zeros((8, width), np.float32)})
    assert answer["y"].ravel().tolist() == together


BAD: dict[str, dict[str, Any]] = {
    "an input missing": {"x": np.zeros((1, 3), np.float32)},
    "an unknown input": _inputs(1) | {"z": np.zeros((1, 1), np.float32)},
    "another dtype": {"x": np.zeros((1, 3)), "flag": np.zeros((1, 1), np.float32)},
    "another width": {"x": np.zeros((1, 4), np.float32), "flag": np.zeros((1, 1), np.float32)},
    "another rank": {"x": np.zeros((1, 3, 1), np.float32), "flag": np.zeros((1, 1), np.float32)},
    "different numbers of rows": {"x": np.zeros((2, 3), np.float32), "flag": np.zeros((1, 1), np.float32)},
    "no rows": {"x": np.zeros((0, 3), np.float32), "flag": np.zeros((0, 1), np.float32)},
}


@pytest.mark.parametrize("inputs", BAD.values(), ids=BAD.keys())
async def test_inputs_that_are_not_the_models_are_a_bug(
    inference: LocalInference, inputs: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"affine takes|affine: .* is |inputs share"):
        await inference.infer("affine", inputs)


async def test_a_deadline_that_has_passed_is_told(inference: LocalInference) -> None:
    with context.request(timeout_s=0), pytest.raises(TimedOut):
        await inference.infer("affine", _inputs(1))
    with context.request(timeout_s=30):
        await inference.infer("affine", _inputs(1))


async def test_a_model_that_is_not_there_can_come_later(inference: LocalInference, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="not installed"):
        await inference.ready("later")
    onnx_models.affine(tmp_path, "later")
    await inference.ready("later")


async def test_a_file_that_is_not_the_released_one_is_not_run(
    inference: LocalInference, tmp_path: Path
) -> None:
    file = onnx_models.affine(tmp_path, "changed") / "model.onnx"
    file.write_bytes(file.read_bytes() + b"\x00")
    with pytest.raises(ModelMissing, match="not the one") as caught:
        await inference.infer("changed", _inputs(1))
    assert caught.value.metadata == {"model": "changed"}


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"files": {"model.onnx": {}}})])
async def test_a_broken_manifest_is_told(inference: LocalInference, tmp_path: Path, text: str) -> None:
    (onnx_models.affine(tmp_path, "broken") / "manifest.json").write_text(text)
    with pytest.raises(ModelMissing, match="manifest"):
        await inference.ready("broken")


async def test_a_released_file_that_is_no_model_is_told(inference: LocalInference, tmp_path: Path) -> None:
    folder = tmp_path / "junk"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"junk")
    digest = hashlib.sha256(b"junk").hexdigest()
    (folder / "manifest.json").write_text(json.dumps({"files": {"model.onnx": {"sha256": digest}}}))
    with pytest.raises(ModelMissing, match="cannot be loaded"):
        await inference.ready("junk")
