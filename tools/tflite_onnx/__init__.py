"""TensorFlow Lite files as ONNX: weights as they are, layout batch-channels-height-width, any number of rows.

`tools/tflite_onnx/README.md` says what is covered and how that was proved.
"""

from __future__ import annotations
