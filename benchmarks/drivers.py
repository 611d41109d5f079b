"""How far pictures differ between drivers: `python -m benchmarks.drivers`.

What this machine has by itself is llvmpipe as on other processors, and with another way to filter. `fetch` (root, Debian's
debootstrap, a Debian mirror) unpacks other releases of Mesa to build/drivers, each with llvmpipe and with zink, which is
OpenGL on Vulkan; they are measured where they are there.
"""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.drawer import Drawn, draw_elsewhere
from benchmarks.drawing_subjects import LOOKS, Cast
from benchmarks.likeness import likeness
from benchmarks.stack import write_result
from deploy.docker.buildah import run
from deploy.docker.settings import ImagesSettings
from services.mesher.domain.stage import Backdrop, Stage, Style
from services.mesher.domain.staging import staged
from services.mesher.domain.views import Camera

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "drivers"
SUITES = ("trixie", "sid")
PACKAGES = ("libegl1", "libopengl0", "libgl1-mesa-dri", "mesa-vulkan-drivers", "libvulkan1")
PEOPLE = ("Ada", "Cleo")
SIZE = 1024
LEAST = 0.999
"""What two machines' pictures of one recipe must be alike."""
SEEN = 8
"""Steps of 255 from which a difference may be seen."""
_LIBRARIES = "usr/lib/x86_64-linux-gnu"
_NO_CACHE = {"MESA_SHADER_CACHE_DISABLE": "true"}


@dataclass(frozen=True)
class Driver:
    """Something that draws."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    python: Sequence[str] = ()
    """How Python is started, where it is not as here."""


@dataclass(frozen=True)
class Row:
    """One driver's pictures of one style beside the reference's."""

    driver: str
    renderer: str
    style: str
    worst: float
    worst_of: str
    same: int
    """Pictures that are the same to the last bit."""
    pictures: int
    seen: float
    """Share of pixels that differ by more than `SEEN`, in the picture with most of them."""
    cpu: float
    """CPU seconds of all the driver's pictures over the reference's."""


REFERENCE = Driver("llvmpipe as it comes")


def own() -> Iterator[Driver]:
    """What every machine with llvmpipe can try."""
    yield Driver("llvmpipe, vectors of 128 bits", {"LP_NATIVE_VECTOR_WIDTH": "128"})
    for name, most in (("without AVX-512", "avx"), ("without AVX", "sse4.1"), ("with SSE2 alone", "sse2")):
        yield Driver(f"llvmpipe, a processor {name}", {"GALLIUM_OVERRIDE_CPU_CAPS": most})
    yield Driver("llvmpipe, filtering in floats as cards do", {"GALLIVM_PERF": "no_aos_sampling"})


def others() -> Iterator[Driver]:
    """Other releases of Mesa that were fetched, on their own C library."""
    for root in sorted(FOLDER.glob("*/")):
        libraries = root / _LIBRARIES
        release = next(libraries.glob("libgallium-*.so")).stem.removeprefix("libgallium-").partition("-")[0]
        icd = next((root / "usr/share/vulkan/icd.d").glob("lvp_icd*.json"))
        variables = {
            "__EGL_VENDOR_LIBRARY_DIRS": str(root / "usr/share/glvnd/egl_vendor.d"),
            "LIBGL_DRIVERS_PATH": str(libraries / "dri"),
            "VK_DRIVER_FILES": str(icd),
            # The loader starts Python, which then does not know where it is at home.
            "PYTHONHOME": sys.base_prefix,
            "PYTHONPATH": ":".join([sysconfig.get_path("purelib"), str(ROOT / "libs"), str(ROOT)]),
        }
        loader = str(libraries / "ld-linux-x86-64.so.2")
        python = [loader, "--library-path", str(libraries), str(Path(sys.executable).resolve())]
        yield Driver(f"Mesa {release}, llvmpipe", variables, python)
        zink = {
            "GALLIUM_DRIVER": "zink",
            "MESA_LOADER_DRIVER_OVERRIDE": "zink",
            "LIBGL_ALWAYS_SOFTWARE": "1",
        }
        yield Driver(f"Mesa {release}, zink on lavapipe", variables | zink, python)


def subjects() -> dict[str, Stage]:
    """Every style before every camera, by name."""
    cast = Cast()
    scenes = {name: cast.dressed(LOOKS[name]).scene for name in PEOPLE}
    return {
        f"{name}, {camera.value}, {style.value}": staged(scene, camera, style, SIZE, Backdrop())
        for style in Style
        for name, scene in scenes.items()
        for camera in Camera
    }


def drawn(driver: Driver, stages: Mapping[str, Stage]) -> Drawn:
    """All of them, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return draw_elsewhere(
            list(stages.values()), Path(folder), {**_NO_CACHE, **driver.variables}, driver.python
        )


