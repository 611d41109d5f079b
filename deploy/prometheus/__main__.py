"""`python -m deploy.prometheus` writes what Prometheus and its operator read; `--speed 60 FILE` writes rules in a hurry."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from deploy.prometheus import files


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.prometheus", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="write the rules alone, here")
    parser.add_argument("--speed", type=float, default=1.0, help="divide every time in them by this")
    given = parser.parse_args()
    if given.file is not None:
        _write({given.file: files.rules(given.speed)})
    else:
        _write(files.committed())


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(path)


if __name__ == "__main__":
    main()
