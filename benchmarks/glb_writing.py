"""What glTF costs over the bytes themselves: the rigged body with all 67 face shapes, in one thread's CPU time.

`python -m benchmarks.glb_writing`
"""

from __future__ import annotations

import functools
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.stack import write_result
from bodymodel.expressions import EXPRESSIONS
from services.mesher.adapters import png
from services.mesher.adapters.glb import GlbWriter
from services.mesher.domain.body import BodyModel
from services.mesher.domain.delivery import prepared
from services.mesher.domain.model import Appearance, Compression, FileOptions, HairPattern, Part, Rig, Scene
from services.mesher.domain.outfit import Outfitter
from services.mesher.domain.variants import Variants

MODELS = Path(__file__).resolve().parents[1] / "models"
ROUNDS = 40
LIMIT = 5.0
"""How many times the cost of the bytes the whole file may cost."""


def body(options: FileOptions) -> Scene:
    """The mean body with its eyes and mouth, as the writer gets it."""
    model = BodyModel.load(MODELS)
    outfitter = Outfitter(model, kept_cuts=1)
    standing = model.stand(np.zeros(model.space.size))
    parts = outfitter.bare(standing, Appearance("#d7a98c", HairPattern.NONE, "#3b2417"))
    rig = Rig(model.template.bones, model.template.parents.tolist(), standing.heads)
    scene = Scene(parts, rig, {"modelVersion": "benchmark"})
    return prepared(Variants(model, outfitter).make(scene, standing, options), options)


def arrays(part: Part) -> Iterator[NDArray[np.generic]]:
    """What a file holds of a part, in the types that it holds it in."""
    yield from (part.positions, part.normals, part.joints, part.weights, part.triangles.astype(np.uint16))
    if part.uv is not None:
        yield part.uv
    for morph in part.morphs:
        yield from (morph.vertices.astype(np.uint16), morph.offsets, morph.normals)


def packed(scene: Scene) -> bytes:
    """The same bytes behind one header, without a word about what they mean."""
    buffers = [array.tobytes() for part in scene.parts for array in arrays(part)]
    textures = dict.fromkeys(part.material.texture for part in scene.parts)
    buffers += [png.encode(texture) for texture in textures if texture is not None]
    return b"".join([struct.pack("<4sII", b"glTF", 2, 12 + sum(map(len, buffers))), *buffers])


def cpu_ms(make: Callable[[], bytes], rounds: int = ROUNDS) -> float:
    """Median CPU time of one call, after one that is not counted."""
    make()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        make()
        spent.append(time.process_time() - start)
    return statistics.median(spent) * 1000


def main() -> None:
    """Measure, and fail when the file costs more than it may."""
    options = FileOptions(whole_body=True, morph_targets=EXPRESSIONS)
    scene, writer = body(options), GlbWriter()
    raw_ms, raw_bytes = cpu_ms(lambda: packed(scene)), len(packed(scene))
    rows = {"the bytes behind a header": (raw_ms, raw_bytes)}
    for compression in Compression:
        write = functools.partial(writer.write, scene, FileOptions(compression=compression))
        rounds = ROUNDS if compression is Compression.NONE else ROUNDS // 8
        rows[f"GLB, {compression.value}"] = (cpu_ms(write, rounds), len(write()))
    ratio = rows["GLB, none"][0] / raw_ms
    lines = [
        f"| {name} | {ms:.1f} | {size / 1e6:.2f} | {ms / raw_ms:.1f} |" for name, (ms, size) in rows.items()
    ]
    table = "\n".join(
        [
            f"# Writing the rigged body with {len(EXPRESSIONS)} face shapes",
            "",
            "| what | CPU, ms | MB | times the bytes |",
            "|---|---|---|---|",
            *lines,
            "",
        ]
    )
    figures = {name: {"cpu_ms": ms, "bytes": size} for name, (ms, size) in rows.items()}
    write_result("glb_writing", table, {"rounds": ROUNDS, "ratio": ratio, "limit": LIMIT, "rows": figures})
    if ratio > LIMIT:
        raise SystemExit(f"GLB costs {ratio:.1f} times its bytes, more than {LIMIT}")


if __name__ == "__main__":
    main()
