"""What is laid out for Triton: the released files, and configurations in the server's own schema."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2 as pb

from atelierkit.inference import ModelMissing
from atelierkit.inference.versions import released_version
from deploy.triton.arguments import Ports, arguments
from deploy.triton.config import MAX_BATCH, Batching, QueueLimits, Target, model_config
from deploy.triton.ensemble import Chain, ChainInvalid
from deploy.triton.repository import ROOT, lay_out
from tests.unit.atelierkit import onnx_models

GPU = Target(device="gpu")
CPU = Target(device="cpu", instances=3, threads=2)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    onnx_models.affine(tmp_path / "models")
    onnx_models.logarithm(tmp_path / "models")
    return tmp_path / "models"


def _config(models: Path, target: Target, name: str = "affine") -> Any:
    """As the server reads it."""
    repository = models.parent / "repository"
    lay_out(models, repository, target)
    return text_format.Parse((repository / name / "config.pbtxt").read_text(), pb.ModelConfig())


def test_the_released_file_itself_is_served_under_its_versions_number(models: Path) -> None:
    repository = models.parent / "repository"
    assert lay_out(models, repository, GPU) == ["affine", "logarithm"]
    served = repository / "affine" / "1000000" / "model.onnx"
    assert served.read_bytes() == (models / "affine" / "model.onnx").read_bytes()
    assert sorted(path.name for path in served.parent.iterdir()) == ["model.onnx"]


def test_a_file_that_is_not_the_released_one_is_not_laid_out(models: Path) -> None:
    onnx = models / "affine" / "model.onnx"
    onnx.write_bytes(onnx.read_bytes() + b"\0")
    with pytest.raises(ModelMissing, match="not the one"):
        lay_out(models, models.parent / "repository", GPU)


def test_tensors_are_those_of_the_file_without_the_batch(models: Path) -> None:
    config = _config(models, GPU)
    assert [(item.name, item.data_type, list(item.dims)) for item in config.input] == [
        ("x", pb.TYPE_FP32, [3]),
        ("flag", pb.TYPE_FP32, [1]),
    ]
    assert [(item.name, list(item.dims)) for item in config.output] == [("y", [4])]
    assert list(_config(models, GPU, "logarithm").input[0].dims) == [-1]


def test_a_model_joins_requests_and_warms_up(models: Path) -> None:
    config = _config(models, GPU)
    assert (config.backend, config.platform) == ("onnxruntime", "onnxruntime_onnx")
    assert config.max_batch_size == MAX_BATCH
    assert list(config.dynamic_batching.preferred_batch_size) == list(Batching().preferred)
    assert {warm_up.batch_size for warm_up in config.model_warmup} == {1, *Batching().preferred}
    assert all(set(warm_up.inputs) == {"x", "flag"} for warm_up in config.model_warmup)
    assert config.parameters["released_version"].string_value == "1.0.0"
    assert not config.response_cache.enable


def test_limits_of_the_servers_own_are_a_switch(models: Path) -> None:
    limited = dataclasses.replace(GPU, batching=Batching(limits=QueueLimits(most=7, timeout_us=9)))
    policy = _config(models, limited).dynamic_batching.default_queue_policy
    assert policy.timeout_action == pb.ModelQueuePolicy.REJECT
    assert policy.allow_timeout_override
    assert (policy.max_queue_size, policy.default_timeout_microseconds) == (7, 9)
    assert not _config(models, GPU).dynamic_batching.HasField("default_queue_policy")


def test_what_a_device_needs(models: Path) -> None:
    [gpu], [cpu] = _config(models, GPU).instance_group, _config(models, CPU).instance_group
    assert (gpu.kind, gpu.count) == (pb.ModelInstanceGroup.KIND_GPU, 1)
    assert (cpu.kind, cpu.count) == (pb.ModelInstanceGroup.KIND_CPU, 3)
    assert _config(models, CPU).parameters["intra_op_thread_count"].string_value == "2"
    assert "intra_op_thread_count" not in _config(models, GPU).parameters


def test_tensorrt_is_a_switch(models: Path) -> None:
    def accelerators(target: Target) -> list[str]:
        chosen = _config(models, target).optimization.execution_accelerators
        return [item.name for item in chosen.gpu_execution_accelerator]

    assert accelerators(GPU) == []
    assert accelerators(dataclasses.replace(GPU, tensorrt=True)) == ["tensorrt"]


def test_the_tests_server_differs_in_the_backend_alone(models: Path) -> None:
    real = _config(models, CPU)
    stand_in = _config(models, dataclasses.replace(CPU, backend="python"))
    assert stand_in.backend == "python"
    stand_in.backend, stand_in.platform = real.backend, real.platform
    assert stand_in == real
    assert (models.parent / "repository" / "affine" / "1000000" / "model.py").exists()


def test_the_version_before_stays_served(models: Path) -> None:
    repository = models.parent / "repository"
    lay_out(models, repository, GPU)
    manifest = models / "affine" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"version": "1.10.2"}))
    config = _config(models, GPU)
    assert {path.name for path in (repository / "affine").iterdir()} == {"config.pbtxt", "1000000", "1010002"}
    assert config.version_policy.latest.num_versions == 2


@pytest.mark.parametrize("version", ["1", "1.2", "1.2.3.4", "0.0.0", "1.1000.0", "1.-1.0", "one.two.three"])
def test_a_version_that_has_no_number_is_refused(models: Path, version: str) -> None:
    manifest = models / "affine" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"version": version}))
    with pytest.raises(ValueError, match=r"invalid literal|major\.minor\.patch"):
        lay_out(models, models.parent / "repository", GPU)


FIRST = {"model": "affine", "inputs": {"x": "x", "flag": "flag"}, "outputs": {"y": "between"}}
SECOND = {"model": "logarithm", "inputs": {"x": "between"}, "outputs": {"y": "answer"}}


def _declare(models: Path, *steps: dict[str, Any], outputs: tuple[str, ...] = ("answer",)) -> None:
    (models / "chain").mkdir(exist_ok=True)
    told = {"version": "1.2.0", "steps": steps, "outputs": outputs}
    (models / "chain" / "ensemble.json").write_text(json.dumps(told))


def test_a_chain_takes_what_no_step_makes(models: Path) -> None:
    _declare(models, SECOND, FIRST)
    config = _config(models, GPU, "chain")
    assert config.platform == "ensemble"
    assert config.max_batch_size == MAX_BATCH
    assert {item.name: list(item.dims) for item in config.input} == {"x": [3], "flag": [1]}
    assert {item.name: list(item.dims) for item in config.output} == {"answer": [-1]}
    assert [dict(step.input_map) for step in config.ensemble_scheduling.step] == [
        {"x": "between"},
        {"x": "x", "flag": "flag"},
    ]
    assert (models.parent / "repository" / "chain" / "1002000").is_dir()


WRONG: dict[str, tuple[list[dict[str, Any]], str]] = {
    "no such model": ([FIRST | {"model": "nobody"}], "no model nobody"),
    "an input left out": ([FIRST | {"inputs": {"x": "x"}}], "takes flag, x"),
    "an output that the model has not": ([FIRST | {"outputs": {"z": "answer"}}], "cannot make answer"),
    "made twice": ([FIRST, SECOND, SECOND], "cannot make answer"),
    "another width": (
        [FIRST, FIRST | {"inputs": {"x": "between", "flag": "flag"}, "outputs": {"y": "answer"}}],
        "not what",
    ),
    "nobody makes the output": ([FIRST], "no step makes answer"),
    "a step without a model": ([{"inputs": {}, "outputs": {}}], "cannot be read"),
}


@pytest.mark.parametrize(("steps", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_chain_that_does_not_fit_is_told(models: Path, steps: list[dict[str, Any]], told: str) -> None:
    _declare(models, *steps)
    with pytest.raises(ChainInvalid, match=told):
        lay_out(models, models.parent / "repository", GPU)


def test_a_chain_brings_its_models_along_and_is_served_in_place_of_its_whole(models: Path) -> None:
    folder = models / "affine"
    (folder / "part.onnx").write_bytes((folder / "model.onnx").read_bytes())
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["part.onnx"] = manifest["files"]["model.onnx"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    step = FIRST | {"model": "affine_part", "file": "part.onnx", "outputs": {"y": "y"}}
    (folder / "ensemble.json").write_text(json.dumps({"version": "1.0.0", "steps": [step], "outputs": ["y"]}))
    repository = models.parent / "repository"
    assert lay_out(models, repository, GPU) == ["affine", "affine_part", "logarithm"]
    assert _config(models, GPU, "affine").platform == "ensemble"
    assert list((repository / "affine" / "1000000").iterdir()) == []
    assert (repository / "affine_part" / "1000000" / "model.onnx").is_file()
    (folder / "part.onnx").write_bytes(b"another")
    with pytest.raises(ModelMissing, match="not the one"):
        lay_out(models, repository, GPU)


@pytest.mark.parametrize(
    "declared", sorted((ROOT / "models").glob("*/ensemble.json")), ids=lambda path: path.parent.name
)
def test_a_released_chain_is_the_model_in_one_file_under_its_version(declared: Path, tmp_path: Path) -> None:
    chain = Chain.read(declared)
    assert chain.version == released_version(ROOT / "models", chain.name)
    shutil.copytree(declared.parent, tmp_path / "models" / chain.name)
    served = _config(tmp_path / "models", GPU, chain.name)
    whole = model_config(chain.name, declared.with_name("model.onnx"), GPU, {})
    assert list(served.input) == list(whole.input)
    assert list(served.output) == list(whole.output)


def test_nothing_is_changed_over_the_network() -> None:
    given = arguments(Path("/models"), Ports())
    assert "--model-control-mode=none" in given
    assert "--disable-auto-complete-config" in given
    assert "--strict-readiness=true" in given


def test_the_page_shows_the_command_line_of_now() -> None:
    page = (ROOT / "deploy" / "triton" / "README.md").read_text()
    assert "\n".join(["```", "tritonserver", *arguments(Path("/models"), Ports()), "```"]) in page


def test_the_image_runs_the_command_line_of_now() -> None:
    told = (ROOT / "deploy" / "docker" / "Dockerfile").read_text().replace("\\\n", "")
    commands = [
        json.loads(line.removeprefix("CMD ")) for line in told.splitlines() if line.startswith("CMD ")
    ]
    assert ["tritonserver", *arguments(Path("/models"), Ports())] in commands
