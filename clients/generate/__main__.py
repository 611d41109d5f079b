"""`python -m clients.generate` writes the generated files; with `--check` it tells which ones are not fresh."""

from __future__ import annotations

import sys
from pathlib import Path

from clients.generate.files import ROOT, generated


def main(check: bool) -> int:
    """Exit status: 1 where a file was not fresh, and `check` forbade to write it."""
    stale = {path: text for path, text in generated().items() if _text(path) != text}
    for path, text in stale.items():
        print(f"{'not fresh' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
    return 1 if check and stale else 0


def _text(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
