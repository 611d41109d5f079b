"""Which worker runs which test, and when: a plugin of pytest, and of pytest-xdist where there is more than one worker."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[1]
LONG = (
    "tests/e2e",
    "tests/integration/observability",
    "tests/unit/mesher",
    "tests/integration/atelierkit/test_triton.py",
    "tests/faults/test_experiments.py",
    "tests/integration/deploy",
    "tests/integration/generator/test_generator_real_mesher.py",
    "tests/integration/body",
    "tests/unit/bodymodel",
    "tests/contract/mesher",
    "tests/unit/benchmarks/test_face_features.py",
    "tests/unit/deploy/prometheus/test_alert_rules.py",
    "tests/integration/atelierkit/jobs/test_worker_process.py",
)
"""Folders and files that take long, about the longest first. The tests of one share what is dear to make: a running
platform, a browser, the garments of a body."""


def rank(path: str) -> int:
    """Place of a test's file among the long ones; all others come after them."""
    return next((place for place, long in enumerate(LONG) if PurePath(path).is_relative_to(long)), len(LONG))


def company(path: str) -> str:
    """Name of what one worker runs as a whole: one of the long ones, or the file."""
    return (*LONG, path)[rank(path)]


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a worker whole files, so that what their tests share is made once.

    pytest-xdist's own groups do nothing under pytest 9.2: they are told by a change of the tests' names, which that
    release does not let anybody change.
    """

    def _split_scope(self, nodeid: str) -> str:
        return company(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """The order is the one below, not that of the files' numbers of tests."""
    config.option.loadscopereorder = False
    return WholeFiles(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones begin: one that came last would leave the other workers idle."""
    items.sort(key=lambda item: rank(item.path.relative_to(ROOT).as_posix()))
