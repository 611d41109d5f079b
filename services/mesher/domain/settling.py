"""Cloth that falls: what hangs on a posed body by its waist comes down onto lap, seat and floor.

The cloth is gathered into nodes some centimetres apart, which fall step by step: a node keeps most of its speed, links
between nodes hold their lengths, none gets farther from the held cloth than the cloth between them is long, and what meets
the body stays outside of it and comes to rest. The vertices then go where their nodes went, and the links between them
are shortened where they are still too long. It is a way to where cloth lies, and no film of how it gets there: it falls
slowly, so that links need few rounds, and by short steps, so that it does not get through a knee.

Steps are counted, sums have one order, and nothing is left to chance: a pose settles in the same way every time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bodymodel.shape import on_grid
from bodypose.bound import GRID_M
from services.mesher.domain.obstacle import Obstacle
from services.mesher.domain.patches import Patches
from services.mesher.domain.surface import FloatArray, IntArray
from services.mesher.domain.weld import Weld

Lay = Callable[[FloatArray, FloatArray], FloatArray]
"""Points (n, 3) laid on what is below the body, by the share (n,) that they hang."""

_STEPS, _ROUNDS, _FINE_ROUNDS = 36, 4, 10
_FALL_M, _FARTHEST_M = 0.0015, 0.015
"""By how much a step gets longer, and how long it is at most."""
_FALLS = 0.13
"""Tilt, by 30 degrees, from which on cloth falls by its whole weight."""
_KEPT_SPEED = 0.9
"""Of a step's way that the next one has again: air and inner friction take the rest."""
_HELD = 0.02
"""Cloth that is loose by less than this is where the skin has it."""
_DRAWN_BACK = 0.15
"""Of the way that a node has fallen, what a step takes back where it is not loose at all."""
_BUCKLES = 0.5
"""Cloth that is pushed together gives way: how much of a link's shortness a round takes back."""
_OVER = 1.8
"""A round does that much more than the mean of what a point's links ask for: below 2 it comes to rest."""
_DEEP_M = 0.08
"""Nodes farther below the skin than that are not told from those behind a fold."""
_ROOM_M, _CLEAR_M = 0.010, 0.006
"""What nodes keep off the body, and vertices between them."""
_FREED = 4.0
"""From a quarter of looseness on cloth is where its nodes are, which have felt the rest already."""
_EVENED = 2
"""What frees cloth that ran into what is below is averaged so many times over the neighbours."""
_LEAST_M = 1e-9


@dataclass(frozen=True, slots=True, repr=False)
class Links:
    """Pairs of points that keep their distance: n points, e pairs."""

    ends: IntArray
    """(e, 2)."""
    length: FloatArray
    """(e,) metres at rest."""
    pull: sparse.csr_array
    """(n, e) by which share of a link's excess each of its ends moves, averaged over the links of a point."""

    @classmethod
    def of(cls, ends: IntArray, points: FloatArray, loose: FloatArray) -> Links:
        """The links of points (n, 3) at rest that move by their looseness (n,); those that move nothing are left out."""
        ends = ends[loose[ends].max(axis=1) > 0.0]
        length = _length(points[ends[:, 1]] - points[ends[:, 0]])
        ends, length = ends[length > 0.0], length[length > 0.0]
        share = loose[ends] / loose[ends].sum(axis=1, keepdims=True)
        number = np.arange(len(ends))
        values = np.concatenate([share[:, 0], -share[:, 1]])
        at = (np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([number, number]))
        pull = sparse.csr_array((values, at), shape=(len(points), len(ends)))
        count = np.bincount(ends.ravel(), minlength=len(points))
        return cls(ends, length, sparse.csr_array(sparse.diags_array(_OVER / np.maximum(count, 1)) @ pull))

    def held(self, points: FloatArray) -> FloatArray:
        """Points (n, 3) one round nearer to the lengths of their links."""
        way = np.take(points, self.ends[:, 1], axis=0) - np.take(points, self.ends[:, 0], axis=0)
        length = _length(way)
        excess = length - self.length
        excess = np.where(excess > 0.0, excess, _BUCKLES * excess)
        held: FloatArray = points + self.pull @ (way * (excess / np.maximum(length, _LEAST_M))[:, None])
        return held


