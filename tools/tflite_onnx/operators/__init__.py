"""What writes each kind of operator into the ONNX graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.tflite_onnx.model import Operator
from tools.tflite_onnx.operators import attention, constants, convolution, elementwise, layout
from tools.tflite_onnx.translation import Translation

Writer = Callable[[Operator, Translation], None]

WRITERS: Mapping[str, Writer] = {
    "ADD": elementwise.add,
    "CONCATENATION": layout.concatenation,
    "CONV_2D": convolution.convolution,
    "DENSIFY": constants.densify,
    "DEPTHWISE_CONV_2D": convolution.depthwise_convolution,
    "DEPTH_TO_SPACE": layout.depth_to_space,
    "DEQUANTIZE": constants.dequantize,
    "LOGISTIC": elementwise.logistic,
    "Landmarks2TransformMatrix": attention.matrix_of_landmarks,
    "MAX_POOL_2D": convolution.max_pool,
    "MUL": elementwise.multiply,
    "PAD": layout.pad,
    "PRELU": elementwise.leaky_relu,
    "RELU": elementwise.relu,
    "RESHAPE": layout.reshape,
    "RESIZE_BILINEAR": layout.resize_bilinear,
    "STRIDED_SLICE": layout.strided_slice,
    "TransformLandmarks": attention.transform_landmarks,
    "TransformTensorBilinear": attention.transform_picture,
}
