from __future__ import annotations

from atelierkit.pages import cut


def test_one_more_than_is_shown_tells_of_another_page() -> None:
    assert cut("abc", 2) == (("a", "b"), "b")
    assert cut("ab", 2) == (("a", "b"), None)
    assert cut("", 2) == ((), None)