def rows(driver: Driver, stages: Mapping[str, Stage], reference: Drawn) -> Iterator[Row]:
    """What the driver draws, by style."""
    other = drawn(driver, stages)
    for style in Style:
        pairs = {
            name: (one, another)
            for (name, stage), one, another in zip(
                stages.items(), reference.pictures, other.pictures, strict=True
            )
            if stage.style is style
        }
        alike = {name: likeness(one[..., :3], another[..., :3]) for name, (one, another) in pairs.items()}
        steps = [np.abs(one.astype(int) - another).max(axis=2) for one, another in pairs.values()]
        worst = min(alike, key=alike.__getitem__)
        yield Row(
            driver=driver.name,
            renderer=other.renderer,
            style=style.value,
            worst=alike[worst],
            worst_of=worst.rpartition(", ")[0],
            same=sum(not each.any() for each in steps),
            pictures=len(pairs),
            seen=max(float((each > SEEN).mean()) for each in steps),
            cpu=other.cpu_s / reference.cpu_s,
        )


def table(reference: Drawn, measured: Sequence[Row]) -> str:
    """The figures for people."""
    lines = [
        f"| {row.driver} | {row.style} | {row.worst:.5f} ({row.worst_of}) | {row.same} of {row.pictures} "
        f"| {1e4 * row.seen:.1f} | {row.cpu:.2f} |"
        for row in measured
    ]
    renderers = {row.driver: row.renderer for row in measured}
    return "\n".join(
        [
            "# Pictures by other drivers",
            "",
            f"{len(PEOPLE)} people before {len(Camera)} cameras in each style, {SIZE} pixels a side, beside those of",
            f"{reference.renderer}. *Alike* is the structural similarity of the worst picture; {LEAST} is asked for. *Seen* are",
            f"pixels of 10,000 that differ by more than {SEEN} of 255, in the picture with most of them. *CPU* is all the driver's",
            "pictures over the reference's, without compiling.",
            "",
            "| driver | style | alike | same bytes | seen | CPU |",
            "|---|---|---|---|---|---|",
            *lines,
            "",
            *(f"- {driver}: {renderer}" for driver, renderer in renderers.items()),
            "",
            "softpipe, Mesa's other rasterizer, has OpenGL 3.3 and one sample a pixel, and cannot draw these pictures. A card was not",
            "at hand. Mesa cannot compile the shaders for 512 bits, and no processor makes it try.",
            "",
        ]
    )


def fetch() -> None:
    """Unpack other releases of Mesa. Raise ImagesFailed where that cannot be done."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for suite in SUITES:
        if not (FOLDER / suite).exists():
            included = f"--include={','.join(PACKAGES)}"
            run(
                [
                    "debootstrap",
                    "--variant=minbase",
                    included,
                    suite,
                    FOLDER / suite,
                    ImagesSettings().debian_mirror,
                ]
            )
            print(f"{suite} is there.")


def main() -> None:
    """Measure, and fail where a picture is less alike than it must be."""
    stages = subjects()
    reference = drawn(REFERENCE, stages)
    measured = [row for driver in (*own(), *others()) for row in rows(driver, stages, reference)]
    figures = {"reference": reference.renderer, "rows": [asdict(row) for row in measured]}
    write_result("drivers", table(reference, measured), figures)
    if min(row.worst for row in measured) < LEAST:
        raise SystemExit("a driver draws otherwise than it may")


if __name__ == "__main__":
    fetch() if "fetch" in sys.argv[1:] else main()
