"""Python backend that runs the model's ONNX file, in the place of Triton's own ONNX backend.

Triton loads this file from its model repository, under its own interpreter: it imports nothing of
the platform.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import triton_python_backend_utils as pb_utils  # type: ignore[import-not-found]


class TritonPythonModel:
    """Joins the requests of one execution, runs them together and splits the answer."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load ``model.onnx``, which lies beside this file; one thread, as in process."""
        if not np.__version__.startswith("1."):
            raise pb_utils.TritonModelException(
                f"NumPy {np.__version__} would answer empty tensors; below 2 is needed"
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        path = Path(args["model_repository"]) / args["model_version"] / "model.onnx"
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        config = json.loads(args["model_config"])
        self._inputs = [item["name"] for item in config["input"]]
        self._outputs = [item["name"] for item in config["output"]]

    def execute(self, requests: list[Any]) -> list[Any]:
        """One response for each request, in order."""
        arrays = [{tensor.name(): tensor.as_numpy() for tensor in request.inputs()} for request in requests]
        joined = {name: np.concatenate([each[name] for each in arrays]) for name in self._inputs}
        outputs = self._session.run(self._outputs, joined)
        responses, start = [], 0
        for each in arrays:
            end = start + each[self._inputs[0]].shape[0]
            tensors = [
                pb_utils.Tensor(name, output[start:end])
                for name, output in zip(self._outputs, outputs, strict=True)
            ]
            responses.append(pb_utils.InferenceResponse(tensors))
            start = end
        return responses
