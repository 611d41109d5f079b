"""What a picture costs in processor time, beside a browser that draws the same GLB: `python -m benchmarks.drawing`.

With `--sheet` it draws the sheet of styles and cameras in docs/pictures, and measures nothing.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import Route, sync_playwright

from anthropometry.population import Population
from benchmarks.drawing_subjects import LOOKS, MODELS, Cast
from benchmarks.stack import write_result
from deploy.pose_pictures import library
from services.mesher.adapters.drawing.draughtsman import OpenGlDraughtsman
from services.mesher.adapters.glb import GlbWriter
from services.mesher.adapters.picture_files import PillowPictures
from services.mesher.domain.delivery import prepared
from services.mesher.domain.drawing import PictureFormat
from services.mesher.domain.dresser import Dressed
from services.mesher.domain.mannequin import Mannequins
from services.mesher.domain.model import FileOptions, Scene
from services.mesher.domain.posing import Poser
from services.mesher.domain.stage import Backdrop, Stage, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.turntable import turntable
from services.mesher.domain.views import Camera

ROOT = Path(__file__).resolve().parents[1]
SHEET = ROOT / "docs" / "pictures" / "styles.webp"
SIZE = 1024
LIMIT_S = 1.0
"""CPU seconds that the default picture may take, warm, and every one in a drawn style."""
POSE_LIMIT_S = 300.0
"""And 800 pictures of poses together."""
ROUNDS = 5
POSES = len(library())
_BROWSER = "/usr/bin/chromium"
_PAGE = """<!doctype html><meta charset="utf-8"><script type="importmap">{"imports": {
"three": "/three/build/three.module.js", "three/addons/": "/three/examples/jsm/"}}</script><script type="module">
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
renderer.setSize(SIZE, SIZE); renderer.shadowMap.enabled = true; renderer.shadowMap.type = THREE.PCFShadowMap;
renderer.toneMapping = THREE.ACESFilmicToneMapping; document.body.append(renderer.domElement);
const scene = new THREE.Scene(); scene.background = new THREE.Color('#e8eaee');
scene.add(new THREE.HemisphereLight('#fff', '#888', 1.2));
const lamp = new THREE.DirectionalLight('#fff', 2.5); lamp.position.set(-2, 3, 3); lamp.castShadow = true;
lamp.shadow.mapSize.set(2048, 2048); scene.add(lamp);
const floor = new THREE.Mesh(new THREE.CircleGeometry(2, 64), new THREE.ShadowMaterial({ opacity: 0.3 }));
floor.rotation.x = -Math.PI / 2; floor.receiveShadow = true; scene.add(floor);
const camera = new THREE.PerspectiveCamera(FIELD, 1, 0.1, 20);
camera.position.set(...EYE); camera.lookAt(...TARGET);
const file = await new GLTFLoader().loadAsync('/person.glb');
file.scene.traverse((node) => { node.castShadow = node.receiveShadow = true; }); scene.add(file.scene);
const pixels = new Uint8Array(4 * SIZE * SIZE), gl = renderer.getContext();
window.draw = () => {
  lamp.position.x += 0.0001; renderer.render(scene, camera);
  gl.readPixels(0, 0, SIZE, SIZE, gl.RGBA, gl.UNSIGNED_BYTE, pixels); return pixels[0];
};
window.draw(); window.ready = true;
</script>"""


def cpu_s(do: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median CPU seconds of one call, over all threads, after one that is not counted."""
    do()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        do()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def stage_of(scene: Scene, camera: Camera, style: Style, size: int = SIZE) -> Stage:
    """A picture on the plain backdrop."""
    return staged(scene, camera, style, size, Backdrop())


def browser_cpu_s(person: Dressed) -> float:
    """CPU seconds of one picture by three.js, over all of Chromium's processes: the same GLB, camera and size."""
    view = stage_of(person.scene, Camera.FULL_BODY, Style.REALISTIC).view
    told = {"SIZE": SIZE, "FIELD": view.field_of_view, "EYE": list(view.eye), "TARGET": list(view.target)}
    page_text = _PAGE
    for name, value in told.items():
        page_text = page_text.replace(name, json.dumps(value))
    glb = GlbWriter().write(prepared(person.scene, FileOptions()), FileOptions())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_BROWSER, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", lambda route: _answer(route, page_text, glb))
        page.goto("https://drawing.test/")
        page.wait_for_function("window.ready === true", timeout=120_000)
        page.evaluate("window.draw()")
        before = _children_cpu_s()
        for _ in range(ROUNDS):
            page.evaluate("window.draw()")
        spent = (_children_cpu_s() - before) / ROUNDS
        browser.close()
    return spent


def _answer(route: Route, page: str, glb: bytes) -> None:
    path = urlsplit(route.request.url).path
    if path == "/":
        route.fulfill(body=page, content_type="text/html")
    elif path == "/person.glb":
        route.fulfill(body=glb, content_type="model/gltf-binary")
    elif path.startswith("/three/"):
        file = ROOT / "web" / "node_modules" / path.removeprefix("/")
        route.fulfill(body=file.read_bytes(), content_type="text/javascript")
    else:
        route.fulfill(status=404)


def _children_cpu_s() -> float:
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return float(sum(each.user + each.system for each in times))


