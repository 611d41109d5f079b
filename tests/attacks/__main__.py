"""Write docs/attacks.md from the tests' marks."""

from __future__ import annotations

from tests.attacks.markers import found
from tests.attacks.page import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page(found()), "utf-8")
