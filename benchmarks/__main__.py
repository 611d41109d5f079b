"""Run every benchmark: `python -m benchmarks`, which is what `make bench` does."""

from __future__ import annotations

import runpy

NAMES = (
    "body_accuracy",
    "main_way",
    "glb_writing",
    "posing",
    "clothes",
    "drawing",
    "drivers",
    "peers",
    "scans",
    "face_identity",
    "face_batch",
    "face_request",
    "face_features",
    "face_truth",
    "photo_poses",
    "mtls",
    "gateway",
    "load",
    "growth",
    "queue",
    "ledger",
    "history",
    "footprint",
    "capacity",
)

if __name__ == "__main__":
    for name in NAMES:
        runpy.run_module(f"benchmarks.{name}", run_name="__main__")