def pose_cpu_s(draughtsman: OpenGlDraughtsman, cast: Cast) -> float:
    """CPU seconds of a pose's picture, of every 20th of the library: fitted, bent, drawn at 256 pixels, written."""
    mannequins = Mannequins(cast.model, cast.outfitter, cast.variants, Population.load(MODELS))
    poser, files, mannequin = Poser(cast.model, cast.outfitter), PillowPictures(), mannequins.get("neutral")
    holder, figure = poser.holder(mannequin.body), poser.figure(mannequin.scene, mannequin.body)
    poses = list(library().values())[::20]

    def draw() -> None:
        for pose in poses:
            scene = figure.at(holder.hold(pose).pose)
            stage = staged(scene, Camera.FULL_BODY, Style.REALISTIC, 256, Backdrop(), pose.support)
            files.write(draughtsman.draw(stage), PictureFormat.WEBP, 82)

    return cpu_s(draw, 1) / len(poses)


def frame_cpu_s(draughtsman: OpenGlDraughtsman, person: Dressed) -> float:
    """CPU seconds of one frame of a turntable, 512 pixels, without its encoding."""
    frames = turntable(
        stage_of(person.scene, Camera.FULL_BODY, Style.REALISTIC, 512), Camera.FULL_BODY, 8 * ROUNDS
    )
    return cpu_s(lambda: draughtsman.draw(next(frames)), 4 * ROUNDS)


def main() -> None:
    """Measure, and fail where a picture costs more than it may."""
    cast, files = Cast(), PillowPictures()
    people = {name: cast.dressed(look) for name, look in LOOKS.items()}
    ada = people["Ada"]
    start = time.process_time()
    draughtsman = OpenGlDraughtsman()
    renderer = draughtsman.open()
    default = stage_of(ada.scene, Camera.FULL_BODY, Style.REALISTIC)
    pixels = draughtsman.draw(default)
    rows = {"the first picture of a process": time.process_time() - start}
    for name, person in people.items():
        for camera in (Camera.FULL_BODY, Camera.PORTRAIT):
            # Fresh surfaces each time, as for a new request: what the bake costs is counted.
            rows[f"{name}, {camera.value}, realistic"] = cpu_s(
                lambda person=person, camera=camera: draughtsman.draw(  # type: ignore[misc]
                    stage_of(person.scene, camera, Style.REALISTIC)
                )
            )
    for style, camera in product((Style.CARTOON, Style.ANIME), (Camera.FULL_BODY, Camera.PORTRAIT)):
        rows[f"Ada, {camera.value}, {style.value}"] = cpu_s(
            lambda style=style, camera=camera: draughtsman.draw(stage_of(ada.scene, camera, style))  # type: ignore[misc]
        )
    for format in PictureFormat:
        rows[f"written as {format.name}"] = cpu_s(lambda format=format: files.write(pixels, format, 90))  # type: ignore[misc]
    rows["a frame of a turntable, 512 pixels"] = frame_cpu_s(draughtsman, ada)
    rows["a pose's picture, 256 pixels"] = pose = pose_cpu_s(draughtsman, cast)
    rows["Chromium, three.js, Ada's GLB, full_body"] = browser_cpu_s(ada)
    same = bool((draughtsman.draw(default) == OpenGlDraughtsman().draw(default)).all())
    table = "\n".join(
        [
            f"# Pictures of {SIZE} pixels a side",
            "",
            f"CPU seconds over all threads, medians, warm unless said; {renderer}. The same stage drawn by two contexts gives",
            f"the same bytes: {'yes' if same else 'no'}. {POSES} pictures of poses: {POSES * pose:.0f} CPU seconds of {POSE_LIMIT_S:.0f} allowed.",
            "three.js draws without our skin, hair and baked light: a hemisphere, one lamp with a shadow map, MSAA.",
            "",
            "| what | CPU, s |",
            "|---|---|",
            *(f"| {name} | {seconds:.3f} |" for name, seconds in rows.items()),
            "",
        ]
    )
    write_result("drawing", table, {"renderer": renderer, "same_bytes": same, "cpu_s": rows})
    held = ("full_body, realistic", Style.CARTOON.value, Style.ANIME.value)
    worst = max(seconds for name, seconds in rows.items() if name.endswith(held))
    if worst > LIMIT_S or POSES * pose > POSE_LIMIT_S or not same:
        raise SystemExit("a picture costs more than it may, or two contexts disagree")


def sheet() -> None:
    """Three people in three styles, before all cameras."""
    cast, draughtsman = Cast(), OpenGlDraughtsman()
    rows = []
    for look, style in zip(LOOKS.values(), Style, strict=True):
        scene = cast.dressed(look).scene
        stages = [staged(scene, camera, style, 512, Backdrop()) for camera in Camera]
        rows.append(np.concatenate([draughtsman.draw(stage)[..., :3] for stage in stages], axis=1))
    Image.fromarray(np.concatenate(rows)).save(SHEET, quality=84, method=6)
    print(f"{SHEET.relative_to(ROOT)}: {SHEET.stat().st_size} bytes")


if __name__ == "__main__":
    sheet() if "--sheet" in sys.argv[1:] else main()
