"""`python -m deploy.grafana.picture URL FOLDER` draws every dashboard with what the Prometheus at the URL knows."""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.grafana import files
from deploy.grafana.picture.answers import Series, Span, curves, filled
from deploy.grafana.picture.page import WIDTH, page

VALUES = 180
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.grafana.picture", description=__doc__)
    parser.add_argument("url", help="a Prometheus, such as http://127.0.0.1:9090")
    parser.add_argument("folder", type=Path, help="where the PNGs go")
    parser.add_argument("--seconds", type=float, default=3600, help="how far back the pictures go")
    parser.add_argument("--window", default="1m", help="of rates; four scrapes and more")
    given = parser.parse_args()
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        sys.exit("Pictures need Chromium: install it (Debian: apt-get install chromium) and try again.")
    now = time.time()
    span = Span(now - given.seconds, now, given.seconds / VALUES)
    variables = {
        "namespace": ".*",
        "instance": ".*",
        "__rate_interval": given.window,
        "__range": f"{given.seconds:.0f}s",
    }
    ask = functools.partial(_answers, given.url, span, variables)
    given.folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(files.FOLDER.glob("*.json")):
        html, height = page(json.loads(path.read_text("utf-8")), ask, span)
        picture = given.folder / f"{path.stem}.png"
        _shoot(browser, html, height, picture)
        print(picture)


def _answers(url: str, span: Span, variables: Mapping[str, str], query: str) -> list[Series]:
    return curves(url, filled(query, variables), span)


def _shoot(browser: str, html: str, height: int, picture: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="atelier-picture-") as folder:
        source = Path(folder) / "page.html"
        source.write_text(html, "utf-8")
        command: list[Any] = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},{height}"),
            *(f"--screenshot={picture.absolute()}", source.as_uri()),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=60)  # noqa: S603 - the browser on PATH, a page of ours


if __name__ == "__main__":
    main()
