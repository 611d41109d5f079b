"""The committed network keeps the contract that the generator service and Triton rely on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from anthropometry.measurements import NAMES
from anthropometry.population import Population
from bodymodel.shape import NETWORK_GRID, ShapeSpace
from bodymodel.tape import TapeMeasure
from bodymodel.template import Template

MODELS = Path(__file__).parents[3] / "models"
FOLDER = MODELS / "body_generator"
TYPES = {"feminine": 1.0, "masculine": -1.0, "neutral": 0.0}


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(FOLDER / "model.onnx", options, providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def people() -> dict[str, np.ndarray]:
    """Three median people of each body type and six of other sizes, with z."""
    population = Population.load(MODELS)
    rows, types = [], []
    for name, number in TYPES.items():
        for stature in (None, 1600.0, 1850.0):
            known = {} if stature is None else {"stature": stature}
            rows.append(population.estimate(known, name).values_mm)
            types.append([number])
    z = np.random.default_rng(0).standard_normal((len(rows), 32))
    return {
        "measurements": np.array(rows, np.float32),
        "body_type": np.array(types, np.float32),
        "z": z.astype(np.float32),
    }


def points(session: onnxruntime.InferenceSession, inputs: dict[str, np.ndarray]) -> np.ndarray:
    cloud: np.ndarray = session.run(["points"], inputs)[0]
    return cloud


def test_names_types_and_shapes(session: onnxruntime.InferenceSession) -> None:
    inputs = {node.name: (node.type, node.shape) for node in session.get_inputs()}
    assert inputs == {
        "measurements": ("tensor(float)", ["n", 15]),
        "body_type": ("tensor(float)", ["n", 1]),
        "z": ("tensor(float)", ["n", 32]),
    }
    (output,) = session.get_outputs()
    assert (output.name, output.type) == ("points", "tensor(float)")
    assert (output.shape[0], output.shape[2]) == ("n", 3)


def test_a_fit_finds_the_network_s_grid(
    session: onnxruntime.InferenceSession, people: dict[str, np.ndarray]
) -> None:
    """Noise on the way through float32 points must stay far below half a step, or machines would disagree."""
    space = ShapeSpace.load(MODELS, Template.load(MODELS))
    steps = np.array([space.fit_cloud(cloud) for cloud in points(session, people)]) / NETWORK_GRID
    assert np.abs(steps - np.rint(steps)).max() < 0.05


def test_a_batch_is_its_single_runs(
    session: onnxruntime.InferenceSession, people: dict[str, np.ndarray]
) -> None:
    together = points(session, people)
    assert together.shape == (9, 10_000, 3)
    assert together.dtype == np.float32
    assert np.isfinite(together).all()
    for index in range(len(together)):
        alone = points(session, {name: value[index : index + 1] for name, value in people.items()})
        np.testing.assert_allclose(alone[0], together[index], atol=2e-5)


def test_bodies_stand_on_the_floor_as_tall_as_asked(
    session: onnxruntime.InferenceSession, people: dict[str, np.ndarray]
) -> None:
    for cloud, measurements in zip(points(session, people), people["measurements"], strict=True):
        assert cloud[:, 1].min() == pytest.approx(0.0, abs=0.01)
        assert 1000.0 * np.ptp(cloud[:, 1]) == pytest.approx(measurements[0], abs=12.0)
        assert np.ptp(cloud[:, 0]) > 2.0 * np.ptp(cloud[:, 2])  # arms spread along X, facing Z


def test_z_and_body_type_change_the_body(
    session: onnxruntime.InferenceSession, people: dict[str, np.ndarray]
) -> None:
    first = points(session, people)
    other_z = points(session, {**people, "z": -people["z"]})
    apart_mm = 1000.0 * np.linalg.norm(first - other_z, axis=2).mean(axis=1)
    assert apart_mm.min() > 5.0
    other_type = points(session, {**people, "body_type": people["body_type"] + 0.5})
    assert 1000.0 * np.linalg.norm(first - other_type, axis=2).mean(axis=1).min() > 0.5


def test_the_tape_reads_about_what_was_asked(
    session: onnxruntime.InferenceSession, people: dict[str, np.ndarray]
) -> None:
    template = Template.load(MODELS)
    space, tape = ShapeSpace.load(MODELS, template), TapeMeasure(template)
    errors = [
        np.abs(tape.measure(space.vertices(space.fit_cloud(cloud))) - measurements)
        for cloud, measurements in zip(points(session, people), people["measurements"], strict=True)
    ]
    means = np.mean(errors, axis=0)
    assert means.mean() < 6.0, dict(zip(NAMES, means.round(1), strict=True))


def test_the_manifest_describes_this_file() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    content = (FOLDER / "model.onnx").read_bytes()
    assert manifest["files"] == {
        "model.onnx": {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    }
    assert len(content) < 7_000_000
    assert manifest["licence"] == "Apache-2.0"
    judged = manifest["metrics"]["tape_error_ansur2"]["generator"]
    assert judged["unreadable"] < 0.01 * judged["bodies"]
