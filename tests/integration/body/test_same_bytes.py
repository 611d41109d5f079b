"""The same recipe gives the same bytes on other machines: other BLAS kernels, other vector units, other batches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from numpy._core._multiarray_umath import __cpu_features__  # type: ignore[import-not-found]

SCRIPT = Path(__file__).with_name("recipe_bytes.py")
ROOT = Path(__file__).parents[3]
MACHINES: Mapping[str, tuple[dict[str, str], int]] = {
    "an old one": ({"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4"}, 1),
    "a newer one, in a batch": ({"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4"}, 5),
    "this one, in a larger batch": ({}, 32),
}
"""Environment variables that make OpenBLAS and NumPy take a machine for another one, and the network's batch."""


@pytest.mark.timeout(300)
def test_the_same_recipe_gives_the_same_bytes_on_other_machines() -> None:
    own = _files({}, 1)
    # Three people, each in a plain GLB, in two or three other files, and in a pose twice.
    assert len(set(own)) == 16
    for machine, (environment, batch) in MACHINES.items():
        assert _files(environment, batch) == own, machine


def test_those_machines_do_compute_otherwise() -> None:
    """The check can fail: plain sums in floats differ between the same environments."""
    assert _sum(MACHINES["an old one"][0]) != _sum({})


def _files(environment: Mapping[str, str], batch: int) -> list[str]:
    return _run(environment, str(SCRIPT), str(batch)).split()


def _sum(environment: Mapping[str, str]) -> str:
    code = (
        "import numpy as np; rng = np.random.default_rng(0);"
        "print((rng.normal(size=(9, 960)).astype('f4') @ rng.normal(size=(960, 7)).astype('f4')).tobytes().hex())"
    )
    return _run(environment, "-c", code)


def _run(environment: Mapping[str, str], *arguments: str) -> str:
    features = " ".join(_features(environment))
    inherited = os.environ  # noqa: TID251 - a child process gets this one's, with a few changes
    own = {**inherited, "OMP_NUM_THREADS": "1", **environment, "NPY_DISABLE_CPU_FEATURES": features}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=own, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def _features(environment: Mapping[str, str]) -> list[str]:
    """Those of the features to be switched off that this machine has: NumPy warns of others."""
    return [
        name for name in environment.get("NPY_DISABLE_CPU_FEATURES", "").split() if __cpu_features__.get(name)
    ]