@dataclass(frozen=True, slots=True, repr=False)
class Settling:
    """What of a garment falls, found once: p vertices at n places, N nodes."""

    weld: Weld
    loose: FloatArray
    """(n,) 0 where cloth is held, 1 where it falls."""
    triangles: IntArray
    """(m, 3) places of those that fall."""
    fine: Links
    """Between places."""
    patches: Patches
    slack: FloatArray
    """(N,) how loose the nodes are."""
    links: Links
    """Between nodes."""
    tether: IntArray
    """(N,) the held node that each one hangs on."""
    reach: FloatArray
    """(N,) metres of cloth between them."""

    @classmethod
    def of(cls, weld: Weld, points: FloatArray, triangles: IntArray, loose: FloatArray) -> Settling | None:
        """What of a garment at rest, vertices (p, 3), falls by the share (p,); None where nothing does."""
        if loose.max() <= _HELD:
            return None
        places, loose, triangles = weld.joined(points), weld.joined(loose), weld.place[triangles]
        patches = Patches.of(places, weld.edges)
        slack = patches.gathered(loose)
        slack = np.where(slack > _HELD, slack, 0.0)
        links = Links.of(patches.ends, patches.rest, slack)
        tether, reach = _tethers(patches, slack)
        return cls(
            weld=weld,
            loose=loose,
            triangles=triangles[loose[triangles].max(axis=1) > 0.0],
            fine=Links.of(weld.edges, places, loose),
            patches=patches,
            slack=slack,
            links=links,
            tether=tether,
            reach=reach,
        )

    def settled(self, points: FloatArray, tilt: FloatArray, body: Obstacle, lay: Lay) -> FloatArray:
        """The cloth (p, 3), which was bent with the body, come down onto it.

        `tilt` (p,) is 0 for cloth that is as upright as it was fitted, where it hangs already, and 1 for what lies level.
        """
        bent = self.weld.joined(points)
        weight = self.patches.gathered(np.minimum(self.weld.joined(tilt) / _FALLS, 1.0))
        nodes = self._fallen(self.patches.gathered(bent), weight, body, lay)
        # Rotations are those of a library: on the grid the last bits of its sums, which differ between machines, are gone.
        free = np.minimum(_FREED * self.loose, 1.0)[:, None]
        fallen = bent + free * (on_grid(self.patches.at(nodes), GRID_M) - bent)
        for _ in range(_FINE_ROUNDS):
            fallen = self.fine.held(fallen)
        out = body.push_out(fallen, self.triangles, _CLEAR_M) - fallen
        fallen = fallen + free * self.weld.evened(out, _EVENED)
        out = body.push_out(fallen, self.triangles, _CLEAR_M / 2.0) - fallen
        return self.weld.spread(lay(fallen + free * out, self.loose))

    def _fallen(self, start: FloatArray, weight: FloatArray, body: Obstacle, lay: Lay) -> FloatArray:
        """(N, 3) where the nodes come to, each of a weight (N,) of 0..1."""
        back = np.where(self.slack > 0.0, _DRAWN_BACK * (1.0 - self.slack), 1.0)[:, None]
        at, before = start, start
        # How far each can go before it may meet the body: most of the work is looking for it.
        far = np.where(self.slack > 0.0, 0.0, np.inf)
        for _ in range(_STEPS):
            way = _KEPT_SPEED * (at - before)
            way[:, 1] -= _FALL_M * weight
            before, at = at, at + self.slack[:, None] * way
            for _ in range(_ROUNDS):
                at = self._tethered(self.links.held(at))
            way = at - before
            length = _length(way)
            at = before + np.minimum(_FARTHEST_M / np.maximum(length, _LEAST_M), 1.0)[:, None] * way
            far = far - np.minimum(length, _FARTHEST_M)
            near = np.flatnonzero(far < 0.0)
            height, normals = body.heights(at[near], _DEEP_M)
            depth = np.where(height > -_DEEP_M, np.maximum(_ROOM_M - height, 0.0), 0.0)
            at[near] += depth[:, None] * normals
            far[near] = np.minimum(height, _DEEP_M) - _ROOM_M
            at = lay(at, self.slack)
            at += back * (start - at)
            before[near] = np.where((depth > 0.0)[:, None], at[near], before[near])
        return at

    def _tethered(self, at: FloatArray) -> FloatArray:
        """Nodes (N, 3) no farther from where they hang than the cloth reaches."""
        held = np.take(at, self.tether, axis=0)
        way = at - held
        tethered: FloatArray = (
            held + np.minimum(self.reach / np.maximum(_length(way), _LEAST_M), 1.0)[:, None] * way
        )
        return tethered


def _tethers(patches: Patches, slack: FloatArray) -> tuple[IntArray, FloatArray]:
    """Of each node (N,) the held one that is nearest along the cloth, and how far that is; itself where none is held."""
    ends, own = patches.ends, np.arange(len(slack))
    held = np.flatnonzero(slack == 0.0)
    if len(held) == 0:
        return own, np.full(len(slack), np.inf)
    length = _length(patches.rest[ends[:, 0]] - patches.rest[ends[:, 1]])
    graph = sparse.csr_array((length, (ends[:, 0], ends[:, 1])), shape=(len(slack), len(slack)))
    reach, _, nearest = sparse.csgraph.dijkstra(
        graph, directed=False, indices=held, min_only=True, return_predecessors=True
    )
    return np.where(np.isfinite(reach), nearest, own), reach


def _length(vectors: FloatArray) -> FloatArray:
    """(n, 3) -> (n,)."""
    length: FloatArray = np.sqrt(vectors[:, 0] ** 2 + vectors[:, 1] ** 2 + vectors[:, 2] ** 2)
    return length
