"""The fast subset of `make faults`: four experiments, short, on one platform, without Prometheus."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import tests.faults.experiments  # noqa: F401  enters them into the register
from tests.faults.harness import report
from tests.faults.harness.experiment import EXPERIMENTS
from tests.faults.harness.load import FAST
from tests.faults.harness.run import Bench, bench
from tests.faults.harness.run import run as run_experiment
from tests.faults.harness.stack import Plan

SEED = 1

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def on(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("journals")
    async with bench(Plan(), FAST, folder, alerts=False) as made:
        yield made


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("number", ["F02", "F04", "F07", "F10"])
async def test_the_platform_gets_through(number: str, on: Bench) -> None:
    result = await run_experiment(EXPERIMENTS[number], on, SEED)
    assert result.passed, report.lines(result)
