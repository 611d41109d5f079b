"""The platform and its Prometheus, once for all tests of this folder, which run in one worker.

Their start counts as part of the first test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.observability import stack
from tests.integration.observability.stack import Observed


@pytest.fixture(scope="package")
def seen() -> Iterator[Observed]:
    """A platform that was used, and the Prometheus that watched.

    It ends with the folder's last test: a Prometheus that scrapes once a second takes its share from all others.
    """
    with stack.observed() as observed:
        yield observed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.timeout(300))
