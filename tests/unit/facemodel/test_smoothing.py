"""The band of equations says what a general solver says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from facemodel.smoothing import Smoother, links
from facemodel.topology import FaceTopology


@pytest.mark.parametrize("stiffness", [0.2, 4.0])
def test_a_smooth_field_solves_the_equations(topology: FaceTopology, stiffness: float) -> None:
    count = len(topology.uv)
    random = np.random.default_rng(2)
    values, weights = random.normal(size=(count, 3)), np.where(random.random(count) < 0.3, 0.0, 1.0)
    linked = links(topology.triangles, count)
    tension = sparse.diags_array(linked.sum(axis=0)) - linked
    matrix = sparse.csc_array(sparse.diags_array(weights + 1e-6) + stiffness * tension)
    expected = spsolve(matrix, weights[:, None] * values)
    np.testing.assert_allclose(Smoother(linked).smooth(values, weights, stiffness), expected, atol=1e-8)


def test_a_field_goes_on_where_nothing_was_seen(topology: FaceTopology) -> None:
    weights = (topology.mean[:, 0] > 0.0).astype(float)
    field = Smoother(links(topology.triangles, len(weights))).smooth(np.full((468, 3), 7.0), weights, 4.0)
    np.testing.assert_allclose(field, 7.0, rtol=1e-3)
