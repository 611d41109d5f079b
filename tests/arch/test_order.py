"""One worker runs whole what shares something dear, and what takes long begins."""

from __future__ import annotations

import pytest

from tests.order import LONG, ROOT, company, rank


@pytest.mark.parametrize("long", LONG)
def test_what_is_said_to_be_long_is_there(long: str) -> None:
    assert (ROOT / long).exists()


def test_a_long_folder_goes_as_a_whole_and_every_other_file_by_itself() -> None:
    assert company("tests/e2e/web/test_web_studio.py") == company("tests/e2e/test_files.py") == "tests/e2e"
    assert company("tests/unit/mesher_two/test_a.py") == "tests/unit/mesher_two/test_a.py"


def test_long_ones_come_first(request: pytest.FixtureRequest) -> None:
    ranks = [rank(item.path.relative_to(ROOT).as_posix()) for item in request.session.items]
    assert ranks == sorted(ranks)
    assert rank("tests/e2e/test_files.py") == 0 < rank("tests/arch/test_order.py") == len(LONG)
