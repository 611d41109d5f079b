"""A page that opens our files with other people's libraries, from `web/node_modules` and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route, ViewportSize

from tests.e2e.web.patience import ACTION_MS

HERE = Path(__file__).parent
MODULES = HERE.parents[3] / "web" / "node_modules"
_ORIGIN = "https://reader.test"
_WINDOW: ViewportSize = {"width": 640, "height": 640}
_OWN_THREE = "@met4citizen/talkinghead/node_modules/three"
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".json": "application/json",
}


def _three(folder: str) -> dict[str, str]:
    return {"three": f"{folder}/build/three.module.js", "three/addons/": f"{folder}/examples/jsm/"}


_IMPORTS = {
    "imports": _three("/node_modules/three")
    | {
        "@pixiv/three-vrm": "/node_modules/@pixiv/three-vrm/lib/three-vrm.module.js",
        "@met4citizen/talkinghead": "/node_modules/@met4citizen/talkinghead/modules/talkinghead.mjs",
    },
    # TalkingHead brings the release of three.js that it was made for.
    "scopes": {"/node_modules/@met4citizen/talkinghead/": _three(f"/node_modules/{_OWN_THREE}")},
}
_HTML = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<style>body {{ margin: 0 }} #stage {{ width: 100vw; height: 100vh; background: #d9dde3 }}</style>
<div id="stage"></div><script type="importmap">{imports}</script><script type="module" src="/{script}"></script>"""


@contextmanager
def opened(browser: Browser, script: str, files: Mapping[str, bytes]) -> Iterator[Page]:
    """The page of one of the scripts beside this file, which finds `files` at `/files/<name>`.

    It must end without an error or a warning of the libraries in its console, and without asking anybody else.
    """
    faults: list[str] = []

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" != _ORIGIN:
            faults.append(f"asked for {route.request.url}")
            route.abort()
        elif url.path == "/":
            page = _HTML.format(imports=json.dumps(_IMPORTS), script=script)
            route.fulfill(body=page, content_type="text/html")
        elif url.path.startswith("/files/"):
            route.fulfill(body=files[url.path.removeprefix("/files/")], content_type="model/gltf-binary")
        else:
            folder, _, name = url.path.removeprefix("/").partition("node_modules/")
            path = MODULES / name if name else HERE / folder
            route.fulfill(body=path.read_bytes(), content_type=_TYPES[path.suffix])

    context = browser.new_context(viewport=_WINDOW)
    context.set_default_timeout(ACTION_MS)
    context.route("**/*", answer)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if said.type in ("error", "warning") else None,
    )
    try:
        page.goto(_ORIGIN)
        page.wait_for_function("window.ready")
        yield page
    finally:
        context.close()
        assert faults == []
