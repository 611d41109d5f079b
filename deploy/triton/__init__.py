"""A real Triton Inference Server on this machine: installed apart from the platform's own environment, and run.

Production runs NVIDIA's image with its ONNX backend on the same model files. Here the server comes
from the wheel of nvidia-pytriton, which has the Python backend alone; ``model.py`` calls onnxruntime
in the ONNX backend's place.
"""

from __future__ import annotations
