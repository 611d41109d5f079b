"""Asked against delivered, for real people, measured on the exported GLB by an independent way.

`python -m benchmarks.body_accuracy --records FOLDER [--count 200]`. Each record's 15 measurements are sent to
`POST /v1/avatars`; the whole body is downloaded and measured by `benchmarks.tape_by_trimesh`.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
from numpy.typing import NDArray

from anthropometry.measurements import MEASUREMENTS
from benchmarks.people import DEFAULT_RECORDS, Person, sample
from benchmarks.stack import running_platform, signed_in, write_result
from benchmarks.tape_by_trimesh import ExportedBody


def errors_mm(client: httpx.Client, person: Person) -> NDArray[np.float64]:
    """(15,) measured on the exported body minus asked, in millimetres."""
    draft = {"measurements": person.measurements, "bodyType": person.body_type}
    avatar = client.post("/v1/avatars", json=draft).raise_for_status().json()
    glb = client.get(avatar["links"]["glb"], params={"parts": "body"}).raise_for_status().content
    body = ExportedBody.read(glb)
    lines = avatar["receipt"]["measurements"]
    measured = [body.reading_mm(line["name"], line["tape"]) for line in lines]
    asked = [line["askedMm"] for line in lines]
    return np.asarray(measured, np.float64) - np.asarray(asked, np.float64)


def report(errors: NDArray[np.float64], command: str) -> tuple[str, dict[str, object]]:
    """The table and its figures, from (n, 15) errors in millimetres."""
    sizes = np.abs(errors)
    limits = np.array([item.iso_20685_limit_mm for item in MEASUREMENTS])
    within = float((sizes <= limits).all(axis=1).mean())
    rows, figures = [], {}
    for index, item in enumerate(MEASUREMENTS):
        column = sizes[:, index]
        mean, high, worst = column.mean(), np.percentile(column, 99), column.max()
        rows.append(f"| {item.name} | {mean:.3f} | {high:.3f} | {worst:.3f} | {limits[index]:g} |")
        figures[item.name] = {"mean_mm": float(mean), "p99_mm": float(high), "worst_mm": float(worst)}
    table = f"""# Asked against delivered, {len(errors)} real people

`{command}` · {datetime.now(UTC):%Y-%m-%d} · ANSUR II records, half women, half men

Measured on the exported GLB (`parts=body`); absolute errors in mm. The receipt says where each tape lies; the girths
there are trimesh sections and convex hulls, stature is the mesh's height, and the inside leg ends where the loops of
both legs join. Biacromial breadth, arm length and back length are as long as the receipt's own path, whose ends are
checked to lie on the skin: for these three the way is not independent of the tape's landmarks.

| measurement | mean | p99 | worst | ISO 20685 limit |
|---|---|---|---|---|
{chr(10).join(rows)}
| **all 15** | **{sizes.mean():.3f}** | **{np.percentile(sizes, 99):.3f}** | **{sizes.max():.3f}** | |

People with every measurement within ISO 20685's limit: **{within:.1%}**.
"""
    return table, {"people": len(errors), "within_all_limits": within, "measurements": figures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=Path, default=DEFAULT_RECORDS)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    people = sample(arguments.records, arguments.count)
    with running_platform() as platform, signed_in(platform.url) as client:
        errors = np.array([errors_mm(client, person) for person in people])
    command = f"python -m benchmarks.body_accuracy --records ../shared/data/ansur2 --count {arguments.count}"
    write_result("body_accuracy", *report(errors, command))


if __name__ == "__main__":
    main()
