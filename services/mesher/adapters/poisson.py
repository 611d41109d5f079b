"""Surfaces round points by Open3D's screened Poisson reconstruction, in a process of its own.

Open3D keeps the interpreter's lock for the seconds that a surface takes, so in this process nothing else would be
answered meanwhile. It is optional: its wheel exists for x86-64 Linux alone and wants two libraries of the system. The
process starts with the first scan, so a platform without Open3D starts too, and says so only then.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

import numpy as np

from atelierkit.errors import Unavailable
from services.mesher.domain.errors import ReconstructionAbsent
from services.mesher.domain.scan.shell import Shell
from services.mesher.domain.scan.solid import Solid
from services.mesher.domain.surface import FloatArray, IntArray

_DEPTH = 8
"""Levels of the octree: cells of about 8 mm on a person, at 2 s of one core; 7 has cells of 15 mm, which close hands."""
_ROOM = 1.1
"""Side of the solver's cube over that of the points' box."""
_NEIGHBOURS = 12

_Made = TypeVar("_Made")


class PoissonReconstruction:
    """Screened Poisson reconstruction, one surface at a time, with a bounded number of threads."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool: ProcessPoolExecutor | None = None
        self._one_by_one = threading.Lock()

    def oriented(self, shell: Shell) -> Shell:
        normals = self._elsewhere(_oriented, shell.points, shell.normals)
        outwards = np.einsum("ni,ni->", normals, shell.points - shell.points.mean(axis=0))
        return Shell(shell.points, normals if outwards > 0.0 else -normals)

    def surface(self, shell: Shell) -> Solid:
        return Solid(*self._elsewhere(_surface, shell.points, shell.normals, self._threads))

    def close(self) -> None:
        """End the process."""
        with self._one_by_one:
            self._give_up()

    def _elsewhere(self, make: Callable[..., _Made], *arguments: Any) -> _Made:
        """Run `make` in the process. Raise ReconstructionAbsent; Unavailable where the process died."""
        with self._one_by_one:
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, context, initializer=_follow_parent)
            try:
                return self._pool.submit(make, *arguments).result()
            except BrokenProcessPool as error:
                self._give_up()
                raise Unavailable("the reconstruction broke off", dependency="open3d") from error
            except (ImportError, OSError) as error:
                raise ReconstructionAbsent from error

    def _give_up(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _follow_parent() -> None:
    """End with the parent, even where it is killed: nobody else would end this process."""
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(0)

    threading.Thread(target=follow, daemon=True).start()


def _oriented(points: FloatArray, normals: FloatArray) -> FloatArray:
    """(n, 3) the normals, all on one side of the surface, whichever."""
    cloud = _cloud(points, normals)
    cloud.orient_normals_consistent_tangent_plane(_NEIGHBOURS)
    return np.array(cloud.normals)


def _surface(points: FloatArray, normals: FloatArray, threads: int) -> tuple[FloatArray, IntArray]:
    """Vertices (n, 3) and triangles (m, 3) of the surface."""
    import open3d

    mesh, _ = open3d.geometry.TriangleMesh.create_from_point_cloud_poisson(
        _cloud(points, normals), depth=_DEPTH, scale=_ROOM, n_threads=threads
    )
    return np.array(mesh.vertices), np.array(mesh.triangles, np.int64)


def _cloud(points: FloatArray, normals: FloatArray) -> Any:
    import open3d

    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points))
    cloud.normals = open3d.utility.Vector3dVector(normals)
    return cloud
