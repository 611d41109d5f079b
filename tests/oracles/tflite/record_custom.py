"""Record what mediapipe makes of the face mesh's own operators: run in an environment of its own, see the README."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import mediapipe  # type: ignore[import-not-found]
import numpy as np

from tests.oracles.tflite.cases import CUSTOM_CASES, Case

RECORDED = Path(__file__).with_name("recorded")
ROWS = 2
GRAPH = """
input_stream: "picture"
output_stream: "numbers"
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:picture"
  output_stream: "TENSORS:given"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: %(side)d output_tensor_height: %(side)d output_tensor_float_range { min: 0 max: 1 }
  } }
}
node {
  calculator: "TfLiteCustomOpResolverCalculator"
  output_side_packet: "OP_RESOLVER:resolver"
  options { [mediapipe.TfLiteCustomOpResolverCalculatorOptions.ext] { use_gpu: false } }
}
node {
  calculator: "InferenceCalculator"
  input_stream: "TENSORS:given"
  output_stream: "TENSORS:made"
  input_side_packet: "OP_RESOLVER:resolver"
  options { [mediapipe.InferenceCalculatorOptions.ext] { model_path: "%(file)s" delegate { tflite {} } } }
}
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:made" output_stream: "FLOATS:numbers" }
"""


def main() -> None:
    """Write files, pictures and what comes out; a picture of the right size reaches the network as it is."""
    arrays: dict[str, Any] = {}
    for name, case in CUSTOM_CASES.items():
        side = case.inputs["x"][1]
        pictures = np.random.default_rng(side).integers(0, 256, (ROWS, side, side, 3), np.uint8)
        arrays[f"{name}/file"] = np.frombuffer(case.file(), np.uint8)
        arrays[f"{name}/x"] = pictures.astype(np.float32) / np.float32(255)
        arrays[f"{name}/made"] = np.stack([run(case, picture) for picture in pictures])
    np.savez_compressed(RECORDED / "custom.npz", **arrays)


def run(case: Case, picture: np.ndarray) -> np.ndarray:
    """What the case's network makes of one picture."""
    found: list[Any] = []
    with tempfile.NamedTemporaryFile(suffix=".tflite") as file:
        file.write(case.file())
        file.flush()
        graph = mediapipe.CalculatorGraph(graph_config=GRAPH % {"side": len(picture), "file": file.name})
        graph.observe_output_stream(
            "numbers", lambda _, packet: found.append(mediapipe.packet_getter.get_float_list(packet))
        )
        graph.start_run()
        frame = mediapipe.packet_creator.create_image_frame(
            image_format=mediapipe.ImageFormat.SRGB, data=picture
        )
        graph.add_packet_to_input_stream("picture", frame.at(0))
        graph.close_all_packet_sources()
        graph.wait_until_done()
    return np.array(found[0], np.float32)


if __name__ == "__main__":
    main()
