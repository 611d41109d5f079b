"""The table of what was built and proved, in benchmarks/results."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from deploy.docker import images, sbom, sizes
from deploy.docker.bases import bases
from deploy.docker.buildah import Store
from deploy.docker.settings import ROOT

RESULTS = ROOT / "benchmarks" / "results"
_LARGEST = 4


def write(store: Store, seen: dict[str, Any]) -> None:
    """Weigh every image and write `images.json` and `images.md`."""
    figures: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": platform.platform(),
        **seen,
    }
    for service in images.SERVICES:
        with store.mounted(images.tag(service)) as root:
            size = sizes.of(root)
            largest = sizes.largest_packages(sbom.site_packages(root), _LARGEST)
        figures["images"][service] |= {**asdict(size), "total": size.total, "largest": largest}
    (RESULTS / "images.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (RESULTS / "images.md").write_text(table(figures), "utf-8")


def table(figures: dict[str, Any]) -> str:
    """The figures for people."""
    journey = figures["journey"]
    rows = "\n".join(_row(service, figures["images"][service]) for service in images.SERVICES)
    return f"""# Images

{figures["date"]}, `make images`: every instruction of `deploy/docker/Dockerfile` run by buildah, on stand-ins for the
public bases (Debian by debootstrap, with Debian's Python, where `{bases()["PYTHON_IMAGE"].rpartition("/")[2]}` has its own): the
column *base* is the stand-in's and will differ, the others will not. MB are 10⁶ bytes of files, unpacked.

| image | total | base | packages | models | code | largest packages | start | memory | stop |
|---|---|---|---|---|---|---|---|---|---|
{rows}

*Start* is from the process' beginning to the first healthy answer, *memory* what is resident after the journey below,
*stop* from SIGTERM to the end with status 0. Times are those of two shared cores and say no more than that it starts.

All six ran together as they would in a cluster: user 65532, no capability, no new privilege, root read-only, mutual TLS,
migrations from the same images. Through them went one person: the page, an account, an avatar ({journey["glb_bytes"] / 1e6:.2f} MB
of GLB, {journey["largest_error_mm"]:.3f} mm from what was asked for), a portrait of it, drawn by Mesa in the mesher's image
({journey["picture_colors"]:,} colours), and the scan of a thing, which Open3D alone can close ({journey["scan_vertices"]:,} vertices).

The workers ran beside them, from the images of their services, on the same database: {_workers(figures["workers"])}.
"""


def _workers(seen: dict[str, Any]) -> str:
    return "; ".join(
        f"{name} was ready after {each['start_s']:.1f} s, took {each['memory_bytes'] / 1e6:.0f} MB and ended within "
        f"{each['stop_s']:.1f} s"
        for name, each in seen.items()
    )


def _row(service: str, image: dict[str, Any]) -> str:
    megabytes = " | ".join(
        f"{image[part] / 1e6:.1f}" for part in ("total", "base", "packages", "models", "code")
    )
    largest = ", ".join(f"{name} {size / 1e6:.0f}" for name, size in image["largest"])
    return (
        f"| {service} | {megabytes} | {largest} | {image['start_s']:.1f} s "
        f"| {image['memory_bytes'] / 1e6:.0f} MB | {image['stop_s']:.1f} s |"
    )
