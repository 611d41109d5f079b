"""The examples of the clients' READMEs do what is said there, against the running platform."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from clients.generate.files import ROOT

PYTHON = ROOT / "python" / "README.md"
TYPESCRIPT = ROOT / "typescript" / "README.md"
REPOSITORY = ROOT.parent / "README.md"


def example(readme: Path, language: str, containing: str, url: str, api_key: str) -> str:
    """The one example of the README that has these words, on this platform."""
    found = [
        each
        for each in re.findall(rf"```{language}\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)
        if containing in each
    ]
    (text,) = found
    return str(text).replace("http://127.0.0.1:8080", url).replace("atk_...", api_key)


def run(command: Sequence[str | Path], folder: Path) -> list[str]:
    """What the program says, line by line."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(params=["python", "typescript"])
def said(
    request: pytest.FixtureRequest, platform_url: str, api_key: str, workplace: Path, typescript: Path
) -> Said:
    return Said(request.param, platform_url, api_key, workplace, typescript)


class Said:
    """Runs examples of one language."""

    def __init__(self, language: str, url: str, api_key: str, folder: Path, typescript: Path) -> None:
        self._language, self._url, self._api_key = language, url, api_key
        self._folder, self._typescript = folder, typescript

    def by(
        self, containing: dict[str, str], readme: Path | None = None, then: dict[str, str] | None = None
    ) -> list[str]:
        """What the example with these words says, and what comes `then`."""
        words, more = containing[self._language], (then or {}).get(self._language, "")
        if self._language == "python":
            text = example(readme or PYTHON, "python", words, self._url, self._api_key)
            return run([sys.executable, "-W", "error", "-c", text + more], self._folder)
        text = example(readme or TYPESCRIPT, "js", words, self._url, self._api_key)
        # Beside the package, which then finds itself by its name.
        script = self._typescript / "build" / f"{self._folder.name}.mjs"
        script.parent.mkdir(exist_ok=True)
        script.write_text(text + more, "utf-8")
        return run(["node", script], self._folder)


@pytest.mark.parametrize("readme", [None, REPOSITORY], ids=["own", "repository"])
def test_an_avatar_is_made_and_downloaded(said: Said, workplace: Path, readme: Path | None) -> None:
    words = {"python": "make_avatar(", "typescript": "makeGlb"}
    assert [line.lower() for line in said.by(words, readme)] == ["true"]
    assert (workplace / "avatar.glb").read_bytes()[:4] == b"glTF"


def test_an_avatar_is_made_of_photos(said: Said, workplace: Path) -> None:
    (skin,) = said.by({"python": "make_avatar_from_photos", "typescript": "makeAvatarFromPhotos"})
    assert re.fullmatch("#[0-9a-f]{6}", skin)
    assert (workplace / "avatar.glb").read_bytes()[:4] == b"glTF"


def test_a_batch_is_made_and_downloaded(said: Said, workplace: Path) -> None:
    *progress, counts = said.by({"python": "make_batch", "typescript": "makeBatch"})
    assert counts == "2 0"
    percents = [int(line) for line in progress]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    with zipfile.ZipFile(workplace / "avatars.zip") as archive:
        assert archive.testzip() is None
        assert len([name for name in archive.namelist() if name.endswith(".glb")]) == 2


def test_a_scan_is_uploaded_and_measured(said: Said, workplace: Path) -> None:
    said.by({"python": "upload_scan", "typescript": "uploadScan"})
    assert (workplace / "body.glb").read_bytes()[:4] == b"glTF"


def test_a_list_is_gone_through(said: Said, workplace: Path) -> None:
    said.by({"python": "make_avatar(", "typescript": "makeGlb"})
    lines = said.by({"python": "avatars_page", "typescript": '.each("/v1/avatars")'})
    files = sorted(file.stem for file in workplace.glob("*.glb") if file.name != "avatar.glb")
    assert len(files or lines) == 1


def test_a_webhooks_receiver_refuses_what_is_not_signed(said: Said) -> None:
    lines = said.by(
        {"python": "webhooks.verify", "typescript": "verifyWebhook"},
        then={"python": 'print(received({}, b""))', "typescript": 'console.log(await received({}, ""));'},
    )
    assert lines == ["400"]
